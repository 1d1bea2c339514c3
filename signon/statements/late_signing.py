"""Signing after closing, by a personal link that an organizer makes; it ends at delivery, or when they end it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing, organizing, signing
from signon.mail import limits, link_mail, sources
from signon.models import LateLink, LedgerEntry, Message, SignOn, User

State, Act = Statement.State, LedgerEntry.Act


def make(statement: Statement, *, by: User, name: str, email: str, language: str) -> LateLink:
    """Make a link for one organization's address, and mail it.

    Raises organizing.Forbidden unless it is closed, and link_mail.Unreachable where the address gets no mail.
    """
    with transaction.atomic():
        link_mail.check(Message.Kind.LATE, email)
        held = organizing.hold(statement)
        if held.state != State.CLOSED:
            raise organizing.Forbidden
        made = LateLink.objects.create(statement=held, name=name, email=email, language=language, made_by=by)
        LedgerEntry.objects.append_to_statement(held, Act.LATE_LINK_MADE, by=by, link=made.pk)
        mailing.compose(
            Message.Kind.LATE, key=f"late:{made.pk}", to=email, language=language, late_link=made, statement=held
        )
    return made


def end(link: LateLink, *, by: User) -> bool:
    """End a link before delivery does; returns whether it was good until now. What was signed by it stays."""
    with transaction.atomic():
        held = organizing.hold(link.statement)
        ended = LateLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
        if ended:
            mailing.cancel(link.messages.all())
            LedgerEntry.objects.append_to_statement(held, Act.LATE_LINK_ENDED, by=by, link=link.pk)
    link.refresh_from_db()
    return bool(ended)


def sign(link: LateLink, **asked: Any) -> SignOn:
    """Sign by the link; as signing.sign, with what that raises. Of two who try by one link at once, the later waits."""
    with transaction.atomic():
        limits.hold_mailbox(asked["email"])
        held = sources.hold(LateLink.objects.filter(pk=link.pk)).select_related("statement", "sign_on").get()
        made = signing.sign(statement=held.statement, door=held, **asked)
        before = held.sign_on
        if before and before.pk != made.pk and before.state == SignOn.State.UNCONFIRMED:
            signing.withdraw(before)  # one link, one sign-on: what was typed last
        LateLink.objects.filter(pk=link.pk).update(sign_on=made)
    return made
