"""What mails about a statement's life say: to its organizers, its conveners, who may sign late, who tries it out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import tokens
from signon.models import Counter, Hold, Message, SignOn
from signon.statements import lacking

Kind = Message.Kind
KINDS = {Kind.CLOSING, Kind.NOT_OPENED, Kind.DRAFT, Kind.COMMENT, Kind.LATE, Kind.BURST}


def context(message: Message) -> dict[str, Any]:
    """What the templates of KINDS are given, in the message's language; nothing for a sample."""
    statement = message.statement
    if statement is None:
        return {}
    text = statement.text(message.language)
    told: dict[str, Any] = {
        "statement": {
            "title": text.title if text else statement.slug,
            "addressee": statement.addressee_of(text),
            "zone": statement.zone,
        },
        "closes_at": statement.closes_at,
        "desk_url": settings.SITE_URL + reverse("desk-statement", args=[statement.slug]),
    }
    if message.kind == Kind.CLOSING:
        told["has_closed"] = statement.phase() == "closed"
        told["tally"] = Counter.objects.filter(statement=statement).tally()
    if message.kind == Kind.NOT_OPENED:
        told |= {"opens_at": statement.opens_at, "missing": _missing(statement, message.body)}
        told["is_ahead"] = _warns(message)
    if message.kind == Kind.BURST:
        reason, _space, number = message.body.partition(" ")
        told |= {"by_network": reason == Hold.Reason.NETWORK, "number": int(number or 0)}
        told["desk_url"] = settings.SITE_URL + reverse("desk-holds")
    if message.convener is not None:
        told |= {"organization": message.convener.name, "contact_name": message.convener.contact_name}
        told["link_url"] = _link("draft", statement, tokens.make(message.convener, tokens.DRAFT))
    if message.comment is not None:
        told |= {"words": message.comment.words, "answer": message.comment.answer}
    if message.late_link is not None:
        told["organization"] = message.late_link.name
        told["link_url"] = _link("late", statement, tokens.make(message.late_link, tokens.LATE))
    return told


def _missing(statement: Statement, codes: str) -> list[dict[str, str]]:
    """What was missing when a mail was composed, each with the page where it is mended."""
    return [
        {"words": str(words), "why": str(why), "url": lacking.on_the_desk(statement, code)}
        for code, (words, why) in lacking.WORDS.items()
        if code in codes.split(",")
    ]


def instead_of_its_page(sign_on: SignOn) -> dict[str, str]:
    """Where a convener reads the statement that is not public yet: the private link; else nothing instead."""
    if sign_on.pk is None or sign_on.statement.is_reachable:
        return {}
    convener = sign_on.convener_links.filter(removed_at=None).select_related("statement").first()
    if convener is None or convener.email.lower() != sign_on.email.lower():
        return {}
    return {"url": _link("draft", sign_on.statement, tokens.make(convener, tokens.DRAFT))}


def is_true(message: Message) -> bool:
    """Whether what a message of KINDS says of its statement is so at this moment."""
    statement = message.statement
    if message.kind == Kind.CLOSING and statement is not None:
        occasion = message.key.partition(":")[0]
        return statement.phase() == ("closed" if occasion == "closed" else "open") and _is_of_this_deadline(message)
    if message.kind == Kind.NOT_OPENED and statement is not None:
        if message.user is not None and not message.user.has_perm("signon.organize_statement", statement):
            return False
        waits = statement.phase() == "draft" and statement.opens_by_itself
        if not waits or statement.opens_at is None or statement.opens_at.isoformat() not in message.key:
            return False
        return not _warns(message) or statement.opens_at > timezone.now()
    # A link goes to the address that it is of now, whenever its mail is tried again.
    if message.convener is not None:
        return message.convener.may_read and message.convener.email == message.to_address
    if message.late_link is not None:
        return message.late_link.is_open and message.late_link.email == message.to_address
    return True


def says_when_it_closes(message: Message) -> bool:
    """Whether a mail that a deadline was moved names the one that stands; a later move has a mail of its own."""
    closes_at = message.sign_on.statement.closes_at if message.sign_on else None
    return closes_at is not None and closes_at.isoformat() in message.key


def _warns(message: Message) -> bool:
    """Whether a mail of an opening comes before its moment (signon/statements/unready.py)."""
    return message.key.startswith("not_ready:")


def _is_of_this_deadline(message: Message) -> bool:
    closes_at = message.statement.closes_at if message.statement else None
    return closes_at is not None and closes_at.isoformat() in message.key


def _link(name: str, statement: Statement, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[statement.slug, token])
