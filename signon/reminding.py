"""Mail that time causes: reminders of what is not confirmed, a last call before the deadline, the staff's digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
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
    """Compose for staff who verify what waits, where it is the day and hour of their choice; returns how many."""
    now = timezone.now()
    if now.hour < DIGEST_HOUR or not SignOn.objects.waiting().exists():
        return 0
    wanted = [User.Digest.DAILY] + ([User.Digest.WEEKLY] if now.weekday() == MONDAY else [])
    able = _verifiers().filter(digest__in=wanted)
    readers = [reader for reader in able if SignOn.objects.for_user(reader).waiting().exists()]
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
    waiting = SignOn.objects.filter(still_open, state=SignOn.State.UNCONFIRMED, expires_at__gt=now)
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


def _verifiers() -> QuerySet[User]:
    may_verify = Permission.objects.filter(content_type__app_label="signon", codename="verify_signon")
    staff = User.objects.filter(is_active=True, is_staff=True)
    by_role = Q(groups__permissions__in=may_verify) | Q(user_permissions__in=may_verify) | Q(is_superuser=True)
    return staff.filter(by_role).distinct()
