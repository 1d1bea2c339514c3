"""Figures of what is large are those that a worker counted last; what is small is counted for each reader."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns.models import Statement
from signon import signing
from signon.figures import kept, large, numbers, public_numbers
from signon.finding import directory
from signon.models import KeptFigure, SignOn
from tests.factories import StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(monkeypatch):
    """One of three signatories, where more than two are very many."""
    monkeypatch.setattr(large, "MOST_COUNTED", 2)
    made = StatementFactory()
    for name in ("Bread", "Roses", "Rice"):
        accepted(statement=made, organization_name=name)
    return made


def page(client, path):
    return " ".join(BeautifulSoup(client.get(path).content, "html.parser").main.get_text(" ").split())


def test_what_is_large_is_told_as_it_was_counted_last_with_the_moment(client, statement):
    assert large.renew() == 3
    accepted(statement=statement, organization_name="Late", country="CL")
    path = statement.get_absolute_url()
    for shown in (f"{path}numbers/", "/organizations/"):
        told = page(client, shown)
        assert "3 organizations" in told
        assert "Counted" in told
    assert "3 signatories stand under this text." in page(client, f"{path}revisions/")
    assert "Late" in page(client, "/organizations/")  # the list itself is read, not kept
    told = public_numbers.numbers(statement)
    assert (told.total, told.tally.total, sum(day.came for day in told.days)) == (3, 3, 3)
    assert sum(number for _name, number in told.types) == sum(number for _name, number in told.regions) == 3
    client.force_login(UserFactory(staff=True))
    assert "Counted" in page(client, f"/desk/statements/{statement.slug}/")
    assert numbers.numbers(statement).accepted == 3


def test_kept_figures_are_those_that_would_be_counted(statement):
    before = (public_numbers.numbers(statement), numbers.numbers(statement), directory.places("en"))
    assert large.renew() == 3
    after = (public_numbers.numbers(statement), numbers.numbers(statement), directory.places("en"))
    for was, now in zip(before, after, strict=True):
        assert was.counted_at is None
        assert now.counted_at is not None
        assert vars(was) | {"counted_at": None} == vars(now) | {"counted_at": None}


def test_what_is_small_is_counted_for_each_reader(client):
    statement = StatementFactory()
    accepted(statement=statement)
    assert large.renew() == 0
    told = page(client, f"{statement.get_absolute_url()}numbers/")
    assert "1 organization" in told
    assert "Counted" not in told


def test_it_is_counted_again_after_an_act_and_not_sooner_than_it_took_long(statement):
    large.renew()
    KeptFigure.objects.update(seconds=10)
    accepted(statement=statement, organization_name="Late")
    assert large.renew() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=10 * kept.PAUSE + 1)):
        assert large.renew() == 3
        assert public_numbers.numbers(statement).total == 4
    KeptFigure.objects.update(counted_at=timezone.now() - timedelta(hours=1), seconds=0)
    assert large.renew() == 0  # nothing has happened since
    KeptFigure.objects.update(counted_at=timezone.now() - kept.LONGEST)
    assert large.renew() == 3


def test_what_is_large_no_more_is_counted_for_each_reader_again(statement):
    large.renew()
    signing.withdraw(SignOn.objects.filter(statement=statement).first(), reason="")
    Statement.objects.filter(pk=statement.pk).update(state="withdrawn")
    large.renew()
    assert not KeptFigure.objects.filter(pk=directory.FIGURES).exists()
    assert directory.places("en").total == 0
