"""Each consent points to the words that were shown, and these stay as they were."""

import hashlib

import pytest
from django.db import transaction
from django.urls import reverse

from signon import signing
from signon.events import registering
from signon.models import ConsentText, SignOn
from signon.privacy import consent, consenting
from tests.campaigns.pieces import an_event
from tests.factories import StatementFactory, UserFactory
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db


def sign(statement, language="en", **typed):
    return signing.sign(
        statement=statement, language=language, organization_name="Bread House", country="KE",
        representative_name="Asha Rao", email="asha@secret.example", consent_publish=True, authorized=True, **typed,
    )  # fmt: skip


def test_a_sign_on_points_to_the_words_in_the_language_that_was_shown():
    statement = StatementFactory()
    told = sign(statement, "fr").consent_text
    assert (told.form, told.language) == ("sign_on", "fr")
    assert len(told.words.splitlines()) == len(consent.SENTENCES)
    assert told.words != sign(StatementFactory()).consent_text.words
    assert told.digest == hashlib.sha256(f"fr\n\n{told.words}".encode()).hexdigest()


def test_the_same_words_are_kept_once_and_new_words_are_a_new_version(monkeypatch):
    first, again = sign(StatementFactory()), sign(StatementFactory())
    assert first.consent_text == again.consent_text
    monkeypatch.setattr(consent, "SENTENCES", [("I agree to other words.", "")])
    changed = sign(StatementFactory())
    assert changed.consent_text.words == "I agree to other words."
    first.refresh_from_db()
    assert str(consent.PUBLISH) in first.consent_text.words


def test_a_registration_points_to_what_was_said_with_its_days(settings):
    settings.REGISTRATION_DAYS = 17
    event = an_event(takes_registrations=True)
    made = registering.register(event, name="Asha", organization="", email="a@place.example", language="en")
    assert "It is erased 17 days after the event." in made.consent_text.words


def test_words_that_were_agreed_to_can_neither_be_changed_nor_removed():
    told = consenting.shown(ConsentText.Form.SIGN_ON, "en")
    with Refused("words_of_a_consent_stay"):
        ConsentText.objects.filter(pk=told.pk).update(words="I give you everything.")
    with Refused("words_of_a_consent_stay"):
        told.delete()
    with Refused("words_of_a_consent_stand_once"):
        ConsentText.objects.create(form=told.form, language=told.language, digest=told.digest, words="Others.")


def test_the_desk_shows_the_words_beside_the_sign_on(client):
    signed = sign(StatementFactory())
    client.force_login(UserFactory(staff=True))
    page = client.get(reverse("desk-case", args=[signed.pk])).content.decode()
    assert signed.consent_text.digest[:12] in page
    assert str(consent.PUBLISH) in page


def test_typing_again_changes_no_version_for_the_words_alone(monkeypatch):
    statement = StatementFactory()
    sign(statement)
    monkeypatch.setattr(consent, "SENTENCES", [("Other words.", "")])
    with transaction.atomic():
        again = sign(statement)
    assert (again.version, again.consent_text.words) == (1, "Other words.")
    assert SignOn.objects.count() == 1
