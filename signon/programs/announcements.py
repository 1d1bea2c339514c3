"""The outbox of webhooks: claim, send, retry. The database is the truth; the broker only wakes."""

from __future__ import annotations

import json
import logging
import random
import time
from datetime import UTC, datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from standardwebhooks import Webhook as Signature

from campaigns.models import Statement
from signon.models import Announcement, SignOn, Webhook
from signon.programs import posting, published
from signon.programs.announcing import Event, State, cancel, note

log = logging.getLogger(__name__)

TURN = 30.0  # seconds; then what else its worker has to do comes first
LEASE = timedelta(minutes=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=6)
LONGEST_REST = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
MOST_LEASES = 10  # what took so many workers with it is at fault itself
GONE = 410  # the receiver wants no more (Standard Webhooks)


def deliver_due() -> bool:
    """Send what is due, one after another, for a TURN; returns whether more may be due."""
    ends = time.monotonic() + TURN
    while time.monotonic() < ends:
        announcement = claim()
        if announcement is None:
            return False
        deliver(announcement)
    return True


def claim() -> Announcement | None:
    """Take what has been due for longest, for as long as the lease lasts.

    Nothing of a webhook that is stopped or rests, and nothing on a sign-on that is being told of at this moment.
    """
    now = timezone.now()
    _take_back(now)
    under_way = Announcement.objects.filter(
        webhook=OuterRef("webhook"), sign_on=OuterRef("sign_on"), state=State.SENDING
    )
    silent = Webhook.objects.filter(Q(stopped_at__isnull=False) | Q(rests_until__gt=now))
    # What nobody may know of yet waits: for the end of an embargo, and of a convener who signed first, for opening.
    private = SignOn.objects.filter(pk=OuterRef("sign_on")).exclude(statement__in=Statement.objects.reachable())
    with transaction.atomic():
        due = Announcement.objects.select_for_update(skip_locked=True).filter(state__in=Announcement.WAITING)
        due = due.filter(~Exists(under_way), ~Exists(private), due_at__lte=now).exclude(webhook__in=silent)
        taken = due.order_by("due_at", "pk").first()
        if taken is None:
            return None
        note(Announcement.objects.filter(pk=taken.pk), State.SENDING, tries=F("tries") + 1, lease_ends_at=now + LEASE)
    return Announcement.objects.select_related("webhook", "sign_on__statement").get(pk=taken.pk)


def deliver(announcement: Announcement) -> None:
    """Send what was claimed, if it is still true, and write what became of it."""
    webhook = announcement.webhook
    if not is_true(announcement):
        note(_own(announcement), State.CANCELED, "not true any more")
        return
    body = payload(announcement).encode()
    answer = posting.post(webhook.url, body, headers(announcement, body))
    if answer.is_taken:
        # What went out is told whatever became of it meanwhile.
        gone = Announcement.objects.filter(pk=announcement.pk).exclude(state__in=[State.SENT, State.DEAD])
        note(gone, State.SENT, answer.words)
        if webhook.failures:
            Webhook.objects.filter(pk=webhook.pk).update(failures=0, rests_until=None)
        return
    if answer.status == GONE:
        note(_own(announcement), State.DEAD, answer.words)
        stop(webhook, "410 Gone")
        return
    _retry(announcement, answer)


def is_true(announcement: Announcement) -> bool:
    """Whether what would be told is so at this moment, and on a statement that strangers know of."""
    sign_on = announcement.sign_on
    if sign_on is None:
        return True
    is_listed = sign_on.state == SignOn.State.ACCEPTED and sign_on.same_as_id is None
    if announcement.event == Event.ACCEPTED:
        return is_listed and Statement.objects.public().filter(pk=sign_on.statement_id).exists()
    return not is_listed and Statement.objects.reachable().filter(pk=sign_on.statement_id).exists()


def payload(announcement: Announcement) -> str:
    """The body as JSON: what happened, when, on which statement, to whom as the list has it, and how many there are."""
    said = {"type": announcement.event, "timestamp": announcement.created_at, "data": _data(announcement)}
    return json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


def _data(announcement: Announcement) -> dict[str, object]:
    sign_on = announcement.sign_on
    if sign_on is None:
        return {}
    signatory = published.told(sign_on)
    if announcement.event == Event.WITHDRAWN:
        signatory["name"] = None  # the id says who it was to whoever was told before
    return {
        "statement": published.reference(sign_on.statement),
        "signatory": signatory,
        "counts": published.counts(sign_on.statement.counters.all()),
    }


def headers(announcement: Announcement, body: bytes) -> dict[str, str]:
    """Standard Webhooks' three: who it is, when it was sent, and a signature with each secret that is good now."""
    webhook, now = announcement.webhook, datetime.now(UTC)
    secrets = [webhook.secret]
    if webhook.earlier_ends_at and webhook.earlier_ends_at > now:
        secrets.append(webhook.earlier_secret)
    number = f"msg_{announcement.number.hex}"
    return {
        "Content-Type": "application/json",
        "User-Agent": "Undersigned",
        "webhook-id": number,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Signature(secret).sign(number, now, body.decode()) for secret in secrets),
    }


def stop(webhook: Webhook, why: str) -> None:
    """Send nothing more to this webhook; what waits is canceled, and accounted for as such."""
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk, stopped_at=None).update(stopped_at=timezone.now(), why=why)
        cancel(webhook.announcements.all(), f"stopped: {why}"[:200])


def _retry(announcement: Announcement, answer: posting.Answer) -> None:
    """Wait, longer each time and never as long as others do, for three days; the webhook rests meanwhile."""
    now, webhook = timezone.now(), announcement.webhook
    Webhook.objects.filter(pk=webhook.pk).update(
        failures=F("failures") + 1, rests_until=now + _wait(webhook.failures, LONGEST_REST)
    )
    if now - _first_tried(announcement) <= GIVE_UP_AFTER:
        later = now + _wait(announcement.tries - 1, LONGEST_WAIT)
        note(_own(announcement), State.RETRYING, answer.words, due_at=later)
        return
    log.error("Announcement %s was given up after three days", announcement.pk)
    note(_own(announcement), State.DEAD, answer.words)
    taken = webhook.announcements.filter(state=State.SENT, changed_at__gt=now - GIVE_UP_AFTER)
    if not taken.exists():
        stop(webhook, f"Nothing was taken for three days: {answer.words}")


def _wait(times: int, longest: timedelta) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(times, 20), longest) * random.uniform(0.8, 1.2)  # noqa: S311


def _first_tried(announcement: Announcement) -> datetime:
    """When it was first tried; what staff queued again has its three days anew."""
    first: str | None = None
    for state, moment, _answer in announcement.history:
        if state == State.QUEUED:
            first = None
        elif state == State.SENDING:
            first = first or moment
    return datetime.fromisoformat(first) if first else timezone.now()


def _take_back(now: datetime) -> None:
    """What dead workers held is due again, later each time."""
    for each in Announcement.objects.filter(state=State.SENDING, lease_ends_at__lt=now):
        ended = each.tries >= MOST_LEASES
        later = now + timedelta(minutes=each.tries - 1)
        note(_own(each), State.DEAD if ended else State.RETRYING, "its worker died", due_at=later)


def _own(announcement: Announcement) -> QuerySet[Announcement]:
    """The row, if it is still this worker's."""
    return Announcement.objects.filter(pk=announcement.pk, state=State.SENDING, tries=announcement.tries)
