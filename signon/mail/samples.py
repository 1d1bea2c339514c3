"""Every kind of mail with made-up data, for staff who want to see what signers get, and for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from campaigns import markdown
from campaigns.models import Event, Revision, RevisionText, Statement
from signon.casework import proposal_mail
from signon.casework.pending import Pending
from signon.events import registration_mail
from signon.mail import statement_mail
from signon.mail.rendering import words
from signon.models import Export, HandEntry, Invitation, Mailing, Message, Proposal, Registration, Seal, SignOn, User
from signon.models.counter import Tally
from signon.people import account_mail, seat_mail
from signon.statements import lacking

Kind = Message.Kind
KINDS = [kind for kind in Kind if kind != Kind.ACCOUNT]
_OF_NO_SIGN_ON = {
    Kind.LINKS, Kind.RIGHTS, Kind.DIGEST, Kind.EXPORT, *Message.INVITING, *statement_mail.KINDS,
    *registration_mail.KINDS, *account_mail.KINDS, *seat_mail.KINDS, *proposal_mail.KINDS,
}  # fmt: skip
MARKDOWN = "We met the rapporteur on Monday.\n\n1. The first demand is in the **zero draft**.\n2. Talks go on in May.\n"


def render(
    kind: str,
    language: str,
    statement: Statement | None = None,
    *,
    signed_at: datetime | None = None,
    with_html: bool = True,
) -> tuple[str, str, str]:
    """Subject, text and HTML of this kind in this language, about nobody; its links lead nowhere. Writes nothing.

    `statement` is one that has a text, for mails to its signers; without it that is made up too.
    """
    made = message(kind, language, statement, signed_at=signed_at)
    return words(made, with_html=with_html, **_instead(kind))


def message(
    kind: str, language: str, statement: Statement | None = None, *, signed_at: datetime | None = None
) -> Message:
    """A message that is not in the database, about a sign-on that is not there either."""
    told = sign_on(language, statement, signed_at=signed_at)
    return Message(
        key="sample",
        kind=kind,
        sign_on=None if kind in _OF_NO_SIGN_ON else told,
        invitation=invitation(told) if kind in Message.INVITING else None,
        user=User(pk=0, email="staff@network.example", name="Staff"),
        to_address="asha.rao@organization.example",
        mailbox="asha.rao@organization.example",
        language=language,
        message_id=f"<{'0' * 32}@sample.invalid>",
    )


def sign_on(language: str, statement: Statement | None = None, *, signed_at: datetime | None = None) -> SignOn:
    """A made-up sign-on, of this statement, or of one that is made up with it; signed two days ago by default."""
    now = signed_at + timedelta(days=2) if signed_at else timezone.now()
    text = statement.text(language) if statement else None
    if statement is None or text is None:
        statement, text = _statement(language, now)
    made = SignOn(
        statement=statement,
        text=text,
        state=SignOn.State.CONFIRMED,
        organization_name="Red de Mujeres Migrantes",
        acronym="RMM",
        country="MX",
        representative_name="Asha Rao",
        representative_title="Coordinator",
        email="asha.rao@organization.example",
        language=language,
        consent_publish=True,
        refusal=SignOn.Refusal.NOT_AUTHORIZED,
        decision_reason="We wrote to the address on your website and got no answer.",
        created_at=now - timedelta(days=2),
        confirmed_at=now - timedelta(days=1),
        expires_at=now + timedelta(days=28),
    )
    made.listed_name = "Red de Mujeres Migrantes de México (RMM)"
    return made


def _statement(language: str, now: datetime) -> tuple[Statement, RevisionText]:
    made = Statement(
        slug="sample",
        addressee="The General Assembly",
        state=Statement.State.OPEN,
        closes_at=now + timedelta(days=1),
        zone="America/New_York",
    )
    revision = Revision(statement=made, number=1, original_language=language)
    title = "No one left behind: demands to the Summit of the Future"
    return made, RevisionText(revision=revision, language=language, title=title)


def invitation(told: SignOn) -> Invitation:
    """A made-up invitation to the statement of a made-up sign-on."""
    return Invitation(
        statement=told.statement,
        organization_name=told.organization_name,
        acronym=told.acronym,
        country=told.country,
        contact_name=told.representative_name,
        email=told.email,
        language=told.language,
        state=Invitation.State.WAITING,
    )


def _registration(kind: str) -> dict[str, Any]:
    """A made-up registration for a made-up event, as its mails are told."""
    begins = timezone.now().replace(hour=20, minute=0) + timedelta(days=3)
    event = Event(starts_at=begins, ends_at=begins + timedelta(hours=2), zone="America/New_York")
    address = f"{settings.SITE_URL}/"
    told = {
        "title": "Women’s Caucus before the hearing",
        "url": address,
        # In the language that the mail is rendered in.
        "when": lazy(registration_mail.when, str)(event),
        "where": "Church Center, 777 UN Plaza, New York",
        "link": "https://meet.example/caucus",
    }
    links = dict.fromkeys(["confirm_url", "manage_url", "calendar_url", "events_url"], address)
    state = registration_mail.TRUE_OF[kind][0]
    return links | {"event": told, "registration": Registration(name="Asha Rao", state=state)}


def _instead(kind: str) -> dict[str, Any]:
    address = f"{settings.SITE_URL}/"
    if kind in registration_mail.KINDS:
        return _registration(kind)
    if kind == Kind.QUESTION:
        return {"question": "Is the organization the one that signed in 2020, under another name?"}
    if kind in Message.INVITING:
        told = sign_on("en")
        title = {"title": told.text.title, "url": address, "addressee": told.statement.addressee}
        own = {"words": MARKDOWN, "words_html": markdown.render(MARKDOWN), "lead": ""}
        return own | {"statement": title | {"zone": told.statement.zone}}
    if kind in Mailing.Kind.values:
        written = {"subject": "News from New York", "words": MARKDOWN, "words_html": markdown.render(MARKDOWN)}
        letter = {"to": "The General Assembly", "at": timezone.now(), "url": address}
        return written | {"words_language": "en", "asked_for": True, "letter": letter}
    if kind == Kind.BY_HAND:
        said = timezone.now().date() - timedelta(days=3)
        return {"entry": HandEntry(channel=HandEntry.Channel.PHONE, said_on=said, vouched_by="Carla Neto")}
    if kind == Kind.NOTICE:
        return {"tally": Tally(organizations=318, countries=84)}
    if kind == Kind.LINKS:
        told = sign_on("en")
        title = {"title": told.text.title, "url": address}
        return {"own": [{"sign_on": told, "statement": title, "manage_url": address, "confirm_url": address}]}
    if kind == Kind.EXPORT:
        ends_at = timezone.now() + Export.KEPT
        export = Export(
            statement=sign_on("en").statement, at=timezone.now(), format="xlsx", rows=21400, ends_at=ends_at
        )
        return {"export": export, "title": sign_on("en").text.title, "export_url": address}
    if kind in statement_mail.KINDS:
        told = sign_on("en")
        title = {"title": told.text.title, "addressee": told.statement.addressee, "zone": told.statement.zone}
        return {
            "statement": title,
            "closes_at": told.statement.closes_at,
            "desk_url": address,
            "link_url": address,
            "tally": Tally(organizations=318, countries=84),
            "organization": told.organization_name,
            "contact_name": told.representative_name,
            "words": "The second demand should name the convention.",
            "answer": "It does now.",
            "opens_at": told.statement.closes_at,
            "by_network": True,
            "number": 14,
            "missing": [{"words": words, "why": why, "url": address} for words, why in lacking.WORDS.values()][-2:],
        }
    if kind in seat_mail.KINDS:
        names = {"person": "Carla Neto", "organization": "Red de Mujeres Migrantes"}
        told_by = {"sentence": lazy(lambda: seat_mail.SENTENCES["asked"] % names, str)(), "reason": ""}
        return told_by | {"button": lazy(lambda: str(_("Look at its page")), str)(), "button_url": address}
    if kind in proposal_mail.KINDS:
        told = sign_on("en")
        names = {"name": "Carla Neto", "present": told.listed_name}
        sentence = lazy(lambda: proposal_mail.SENTENCES["asked"] % names, str)()
        return {
            "statement": {"title": told.text.title, "url": address},
            "present": told.listed_name,
            "proposal": Proposal(name="Carla Neto"),
            "by": told.representative_name,
            "confirm_url": address,
            "sentence": sentence,
            "button": lazy(lambda: str(proposal_mail.BUTTONS["asked"]), str)(),
            "button_url": address,
        }
    if kind in account_mail.KINDS:
        told_of = {"device": "Firefox on Linux", "at": timezone.now(), "code": "BCDF-GHJK"}
        links = {"link_url": address, "stop_url": address, "account_url": address}
        reset = {"due_at": timezone.now() + timedelta(hours=24), "by": "Carla Neto"}
        return told_of | links | reset | {"what": account_mail.CHANGES["totp_activated"]}
    if kind == Kind.DIGEST:
        told = sign_on("en")
        case = {"number": 41, "place": told.country_name, "title": told.text.title, "url": address}
        case["since"] = told.confirmed_at
        asks = Pending("questions", told.statement, 2, "")
        beside = [{"words": lazy(lambda: asks.words, str)(), "title": told.text.title, "url": address}]
        return {
            "waiting": 12,
            "oldest": [case],
            "beside": beside,
            "desk_url": address,
            "seal": Seal(number=1840, digest="5e" * 32),
        }
    return {}
