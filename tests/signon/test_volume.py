"""Made-up signatories stand as others do."""

import pytest
from django.core.management import CommandError, call_command

from signon import sealing, volume
from signon.models import Counter, SignOn
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_they_are_counted_listed_and_in_the_ledger(monkeypatch):
    monkeypatch.setattr(volume, "BATCH", 40)
    statement = StatementFactory()
    assert list(volume.load(statement, 100, by=UserFactory())) == [40, 80, 100]
    assert list(volume.load(statement, 5, by=UserFactory())) == [5]
    assert SignOn.objects.public().filter(statement=statement).count() == 105
    assert Counter.objects.filter(statement=statement).tally().organizations == 105
    assert list(sealing.faults(statement)) == []


def test_outside_local_mode_nobody_is_made_up():
    with pytest.raises(CommandError, match="local mode only"):
        call_command("load_volume", StatementFactory().slug, "3")


@pytest.mark.parametrize(("slug", "count"), [("nowhere", "3"), ("here", "0")])
def test_wrong_arguments_get_one_line(settings, slug, count):
    settings.LOCAL_MODE = True
    StatementFactory(slug="here")
    with pytest.raises(CommandError) as caught:
        call_command("load_volume", slug, count)
    assert caught.value.returncode == 2
