import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from signon import tokens
from signon.mail import rendering
from signon.models import LedgerEntry, Look, Message, Rehearsal, SignOn
from signon.statements import readiness, rehearsing
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db
TYPED = {"organization_name": "Alpha", "country": "KE", "representative_name": "Asha Rao", "email": "x@secret.example"}


def begun(**fields):
    statement, anna = StatementFactory(**({"state": "draft"} | fields)), UserFactory()
    return rehearsing.begin(statement, by=anna, language="en", **TYPED), statement, anna


def address(rehearsal):
    return reverse("try-confirm", args=[tokens.make(rehearsal, tokens.TEST)])


def test_a_test_is_no_sign_on_and_freezes_nothing():
    made, statement, _anna = begun()
    rehearsing.finish(made)
    assert not SignOn.objects.exists()
    assert not LedgerEntry.objects.filter(sign_on__isnull=False).exists()
    assert not statement.counters.exists()
    assert statement.text().frozen_at is None


def test_its_mail_goes_to_who_tries_whatever_was_typed_and_is_the_one_that_a_signer_gets(client):
    _made, _statement, anna = begun()
    message = Message.objects.get()
    assert (message.kind, message.to_address) == ("test", anna.email)
    subject, text, _html = rendering.words(message)
    assert subject.startswith("Test: please confirm")
    assert "Alpha" in text
    assert "Alpha" in client.get(re.search(r"/sign-ons/try/\S+", text)[0]).content.decode()


def test_its_link_shows_the_page_that_a_signer_sees_and_its_button_ends_it(client):
    made, statement, anna = begun()
    page = client.get(address(made))
    assert page.status_code == 200
    assert "Alpha" in page.content.decode()
    assert Rehearsal.objects.exists()
    assert client.post(address(made)).status_code == 200
    assert not Rehearsal.objects.exists()
    assert not Message.objects.exists()
    look = Look.objects.get()
    assert (look.subject, look.by, look.languages) == ("test", anna, ["en"])
    assert "test" not in [check.code for check in readiness.missing(statement)]
    assert client.get(address(made)).status_code == 404


def test_a_test_that_nobody_finished_is_gone_after_a_day():
    begun()
    assert rehearsing.forget() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert rehearsing.forget() > 0
    assert not Rehearsal.objects.exists()
    assert not Look.objects.exists()


def test_trying_again_replaces_what_was_tried():
    made, statement, anna = begun()
    rehearsing.begin(statement, by=anna, language="en", **TYPED)
    assert Rehearsal.objects.count() == 1
    assert not Rehearsal.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize("state", ["open", "closed", "delivered", "withdrawn"])
def test_a_test_comes_before_opening(state):
    with pytest.raises(rehearsing.NotBefore):
        begun(state=state)
