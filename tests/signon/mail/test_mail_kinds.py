"""Every kind of mail in every language, rendered from rows as the worker does it."""

import json
import re
from html import unescape

import pytest
from django.conf import settings
from django.utils import timezone

from signon import exporting, mailing, verifying
from signon.casework import proposal_mail, proposing
from signon.events import registering, registration_mail
from signon.exports.export_choice import Choice
from signon.mail import mailings, rendering, samples
from signon.models import (
    Comment,
    Convener,
    Export,
    FactorReset,
    InvitationWords,
    LateLink,
    Mailing,
    MailingText,
    Message,
    Seat,
)
from signon.people import account_mail
from signon.statements import rehearsing
from tests.campaigns.pieces import an_event
from tests.factories import (
    InvitationFactory,
    OrganizationFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)

pytestmark = pytest.mark.django_db

KINDS = samples.KINDS
LANGUAGES = [code for code, _name in settings.LANGUAGES]
TITLE, NAME, PERSON = "Bread & Roses for all", "Kituo cha Sheria", "Asha Rao"
# What is the same in every language: names, titles, words that people wrote.
SAME = [
    TITLE,
    NAME,
    PERSON,
    ".xlsx",
    "BCDF-GHJK",  # a code
    "General Assembly",
    "Words of staff.",
    "Women in Migration Network",
    "http",
    "Kenya",
    "BCDF-GHJK",  # a code
]


def message_of(kind, language):
    """A message of this kind as its verb composes it, for a signer who reads this language."""
    title = dict.fromkeys(["en", language], TITLE)
    if kind in registration_mail.KINDS:
        return about_an_event(kind, language, title)
    common = {"organization_name": NAME, "language": language, "statement": StatementFactory(texts=title)}
    if kind == "seat":
        seat = Seat.objects.create(organization=OrganizationFactory(name=NAME), email="a@b.example", state="invited")
        told = {"seat": seat.pk, "what": "invited", "person": PERSON}
        return mailing.compose(kind, key=kind, to=seat.email, language=language, body=json.dumps(told))
    if kind in proposal_mail.KINDS:
        standing = accepted(**common)
        changed = proposing.propose_representative(standing, name=PERSON, title="", email="c@b.example")
        return changed.sign_on.messages.get(kind=kind)
    if kind == "claim_code":
        return mailing.compose(kind, key=kind, to="a@b.example", language=language, body="BCDF-GHJK")
    if kind in account_mail.KINDS:
        return about_an_account(kind, language)
    if kind in ("closing", "not_opened", "burst", "draft", "comment", "late", "test"):
        return about_a_statement(kind, language, common["statement"])
    if kind in ("verification", "reminder", "last_call", "deadline"):
        return mailing.compose(kind, key=kind, sign_on=SignOnFactory(**common))
    if kind == "links":
        SignOnFactory(**common, email="asha@secret.example")
        return mailing.compose(kind, key=kind, to="asha@secret.example", language=language)
    if kind == "question":
        sign_on = SignOnFactory(**common, confirmed=True)
        verifying.ask(sign_on, by=UserFactory(), words="Words of staff.")
        return sign_on.messages.get(kind=kind)
    if kind == "declined":
        sign_on = SignOnFactory(**common, confirmed=True)
        verifying.decline(sign_on, by=UserFactory(), refusal="not_found", reason="Words of staff.")
        return sign_on.messages.get(kind=kind)
    if kind == "digest":
        SignOnFactory(**common, confirmed=True)
        return mailing.compose(kind, key=kind, user=UserFactory(language=language))
    if kind in Message.INVITING:
        invited = InvitationFactory(
            statement=common["statement"], language=language, organization_name=NAME, contact_name=PERSON
        )
        InvitationWords.objects.create(statement=invited.statement, language=language, words="Words of staff.")
        return mailing.compose(kind, key=kind, to=invited.email, language=language, invitation=invited)
    sign_on = accepted(**common)
    if kind == "export":
        export = exporting.begin(
            Choice(statement=sign_on.statement.slug), "xlsx", by=UserFactory(language=language), way="prepared"
        )
        Export.objects.filter(pk=export.pk).update(rows=3, size=9, digest="5e", ends_at=timezone.now())
        return mailing.compose(kind, key=kind, user=export.by, export=export)
    if kind == "corrected":
        verifying.correct(sign_on, by=UserFactory(), listed_name=f"{NAME} (KCS)")
    if kind == "notice":
        return mailing.compose(kind, key=kind, sign_on=sign_on, user=UserFactory(language=language))
    if kind in Mailing.Kind.values:
        made = Mailing.objects.create(
            statement=sign_on.statement, kind=kind, created_by=UserFactory(), state="sending",
            sign_on_states=["accepted"], only_with_consent=False, started_at=timezone.now(),
        )  # fmt: skip
        MailingText.objects.create(mailing=made, language=language, subject=TITLE, body="Words of staff.")
        return mailing.compose(kind, key=kind, sign_on=sign_on, mailing=made)
    return sign_on.messages.filter(kind=kind).first() or mailing.compose(kind, key=kind, sign_on=sign_on)


def about_an_account(kind, language):
    user = UserFactory(language=language)
    told = {"what": "totp_activated", "device": f"{NAME} 1.0"}
    body = {"login_code": "BCDF-GHJK", "address_code": "BCDF-GHJK", "password_reset": ""}.get(kind, json.dumps(told))
    if kind == "factor_reset":
        by = UserFactory(name=PERSON)
        FactorReset.objects.create(user=user, by=by, why="Lost", due_at=timezone.now() + FactorReset.WAIT)
    return mailing.compose(kind, key=kind, user=user, body=body)


def about_a_statement(kind, language, statement):
    """A message to its organizers, its conveners, who may sign late, who tries it out."""
    if kind == "closing":
        user = UserFactory(language=language)
        return mailing.compose(kind, key=f"closing:{statement.closes_at}", user=user, statement=statement)
    if kind == "not_opened":
        user = UserFactory(language=language)
        return mailing.compose(kind, key=kind, user=user, statement=statement, body="mails,test")
    if kind == "burst":
        user = UserFactory(language=language)
        return mailing.compose(kind, key=kind, user=user, statement=statement, body="network 12")
    if kind == "test":
        statement = StatementFactory(state="draft", texts=dict.fromkeys(["en", language], TITLE))
        made = {"organization_name": NAME, "country": "KE", "representative_name": PERSON, "consent_publish": True}
        return rehearsing.begin(statement, by=UserFactory(), language=language, **made).messages.get()
    to = {"email": "asha@secret.example", "language": language, "statement": statement, "name": NAME}
    common = {"to": to["email"], "language": language, "statement": statement}
    if kind == "late":
        return mailing.compose(kind, key=kind, late_link=LateLink.objects.create(made_by=UserFactory(), **to), **common)
    convener = Convener.objects.create(place=1, contact_name=PERSON, **to)
    if kind == "comment":
        comment = Comment.objects.create(
            convener=convener, digest="5e", language="en", words="Words of staff.", answer="Words of staff."
        )
        return mailing.compose(kind, key=kind, convener=convener, comment=comment, **common)
    return mailing.compose(kind, key=kind, convener=convener, **common)


def about_an_event(kind, language, title):
    """A message to somebody who comes; the event is online too."""
    event = an_event(title, takes_registrations=True, place=NAME, link=f"{settings.SITE_URL}/room")
    made = registering.register(event, name=PERSON, organization="", email="asha@secret.example", language=language)
    if kind != "registration":
        registering.confirm(made, version=made.version)
    return made.messages.filter(kind=kind).first() or registering.tell(made, kind)


def lines(text):
    return {line.strip(" ·-") for line in text.splitlines() if len(re.findall(r"[^\W\d]{2,}", line)) > 1}


def prose(html):
    return unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "\n", html, flags=re.DOTALL))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_both_parts_and_links_that_work_from_anywhere(kind, language, settings):
    settings.SITE_URL = "https://statements.example.org"
    mail = rendering.render(message_of(kind, language))
    html = mail.alternatives[0].content
    assert mail.subject
    assert mail.body.strip()
    assert f'lang="{language}"' in html
    assert ('dir="rtl"' in html) == (language == "ar")
    found = re.findall(r'(?:href|src)="([^"]*)"', html) + re.findall(r"\S+://\S+", mail.body)
    assert found or kind in account_mail.CODES
    assert [link for link in found if not link.startswith("https://statements.example.org/")] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_line_of_a_mail_is_too_long_for_smtp(kind, language):
    source = rendering.render(message_of(kind, language)).message().as_bytes(linesep="\r\n")
    assert max(map(len, source.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_of_a_mail_is_left_in_english(kind, language):
    message = message_of(kind, language)
    subject, text, html = rendering.words(message)
    message.language = "en"
    in_english = rendering.words(message)
    same = lines(text) & lines(in_english[1]) | lines(prose(html)) & lines(prose(in_english[2]))
    assert [line for line in same if not any(word in line for word in SAME)] == []
    if kind != "update":
        assert subject != in_english[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_shows_what_the_mail_says(kind, language):
    subject, text, html = samples.render(kind, language)
    assert subject
    assert len(lines(text)) > 2
    assert "None" not in text
    assert "<h1" in html
    assert Message.objects.count() == 0


def test_a_mailing_falls_back_to_the_first_language_it_was_written_in():
    sign_on = accepted(language="ar")
    made = Mailing.objects.create(
        statement=sign_on.statement, created_by=UserFactory(), sign_on_states=["accepted"], only_with_consent=False
    )
    for language in ("es", "en"):
        MailingText.objects.create(mailing=made, language=language, subject=f"In {language}", body="Words")
    mailings.start(made)
    mailings.advance()
    assert rendering.render(Message.objects.get(kind="update")).subject == "In es"


def test_only_mail_that_is_not_transactional_can_be_unsubscribed_from():
    for kind in KINDS:
        message = message_of(kind, "en")
        mail = rendering.render(message)
        is_news = kind not in Message.TRANSACTIONAL
        assert ("List-Unsubscribe" in mail.extra_headers) == is_news
        assert ("/mail/unsubscribe/" in mail.body) == is_news


@pytest.mark.parametrize("kind", KINDS)
def test_after_the_greeting_a_sentence_begins_with_a_capital(kind):
    _subject, text, _html = rendering.words(message_of(kind, "en"))
    told = [line for line in text.splitlines() if line.strip()]
    after = [told[number + 1] for number, line in enumerate(told[:-1]) if line.startswith("Hello")]
    assert not [line for line in after if line[0].islower()]
