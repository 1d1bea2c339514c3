"""A deadline is moved: who waits for it is told, and has as long as the new one gives."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from campaigns.models import Statement
from signon import inviting, mailing, organizing
from signon.mail import link_mail, sources
from signon.models import LedgerEntry, Message, SignOn, User
from signon.statements.time_to_confirm import TIME_AFTER_CLOSING, TIME_TO_CONFIRM

State, Act = Statement.State, LedgerEntry.Act


def move(statement: Statement, closes_at: datetime, *, by: User) -> int:
    """Give an open statement an earlier or a later deadline, or open a closed one again; returns how many are told.

    Those who have not confirmed yet, and those who were invited and have not answered.

    `closes_at` is aware and lies ahead. Raises organizing.Forbidden: once it is delivered there is no way back.
    """
    if closes_at <= timezone.now():
        raise organizing.Forbidden
    with transaction.atomic():
        held = organizing.hold(statement)
        before = held.closes_at
        facts = {"closes_at": closes_at.isoformat(), "before": before and before.isoformat()}
        if held.state == State.CLOSED:
            fields = {"closes_at": closes_at}
            moved = organizing.move(held, State.OPEN, by=by, act=Act.OPENED_AGAIN, fields=fields, **facts)
        else:
            same = Statement.objects.filter(pk=held.pk, state=State.OPEN).exclude(closes_at=closes_at)
            moved = bool(same.exclude(opens_at__gte=closes_at).update(closes_at=closes_at))
            if moved:
                LedgerEntry.objects.append_to_statement(held, Act.DEADLINE_MOVED, by=by, **facts)
        if not moved:
            raise organizing.Forbidden
        organizing.refresh(held)
        told = inviting.tell_of_new_deadline(held)  # invitations are held before sign-ons (signon.mail.sources)
        _move_ends(held, before)
        told += _queue(_to_the_waiting(held))
    organizing.refresh(statement)
    return told


def _to_the_waiting(statement: Statement) -> list[Message]:
    """A mail to each who signed and has not confirmed, under a key that names the new deadline."""
    moved = statement.ledger.count()  # moved back and forth, each time is an occasion of its own
    return [
        mailing.draft(
            Message.Kind.DEADLINE,
            key=f"deadline:{sign_on.pk}:{moved}:{_named(statement)}",
            sign_on=sign_on,
            expires_at=sign_on.expires_at,
        )
        for sign_on in sources.hold(waiting(statement))
    ]


def _queue(drafts: list[Message]) -> int:
    """Queue them; returns how many go out: to an address that bounced or complained none does."""
    written = mailing.queue(drafts)
    barred = link_mail.barring(Message.Kind.DEADLINE, [each.recipient for each in written])
    return sum(each.recipient not in barred for each in written)


def waiting(statement: Statement) -> QuerySet[SignOn]:
    """Who has signed and not confirmed yet."""
    unconfirmed = SignOn.objects.filter(statement=statement, state=SignOn.State.UNCONFIRMED, hold=None)
    return unconfirmed.exclude(email="").order_by("pk")


def _move_ends(statement: Statement, before: datetime | None) -> None:
    """What waits may be confirmed for as long as the new deadline gives: 30 days, or closing and its 72 hours."""
    unconfirmed = SignOn.objects.filter(statement=statement, state=SignOn.State.UNCONFIRMED)
    end = (statement.closes_at or timezone.now()) + TIME_AFTER_CLOSING
    if before:  # an end that the old deadline gave goes with it
        given = unconfirmed.filter(expires_at=before + TIME_AFTER_CLOSING)
        given.update(expires_at=Greatest(F("created_at") + TIME_TO_CONFIRM, end))
    unconfirmed.filter(expires_at__lt=end).update(expires_at=end)


def _named(statement: Statement) -> str:
    return statement.closes_at.isoformat() if statement.closes_at else ""
