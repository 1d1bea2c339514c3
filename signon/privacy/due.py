"""What retention is about to erase: how many of what, by when. Only reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Event
from signon import retention
from signon.events import registering
from signon.imports import previewing
from signon.models import Attachment, Export, Import, Invitation, Proposal, Registration, Seat, SignOn, Sweep
from signon.privacy import forgetting

What = Sweep.What


def by(moment: datetime) -> dict[str, int]:
    """How many of each kind will have reached their end at this moment; 0 where there is nothing."""
    return {str(what): rows(moment).count() for what, rows in _ROWS.items()}


def _unconfirmed(at: datetime) -> QuerySet[SignOn]:
    return SignOn.objects.filter(state=SignOn.State.UNCONFIRMED, expires_at__lt=at)


def _networks(at: datetime) -> QuerySet[SignOn]:
    return SignOn.objects.exclude(network="").filter(created_at__lt=at - retention.NETWORKS_ARE_KEPT)


def _invited(at: datetime) -> QuerySet[Invitation]:
    over = at - timedelta(days=settings.INVITATION_CONTACT_DAYS)
    return Invitation.objects.filter(erased_at=None, statement__inviting__over_since__lt=over)


def _registrations(at: datetime) -> QuerySet[Registration]:
    over = Event.objects.filter(ends_at__lt=at - timedelta(days=settings.REGISTRATION_DAYS))
    late = Q(state="unconfirmed", created_at__lt=at - registering.TIME_TO_CONFIRM)
    return Registration.objects.filter(late | Q(event__in=over, erased_at=None))


def _seats(at: datetime) -> QuerySet[Seat]:
    ended = Q(ended_at__lt=at - retention.SEATS_ARE_KEPT)
    return Seat.objects.filter(ended | Q(state="invited", made_at__lt=at - retention.OFFERS_STAND))


def _proposals(at: datetime) -> QuerySet[Proposal]:
    return retention.late_proposals(at) | retention.settled_proposals(at)


def _files(at: datetime) -> QuerySet[Export]:
    return Export.objects.filter(ends_at__lt=at).exclude(file="")


def _proofs(at: datetime) -> QuerySet[Attachment]:
    before = at - timedelta(days=settings.ATTACHMENT_DAYS)
    over = Q(sign_on__statement__closes_at__lt=before) | Q(sign_on__state__in=["withdrawn", "expired", "declined"])
    return Attachment.objects.exclude(place="").filter(over)


def _imports(at: datetime) -> QuerySet[Import]:
    before = at - previewing.KEPT
    unfinished = Q(state__in=previewing.OPEN, created_at__lt=before)
    return Import.objects.filter(unfinished | Q(applied_at__lt=before, blanked_at=None))


# What hangs on the statement's own days is counted in statements.
_ROWS: dict[str, Callable[[datetime], QuerySet]] = {
    What.UNCONFIRMED: _unconfirmed,
    What.NETWORKS: _networks,
    What.CONTACTS: forgetting.due,
    What.INVITED: _invited,
    What.REGISTRATIONS: _registrations,
    What.SEATS: _seats,
    What.PROPOSALS: _proposals,
    What.LINK_MAIL: retention.link_mail,
    What.FILES: _files,
    What.PROOFS: _proofs,
    What.IMPORTS: _imports,
}


def soon() -> dict[str, tuple[int, int]]:
    """By kind: how many are due at this moment, and how many will be within a week."""
    now = timezone.now()
    due, later = by(now), by(now + timedelta(days=7))
    return {what: (due[what], later[what]) for what in due}
