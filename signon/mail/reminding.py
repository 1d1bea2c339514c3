"""Mail that time causes: reminders of what is not confirmed, a last call before the deadline, the staff's digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.casework import pending
from signon.models import Message, SignOn, User

Kind = Message.Kind
ASKING = [Kind.VERIFICATION, Kind.REMINDER, Kind.LAST_CALL]

# After so long without a confirmation a first and a second reminder go out; with the last call that is three in all.
REMIND_AFTER = [timedelta(days=2), timedelta(days=7)]
LAST_CALL_BEFORE = timedelta(days=2)
# Between two mails that ask for the same confirmation.
APART = timedelta(hours=24)
# Digests go out from this hour (UTC) on; the weekly one on Mondays.
DIGEST_HOUR, MONDAY = 6, 0
# While it circulates its conveners sign.
SIGNED_IN = [Statement.State.CIRCULATING, Statement.State.OPEN]


def remind(limit: int = 1000) -> int:
    """Compose what reminders and last calls are due, of up to `limit` sign-ons; returns how many.

    None is composed after the deadline, and none is sent after it: it expires then.
    """
    now = timezone.now()
    waiting = _unconfirmed(now).filter(_is_due(now)).order_by("pk")[:limit]
    return sum(_remind(sign_on, now) for sign_on in waiting)


def send_digests() -> int:
    """Compose for staff what waits for them, where it is the day and hour of their choice; returns how many."""
    now = timezone.now()
    if now.hour < DIGEST_HOUR:
        return 0
    wanted = [User.Digest.DAILY] + ([User.Digest.WEEKLY] if now.weekday() == MONDAY else [])
    keys = {f"digest:{reader.pk}:{now:%Y-%m-%d}": reader for reader in _deciders().filter(digest__in=wanted)}
    told = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    readers = [reader for key, reader in keys.items() if key not in told and pending.waits(reader)]
    return sum(
        mailing.compose(
            Kind.DIGEST,
            key=f"digest:{reader.pk}:{now:%Y-%m-%d}",
            user=reader,
            expires_at=now + timedelta(hours=20),
        )
        is not None
        for reader in readers
    )


def _unconfirmed(now: datetime) -> QuerySet[SignOn]:
    """What can still be confirmed before its deadline, with how often and when it was asked for last."""
    still_open = Q(statement__closes_at__isnull=True) | Q(statement__closes_at__gt=now)
    waiting = SignOn.objects.filter(still_open, hold=None, state=SignOn.State.UNCONFIRMED, expires_at__gt=now)
    waiting = waiting.filter(statement__state__in=SIGNED_IN).exclude(email="").select_related("statement")
    asked = Q(messages__kind__in=ASKING)
    return waiting.annotate(
        last_asked=Max("messages__created_at", filter=asked),
        reminders=Count("messages", filter=Q(messages__kind=Kind.REMINDER)),
        last_calls=Count("messages", filter=Q(messages__kind=Kind.LAST_CALL)),
    ).filter(last_asked__lt=now - APART)


def _is_due(now: datetime) -> Q:
    first, second = REMIND_AFTER
    closes_soon = Q(statement__closes_at__lte=now + LAST_CALL_BEFORE)
    reminder = Q(reminders=0, created_at__lte=now - first) | Q(reminders=1, created_at__lte=now - second)
    return (closes_soon & Q(last_calls=0)) | (~closes_soon | Q(statement__closes_at__isnull=True)) & reminder


def _remind(sign_on: SignOn, now: datetime) -> bool:
    closes_at = sign_on.statement.closes_at
    is_last = closes_at is not None and closes_at <= now + LAST_CALL_BEFORE
    key = f"last_call:{sign_on.pk}" if is_last else f"reminder:{sign_on.pk}:{sign_on.reminders + 1}"  # type: ignore[attr-defined]
    with transaction.atomic():
        still = SignOn.objects.select_for_update(of=["self"], no_key=True).filter(pk=sign_on.pk)
        if not still.filter(state=SignOn.State.UNCONFIRMED).exists():
            return False
        ends = min(filter(None, [closes_at, sign_on.expires_at]))
        kind = Kind.LAST_CALL if is_last else Kind.REMINDER
        return mailing.compose(kind, key=key, sign_on=sign_on, expires_at=ends) is not None


def _deciders() -> QuerySet[User]:
    """Staff for whom something may wait: they verify, organize or write."""
    rights = [right.split(".") for right in pending.RIGHTS]
    wanted = [Q(content_type__app_label=app, codename=name) for app, name in rights]
    may = Permission.objects.filter(reduce(or_, wanted))
    staff = User.objects.filter(is_active=True, is_staff=True)
    by_role = Q(groups__permissions__in=may) | Q(user_permissions__in=may) | Q(is_superuser=True)
    return staff.filter(by_role).distinct()
