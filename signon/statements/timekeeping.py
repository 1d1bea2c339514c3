"""What time does to statements: it opens what an organizer scheduled, closes what is due, and reminds of closing."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import organizing
from signon.statements import rehearsing, unready

State = Statement.State
# So long before closing the campaign's people are told that it comes.
TOLD_BEFORE_CLOSING = timedelta(days=3)


def keep_time() -> int:
    """Open, close, remind and warn of what is due at this moment; returns how many statements moved.

    Safe to run twice, or side by side: each move is a guarded UPDATE, each mail has the occasion's key.
    """
    now = timezone.now()
    waiting = Statement.objects.filter(state__in=[State.DRAFT, State.CIRCULATING], opens_by_itself=True)
    opened = [organizing.open_by_the_clock(each) for each in waiting.filter(opens_at__lte=now).order_by("pk")]
    for each in waiting.filter(opens_at__gt=now).order_by("pk"):
        unready.warn(each)
    over = Statement.objects.filter(state=State.OPEN, closes_at__lte=now)
    closed = [organizing.close_by_the_clock(each) for each in over.order_by("pk")]
    soon = Statement.objects.filter(state=State.OPEN, closes_at__gt=now, closes_at__lte=now + TOLD_BEFORE_CLOSING)
    for each in soon.order_by("pk"):
        _tell_that_it_closes(each)
    rehearsing.forget()
    return sum(opened) + sum(closed)


@transaction.atomic
def _tell_that_it_closes(statement: Statement) -> None:
    assert statement.closes_at, "the caller asks for those that close"  # noqa: S101
    organizing.tell_the_campaign(statement, f"closing:{statement.closes_at.isoformat()}")
