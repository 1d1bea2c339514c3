"""What a message says: subject, text and HTML, in its reader's language, rendered when it is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from campaigns import markdown, network
from campaigns.models import RevisionText, Statement
from signon import tokens
from signon.casework import pending, proposal_mail
from signon.events import registration_mail
from signon.mail import envelope, senders, statement_mail
from signon.models import (
    Counter,
    Export,
    HandEntry,
    Invitation,
    InvitationWords,
    LetterPack,
    Mailing,
    Message,
    Seal,
    SignOn,
    User,
)
from signon.people import account_mail, seat_mail

MOST_IN_A_DIGEST = 20


def render(message: Message) -> EmailMultiAlternatives:
    """The mail as it is sent: subject, text and HTML parts, in the message's language; links begin with SITE_URL."""
    subject, text, html = words(message)
    mail = EmailMultiAlternatives(
        subject,
        text,
        from_email=envelope.return_path(message),
        to=[message.to_address],
        headers={
            **senders.headers(message),
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            **envelope.headers(message),
        },
    )
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


def words(message: Message, *, with_html: bool = True, **instead: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of a message; `instead` replaces parts of what its templates are given."""
    if message.kind == Message.Kind.ACCOUNT:
        return message.subject, message.body, ""
    with translation.override(message.language):
        context = _context(message) | instead
        if not message.is_transactional:
            context["unsubscribe_url"] = envelope.unsubscribe_url(message)
        folder = f"mail/{message.kind}"
        subject, text = (render_to_string(f"{folder}/{part}", context) for part in ("subject.txt", "body.txt"))
        html = render_to_string(f"{folder}/body.html", context) if with_html else ""
    return senders.one_line(subject), text, html


def own_sign_ons(address: str) -> list[SignOn]:
    """The newest sign-ons of an address that it can still confirm or manage, a handful at most."""
    standing = [SignOn.State.UNCONFIRMED, SignOn.State.CONFIRMED, SignOn.State.ACCEPTED]
    own = SignOn.objects.at_address(address).filter(state__in=standing)
    own = own.exclude(state=SignOn.State.UNCONFIRMED, hold__isnull=False)
    # Whose time to confirm is over waits for the sweep: its link would only say so.
    own = own.exclude(state=SignOn.State.UNCONFIRMED, expires_at__lt=timezone.now())
    return list(own.select_related("statement", "text").order_by("-created_at", "-pk")[:5])


def _context(message: Message) -> dict[str, Any]:
    context: dict[str, Any] = {
        "network_name": network.current().name,
        "site_url": settings.SITE_URL,
        "your_data_url": settings.SITE_URL + reverse("your-data"),
    }
    if message.kind == Message.Kind.LINKS:
        return context | {"own": [_told(sign_on) for sign_on in own_sign_ons(message.to_address)]}
    if message.kind == Message.Kind.RIGHTS:
        hours = tokens.RIGHTS_LAST // timedelta(hours=1)
        return context | {"held_url": _link("held", tokens.make(message, tokens.RIGHTS)), "hours": hours}
    if message.kind in account_mail.KINDS:
        return context | account_mail.context(message)
    if message.kind in seat_mail.KINDS:
        return context | seat_mail.context(message)
    if message.kind in proposal_mail.KINDS:
        return context | proposal_mail.context(message)
    if message.kind == Message.Kind.DIGEST:
        return context | _what_waits(message.user)
    if message.export is not None:
        return context | _ready(message.export)
    if message.kind in Message.INVITING and message.invitation is not None:
        return context | _asked(message.invitation, message.language)
    if message.kind in statement_mail.KINDS:
        return context | statement_mail.context(message)
    if message.kind in registration_mail.KINDS:
        return context | registration_mail.context(message)
    if message.rehearsal is not None:
        test_url = _link("try-confirm", tokens.make(message.rehearsal, tokens.TEST))
        return context | _told(message.rehearsal.as_sign_on()) | {"confirm_url": test_url, "not_me_url": test_url}
    sign_on = message.sign_on
    if message.mailing is not None:
        context |= _written(message.mailing, message.language)
        sign_on = sign_on or _stand_in(message, message.mailing)
    if sign_on is not None:
        context |= _told(sign_on)
        if message.kind == Message.Kind.ALREADY_SIGNED and sign_on.pk:
            context["has_questions"] = sign_on.statement.own_questions.asked().exists()
        if message.kind == Message.Kind.NOTICE:
            context["tally"] = Counter.objects.filter(statement=sign_on.statement_id).tally()
        if message.kind == Message.Kind.DELIVERED:
            context["letter"] = _delivered(sign_on.statement)
        if message.kind == Message.Kind.BY_HAND:
            context["entry"] = HandEntry.objects.filter(pk=sign_on.pk).first()
        if message.kind == Message.Kind.QUESTION:
            context["question"] = sign_on.open_question.words if sign_on.pk and sign_on.open_question else ""
    return context


def _asked(invitation: Invitation, language: str) -> dict[str, Any]:
    """What an invited organization is told; staff's own words only in the language that they wrote them in."""
    statement = invitation.statement
    text = statement.text(language) if statement.pk else None
    own = InvitationWords.objects.filter(statement=statement.pk, language=language).first()
    link = _link("invitation", tokens.make(invitation, tokens.INVITATION))
    return {
        "invitation": invitation,
        "statement": _statement(statement, text),
        "lead": text.lead if text else "",
        "closes_at": statement.closes_at,
        "words": own.words if own else "",
        "words_html": markdown.render(own.words) if own else "",
        "sign_url": link,
        "decline_url": f"{link}#will-not-sign",
        "ask_url": f"{link}#question",
    }


def _ready(export: Export) -> dict[str, Any]:
    of = export.statement or export.campaign
    title = of.title if of else ""
    url = settings.SITE_URL + reverse("desk-export", args=[export.pk])
    return {"export": export, "title": title, "export_url": url}


def _stand_in(message: Message, mailing: Mailing) -> SignOn | None:
    """Nobody's sign-on, for a mailing's test to staff: it shows no signer's name, and its links lead nowhere."""
    text = mailing.statement.text(message.language)
    if text is None:
        return None
    name = str(message.user or "")
    return SignOn(statement=mailing.statement, text=text, representative_name=name, created_at=timezone.now())


def _told(sign_on: SignOn) -> dict[str, Any]:
    statement = sign_on.statement
    return {
        "sign_on": sign_on,
        "statement": _statement(statement, sign_on.text) | statement_mail.instead_of_its_page(sign_on),
        "closes_at": statement.closes_at,
        "is_public": statement.is_reachable,
        "is_open": statement.phase() in ("before", "open"),
        "confirm_url": _link("confirm", tokens.make(sign_on, tokens.CONFIRM)),
        "not_me_url": _link("confirm", tokens.make(sign_on, tokens.CONFIRM)),
        "manage_url": _link("manage", tokens.make(sign_on, tokens.MANAGE)),
        "answer_url": _link("answer", tokens.make(sign_on, tokens.ANSWER)),
        "object_url": _link("object", tokens.make(sign_on, tokens.OBJECT)),
        "expires_at": sign_on.expires_at,
        "is_named": sign_on.listing == SignOn.Listing.NAME,
        "is_corrected": sign_on.listed_name != sign_on.name_as_typed,
        # "Another reason, in words" says nothing beside the words.
        "refusal": sign_on.get_refusal_display() if sign_on.refusal != SignOn.Refusal.OTHER else "",
        "reason": sign_on.decision_reason,
    }


def _written(mailing: Mailing, language: str) -> dict[str, Any]:
    """What staff wrote for a mailing, in this language or else in the first they wrote it in."""
    texts = {text.language: text for text in mailing.texts.all()}
    text = texts.get(language) or next(iter(texts.values()), None)
    return {
        "subject": text.subject if text else "",
        "words": text.body if text else "",
        "words_html": markdown.render(text.body) if text else "",
        "words_language": text.language if text else language,
        "asked_for": mailing.needs_consent,
    }


def _what_waits(reader: User | None) -> dict[str, Any]:
    own = pending.sign_ons(reader) if reader else SignOn.objects.none()
    waiting = own.select_related("statement", "text")
    beside = [*pending.beside_sign_ons(reader), *pending.of_no_statement(reader)] if reader else []
    # Who writes and does not verify has no queue: their page is where the first thing waits.
    page = reverse("desk-queue") if not beside or (reader and reader.has_perm(pending.VERIFY)) else beside[0].url
    return {
        "waiting": waiting.count(),
        "oldest": [
            {
                "number": sign_on.pk,
                "place": sign_on.country_name or sign_on.get_scope_display(),
                "title": sign_on.text.title,
                "since": sign_on.confirmed_at,
                "url": settings.SITE_URL + reverse("desk-case", args=[sign_on.pk]),
            }
            for sign_on in waiting[:MOST_IN_A_DIGEST]
        ],
        "beside": [
            {
                "words": each.words,
                "title": each.statement.title if each.statement else "",
                "url": settings.SITE_URL + each.url,
            }
            for each in beside
        ],
        "desk_url": settings.SITE_URL + page,
        "seal": Seal.objects.order_by("-number").first(),
    }


def _delivered(statement: Statement) -> dict[str, Any] | None:
    """The last letter that was handed over: to whom, when, and where whoever signed finds it."""
    pack = LetterPack.objects.light().filter(statement=statement.pk).delivered().last()
    if pack is None:
        return None
    return {"to": pack.delivered_to, "at": pack.delivered_at, "url": settings.SITE_URL + pack.get_absolute_url()}


def _statement(statement: Statement, text: RevisionText | None) -> dict[str, str]:
    return {
        "title": text.title if text else statement.slug,
        "url": settings.SITE_URL + statement.get_absolute_url(),
        "addressee": statement.addressee_of(text),
        "zone": statement.zone,
    }


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])
