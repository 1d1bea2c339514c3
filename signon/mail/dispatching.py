"""Dispatching: claim what is due, render it, send it, write what became of it, try again.

A worker claims messages for as long as its lease lasts. What it could not hand over waits, longer each time.
"""

from __future__ import annotations

import contextlib
import logging
import random
import secrets
import socket
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from signon.mail import lanes
from signon.mail.relevance import NOBODY, has_nobody, is_true
from signon.mail.rendering import render
from signon.mail.sending import Answer, Fault, Line, Receipts
from signon.mailing import note
from signon.models import Message, Suppression

log = logging.getLogger(__name__)
State, Lane = Message.State, Message.Lane
GIVE_UP_AFTER, LONGEST_WAIT = timedelta(days=3), timedelta(hours=6)
MOST_LEASES = 10  # a message that took so many workers with it is at fault itself
# Claimed at once: few, and more where the server takes them within a second.
FEWEST, MOST = 20, 100
TURN = 30.0  # seconds; then what else its worker has to do comes first
LOOK_AGAIN = timedelta(seconds=1)  # between two looks at what was claimed: is it still ours, and still true?


def deliver_due(lane: str, *, most: int = 500) -> bool:
    """Send what is due in this lane, as fast as MAIL_RATE allows, `most` or for a TURN; returns whether more is due."""
    taken, limit, ends = 0, FEWEST, time.monotonic() + TURN
    with Line() as line:
        while taken < most and (began := time.monotonic()) < ends:
            claimed = claim(min(limit, most - taken), lane=lane)
            if not claimed:
                return False
            deliver(claimed, line)
            taken += len(claimed)
            limit = min(2 * limit, MOST) if time.monotonic() - began < 1 else FEWEST
    return True


def claim(limit: int = FEWEST, *, lane: str = Lane.TRANSACTIONAL, by: str | None = None) -> list[Message]:
    """Take up to `limit` due messages of a lane, for as long as the lease (settings.MAIL_LEASE, seconds) lasts.

    SKIP LOCKED: workers side by side never wait for each other and never take the same message. What a dead worker
    held is due again when its lease has ended.
    """
    name = by or f"{socket.gethostname()}:{secrets.token_hex(4)}"
    now = timezone.now()
    _take_back(lane, now)
    with transaction.atomic():
        allowed = lanes.allowance(lane, limit)
        due = Message.objects.select_for_update(skip_locked=True)
        due = due.filter(lane=lane, state__in=Message.WAITING, due_at__lte=now).order_by("due_at", "pk")
        # What else is to know of them is read when they are sent.
        taken = list(due.only("pk", "lane")[:allowed]) if allowed else []
        lease_ends_at = now + timedelta(seconds=settings.MAIL_LEASE)
        if taken:
            own = Message.objects.filter(pk__in=[message.pk for message in taken])
            note(own, State.SENDING, tries=F("tries") + 1, lease_ends_at=lease_ends_at, claimed_by=name)
            lanes.use(lane, len(taken))
    for message in taken:
        message.claimed_by, message.lease_ends_at = name, lease_ends_at
    return taken


def _take_back(lane: str, now: datetime) -> None:
    """What dead workers held is due again, later each time: one that kills its workers must not hold up the rest."""
    for message in Message.objects.filter(lane=lane, state=State.SENDING, lease_ends_at__lt=now):
        ended = message.tries >= MOST_LEASES
        same = Message.objects.filter(pk=message.pk, state=State.SENDING, lease_ends_at=message.lease_ends_at)
        later = now + timedelta(minutes=message.tries - 1)
        note(same, State.DEAD if ended else State.RETRYING, "its worker died", due_at=later, claimed_by="")


def deliver(messages: Iterable[Message], kept: Line | None = None) -> int:
    """Send claimed messages over one kept connection and write what became of each; returns how many were sent.

    Where the server is at fault, or our account, the rest is given back untried.
    """
    sent, waiting, receipts = 0, list(messages), Receipts(_write_sent)
    with contextlib.nullcontext(kept) if kept else Line() as line, receipts:
        for message in _still_ours(waiting):
            answer = _deliver_one(message, line)
            if answer is not None and answer.fault is Fault.NONE:
                receipts.add(message, line.seconds)
                sent += 1
                if sent == 1:
                    lanes.works(message.lane)
            else:
                receipts.write()  # it may have taken long: what went out before must not outlive its lease
            if answer is not None and answer.fault in (Fault.SERVER, Fault.SENDER):
                _give_back(waiting)
                break
    return sent


def _write_sent(messages: list[Message]) -> None:
    """What went out is told whatever became of the message meanwhile: canceled, or given to another worker."""
    open_still = [*Message.UNSENT, State.CANCELED]
    gone = Message.objects.filter(pk__in=[message.pk for message in messages], state__in=open_still)
    note(gone, State.SENT, "250", sent_at=timezone.now())


def _still_ours(messages: list[Message]) -> Iterator[Message]:
    """The messages one by one, with a fresh look at them each second.

    A worker that was slow must not send what another one has, and nothing goes out that was canceled meanwhile.
    """
    if not messages:
        return
    looked_at, fresh = None, dict[int, Message]()
    for at, message in enumerate(messages):
        now = timezone.now()
        if looked_at is None or now - looked_at > LOOK_AGAIN:
            looked_at, fresh = now, _look_again(messages[at:], now)
        if message.pk in fresh:
            yield fresh[message.pk]


def _look_again(messages: list[Message], now: datetime) -> dict[int, Message]:
    held = _held(messages).filter(lease_ends_at__gt=now)
    lease = timedelta(seconds=settings.MAIL_LEASE)
    if messages[0].lease_ends_at and messages[0].lease_ends_at < now + lease - LOOK_AGAIN:  # not claimed just now
        held.update(lease_ends_at=now + lease)
    held = held.select_related("sign_on", "user", "mailing__statement", "invitation__statement", "registration__event")
    together = ["sign_on__statement__campaign", "sign_on__text__revision", "mailing__statement__campaign"]
    together += ["invitation__statement__campaign", "statement__campaign", "mailing__texts"]
    fresh = list(held.prefetch_related(*together))
    against = list(Suppression.objects.filter(mailbox__in={each.recipient for each in fresh}, lifted_at=None))
    for each in fresh:
        each.suppressed_by = next((one for one in against if one.mailbox == each.recipient and one.stops(each)), None)
    return {each.pk: each for each in fresh}


def _deliver_one(message: Message, line: Line) -> Answer | None:
    if not is_true(message):
        _settle(message, State.CANCELED, **(NOBODY if has_nobody(message) else {}))
        return None
    if message.suppressed_by:
        _settle(message, State.SUPPRESSED, message.suppressed_by.reason)
        return None
    try:
        mail = render(message)
    except Exception as error:  # one message that cannot be rendered must not hold up the others
        log.exception("Message %s could not be rendered", message.pk)
        answer = Answer(Fault.LATER, f"not rendered: {type(error).__name__}")
    else:
        answer = line.send(mail)
    if answer.fault is Fault.SERVER:
        lanes.rest(message.lane, answer.words)
        _retry(message, answer.words)
    elif answer.fault is Fault.SENDER:
        lanes.stop(message.lane, answer.words)
        _settle(message, State.RETRYING, answer.words, due_at=timezone.now(), tries=message.tries - 1)
    elif answer.fault is Fault.LATER:
        _retry(message, answer.words)
    elif answer.fault is not Fault.NONE:
        log.error("Message %s was given up", message.pk)
        _settle(message, State.DEAD, answer.words)
        if answer.fault is Fault.TEXT:
            lanes.refused(message.lane, answer.words)
    return answer


def _retry(message: Message, answer: str) -> None:
    """Wait, longer each time and never as long as others do, for three days after it was first tried."""
    now = timezone.now()
    tried: list[datetime] = []
    for state, moment, _answer in message.history:
        # Queued again by staff, it has its three days anew.
        tried = [] if state == State.QUEUED else tried + [datetime.fromisoformat(moment)] * (state == State.SENDING)
    if tried and now - min(tried) > GIVE_UP_AFTER:
        log.error("Message %s was given up after three days", message.pk)
        _settle(message, State.DEAD, answer)
        return
    wait = min(timedelta(seconds=settings.MAIL_RETRY_AFTER) * 2 ** min(message.tries - 1, 20), LONGEST_WAIT)
    _settle(message, State.RETRYING, answer, due_at=now + wait * random.uniform(0.8, 1.2))  # noqa: S311


def _give_back(messages: list[Message]) -> None:
    """What was claimed and not tried waits as before, and its try is not counted."""
    note(_held(messages), State.RETRYING, "not tried", tries=F("tries") - 1)


def _settle(message: Message, state: str, answer: str = "", **fields: Any) -> None:
    """Write what became of it, if it is still ours."""
    note(_held([message]), state, answer, **fields)


def _held(messages: list[Message]) -> models.QuerySet[Message]:
    """Those that are being sent, and still ours; all came with one claim."""
    own = Message.objects.filter(claimed_by=messages[0].claimed_by, state=State.SENDING)
    return own.filter(pk__in=[message.pk for message in messages])
