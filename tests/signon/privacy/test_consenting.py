"""Each consent points to the words that were shown, and these stay as they were."""

import hashlib

import pytest
from django.db import transaction
from django.urls import reverse

from signon import signing, verifying
from signon.casework import proposing
from signon.events import registering
from signon.models import ConsentText, SignOn
from signon.privacy import consent, consenting, telling
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


def handed_over(sign_on, name, by):
    asked = proposing.propose_representative(sign_on, name=name, title="", email=f"{name.lower()}@secret.example")
    proposing.confirm_representative(asked, language="fr", updates=False)
    proposing.accept(asked, by=by)
    sign_on.refresh_from_db()


def test_the_words_of_the_consent_to_be_listed_stay_whoever_represents_the_sign_on(client):
    signed, by = sign(StatementFactory()), UserFactory(staff=True)
    signing.confirm(signed, version=1)
    verifying.accept(signed, by=by)
    listed = signed.publish_consent_text
    assert listed == signed.consent_text
    (own,) = telling.shown("asha@secret.example")[0].rows
    assert [each.value for each in own].count(listed.words) == 1
    for name in ("Carla", "Dora"):
        handed_over(signed, name, by)
        assert (signed.publish_consent_text, signed.consent_text.form) == (listed, "represent")
        assert signed.consent_publish
    told = telling.as_data("dora@secret.example")["held"]["Sign-ons"][0]
    assert told["what the form said beside the consent to be listed"]["sha256"] == listed.digest
    assert told["what the form said beside its boxes"]["sha256"] == signed.consent_text.digest
    (own,) = telling.shown("dora@secret.example")[0].rows
    assert {listed.words, signed.consent_text.words} < {each.value for each in own}
    client.force_login(by)
    page = client.get(reverse("desk-case", args=[signed.pk])).content.decode()
    assert listed.digest[:12] in page
    assert signed.consent_text.digest[:12] in page
    assert "To be listed, before another representative came" in page


def test_what_an_old_release_wrote_without_them_keeps_them_at_a_hand_over():
    signed = sign(StatementFactory())
    signing.confirm(signed, version=1)
    SignOn.objects.filter(pk=signed.pk).update(publish_consent_text=None)
    handed_over(SignOn.objects.get(pk=signed.pk), "Carla", UserFactory(staff=True))
    signed.refresh_from_db()
    assert signed.publish_consent_text.form == "sign_on"


def test_typing_again_changes_no_version_for_the_words_alone(monkeypatch):
    statement = StatementFactory()
    sign(statement)
    monkeypatch.setattr(consent, "SENTENCES", [("Other words.", "")])
    with transaction.atomic():
        again = sign(statement)
    assert (again.version, again.consent_text.words) == (1, "Other words.")
    assert SignOn.objects.count() == 1
