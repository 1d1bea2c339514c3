"""Mail that carries a personal link: what stands against sending it, and what became of it, in words for the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _

from campaigns.moments import moment
from signon.mail import addresses
from signon.models import Message, Suppression

State, Reason = Message.State, Suppression.Reason


class Unreachable(Exception):
    """Nothing goes to this address; the message says why, in the language that was active."""

    def __init__(self, reason: str) -> None:
        super().__init__(why_not(reason))


def barring(kind: str, mailboxes: Iterable[str]) -> dict[str, str]:
    """Which of these mailboxes (signon.mail.addresses.mailbox) get no mail of this kind, each with the reason why."""
    standing = Suppression.objects.filter(mailbox__in=set(mailboxes), lifted_at=None).order_by("pk")
    mail = Message(kind=kind)
    return {each.mailbox: each.reason for each in standing if each.stops(mail)}


def check(kind: str, address: str) -> None:
    """Raise Unreachable where an address gets no mail of this kind."""
    mailbox = addresses.mailbox(address)
    if reason := barring(kind, [mailbox]).get(mailbox):
        raise Unreachable(reason)


def why_not(reason: str) -> str:
    """Why nothing was sent; `reason` is a Suppression's."""
    if reason == Reason.BOUNCED:
        return _("Not sent: mail to this address bounced. Give another address.")
    if reason == Reason.COMPLAINED:
        return _("Not sent: this address reported our mail as spam. Write from your own mail program, or call.")
    if reason == Reason.UNSUBSCRIBED:
        return _("Not sent: this address has unsubscribed.")
    return _("Not sent: staff barred this address from our mail.")


def became(rows: Iterable[models.Model], kind: str, zone: str) -> dict[Any, str]:
    """What became of the last mail of this kind to each of these conveners or late links, by id; one query.

    `zone` is an IANA time zone, for moments; what comes back is HTML.
    """
    listed = list(rows)
    if not listed:
        return {}
    way = {"latelink": "late_link"}.get(str(listed[0]._meta.model_name), "convener")
    found = Message.objects.filter(kind=kind, **{f"{way}__in": listed}).order_by("pk")
    return {getattr(each, f"{way}_id"): _told(each, zone) for each in found}


def _told(message: Message, zone: str) -> str:
    if message.state == State.SENT and message.sent_at:
        return format_html(_("Link sent {moment}"), moment=moment(message.sent_at, zone))
    if message.state == State.SUPPRESSED:
        return why_not(message.answer)
    return {
        State.BOUNCED: _("Not received: mail to this address bounced. Give another address."),
        State.DEAD: _("Not sent: no mail server took it."),
        State.CANCELED: _("Not sent: it was canceled."),
    }.get(State(message.state), _("The link is on its way"))
