"""Until when a sign-on that waits may be confirmed, and why it may not any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from campaigns.models import Statement
from signon.models import SignOn

State = SignOn.State

# What was signed before closing may be confirmed for so long after it.
TIME_AFTER_CLOSING = timedelta(hours=settings.CONFIRM_AFTER_CLOSING_HOURS)
TIME_TO_CONFIRM = timedelta(days=settings.UNCONFIRMED_DAYS)


def end_of_waiting(statement: Statement) -> datetime:
    """30 days from now, or closing and its 72 hours where that is later."""
    end = timezone.now() + TIME_TO_CONFIRM
    return max(end, statement.closes_at + TIME_AFTER_CLOSING) if statement.closes_at else end


def still_confirms(statement: Statement) -> bool:
    """Whether what was signed before closing can still be confirmed at this moment."""
    if statement.state in (Statement.State.DELIVERED, Statement.State.ANSWERED):
        return False
    return not statement.closes_at or timezone.now() <= statement.closes_at + TIME_AFTER_CLOSING


def why_not(sign_on: SignOn) -> str:
    """Why a confirm link does nothing any more, as a code for its page; "" where it still confirms."""
    if sign_on.statement.state == Statement.State.WITHDRAWN:
        return "withdrawn_statement"
    if sign_on.state in (State.CONFIRMED, State.ACCEPTED):
        return "used"
    if sign_on.state == State.WITHDRAWN:
        return "not_me" if sign_on.ending == SignOn.Ending.NOT_ME else "withdrawn"
    if sign_on.state != State.UNCONFIRMED:
        return str(sign_on.state)
    if sign_on.expires_at and timezone.now() > sign_on.expires_at:
        return "expired"
    return "" if _may_still_confirm(sign_on) else "closed"


def _may_still_confirm(sign_on: SignOn) -> bool:
    was_delivered = sign_on.statement.state in (Statement.State.DELIVERED, Statement.State.ANSWERED)
    return still_confirms(sign_on.statement) or (sign_on.came_late and not was_delivered)
