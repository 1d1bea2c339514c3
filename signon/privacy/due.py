"""What retention is about to erase: how many of what, by when. Only reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from signon import exporting, retention
from signon.casework import attaching
from signon.events import registration_times
from signon.imports import previewing
from signon.models import Import, Proposal, Registration, Sweep
from signon.privacy import forgetting

What = Sweep.What


def by(moment: datetime) -> dict[str, int]:
    """How many of each kind will have reached their end at this moment; 0 where there is nothing."""
    return {str(what): rows(moment).count() for what, rows in _ROWS.items()}


def _registrations(at: datetime) -> QuerySet[Registration]:
    return registration_times.unconfirmed(at) | registration_times.long_over(at)


def _proposals(at: datetime) -> QuerySet[Proposal]:
    return retention.late_proposals(at) | retention.settled_proposals(at)


def _imports(at: datetime) -> QuerySet[Import]:
    return previewing.unfinished(at) | previewing.long_done(at)


# Each is what its eraser goes by. What hangs on the statement's own days is counted in statements.
_ROWS: dict[str, Callable[[datetime], QuerySet]] = {
    What.UNCONFIRMED: retention.unconfirmed,
    What.NETWORKS: retention.with_networks,
    What.CONTACTS: forgetting.due,
    What.INVITED: retention.invited,
    What.REGISTRATIONS: _registrations,
    What.SEATS: retention.old_seats,
    What.PROPOSALS: _proposals,
    What.LINK_MAIL: retention.link_mail,
    What.FILES: exporting.ended_files,
    What.PROOFS: attaching.over,
    What.IMPORTS: _imports,
}


def soon() -> dict[str, tuple[int, int]]:
    """By kind: how many are due at this moment, and how many will be within a week."""
    now = timezone.now()
    due, later = by(now), by(now + timedelta(days=7))
    return {what: (due[what], later[what]) for what in due}
