"""The lanes of the outbox: their brakes, and the rate that settings.MAIL_RATE allows each.

What is the server's fault, or ours (it cannot be reached, it refuses our sender or login), holds up the lane and
burns no message. The state is in the database, so that all workers of a lane brake together.
"""

from __future__ import annotations

import logging
import random
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from signon.models import Lane, Message

log = logging.getLogger(__name__)

# A stopped lane tries one message after so long, in case somebody mended the account.
PROBE_AFTER = timedelta(minutes=15)
REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=5)
# What nobody has tried so long after it fell due is late.
LATE_AFTER = timedelta(minutes=15)
# So many texts refused in a row, and none taken, are no fault of the texts.
MOST_REFUSALS = 5


def allowance(name: str, wanted: int) -> int:
    """How many messages this lane may claim now, in the caller's transaction, which holds the lane where it counts.

    One after a failure; none while it rests; else what MAIL_RATE leaves (GCRA, with a second's burst).
    """
    rate = settings.MAIL_RATE.get(name, 0)
    lane = Lane.objects.filter(name=name).first() or Lane(name=name)
    now = timezone.now()
    if lane.rests_until and now < lane.rests_until:
        return 0
    if lane.failures or lane.stopped_at:
        return min(wanted, 1)
    if not rate:
        return wanted
    Lane.objects.bulk_create([Lane(name=name)], ignore_conflicts=True)
    lane = Lane.objects.select_for_update(no_key=True).get(name=name)
    used_up_to = max(lane.used_up_to or now, now)
    return max(0, min(wanted, int((now + _burst(rate) - used_up_to).total_seconds() * rate)))


def use(name: str, number: int) -> None:
    """Count what was claimed against the lane's rate; the caller's transaction holds the lane since `allowance`."""
    rate = settings.MAIL_RATE.get(name, 0)
    if not rate or not number:
        return
    now = timezone.now()
    lane = Lane.objects.get(name=name)
    used_up_to = max(lane.used_up_to or now, now) + timedelta(seconds=number / rate)
    Lane.objects.filter(name=name).update(used_up_to=used_up_to)


def wait(name: str) -> float:
    """In how many seconds the rate allows the next message; 0.0 where it does not hold anything up."""
    rate = settings.MAIL_RATE.get(name, 0)
    lane = Lane.objects.filter(name=name).first()
    if not rate or lane is None or lane.used_up_to is None:
        return 0.0
    allowed_at = lane.used_up_to - _burst(rate) + timedelta(seconds=1 / rate)
    return max(0.0, (allowed_at - timezone.now()).total_seconds())


def works(name: str) -> None:
    """The server has taken a message: whatever held up the lane is over."""
    held = Lane.objects.filter(name=name).exclude(failures=0, refusals=0, stopped_at=None)
    if held.update(failures=0, refusals=0, stopped_at=None, why="", rests_until=None):
        log.warning("The server takes our mail again (%s).", name)


def rest(name: str, why: str) -> None:
    """The server cannot be reached: leave it alone for a while, longer each time, five minutes at most."""
    lane = Lane.objects.get_or_create(name=name)[0]
    pause = min(REST * 2 ** min(lane.failures, 10), LONGEST_REST) * random.uniform(0.8, 1.2)  # noqa: S311
    Lane.objects.filter(name=name).update(failures=lane.failures + 1, rests_until=timezone.now() + pause, why=why)
    log.warning("The mail server cannot be reached (%s): %s", name, why)


def stop(name: str, why: str) -> None:
    """Our sender or login is refused: stop the lane until staff release it, or a probe gets through."""
    now = timezone.now()
    stopped_at = Lane.objects.get_or_create(name=name)[0].stopped_at or now
    Lane.objects.filter(name=name).update(stopped_at=stopped_at, why=why, rests_until=now + PROBE_AFTER)
    log.critical("Mail is stopped (%s), for the server refuses our sender or login: %s", name, why)


def release(name: str) -> None:
    """Staff say that the account is mended: try at once."""
    Lane.objects.filter(name=name).update(rests_until=None)


def refused(name: str, why: str) -> None:
    """The server refused a text. Once is that message's end; several in a row stop the lane."""
    lane = Lane.objects.get_or_create(name=name)[0]
    Lane.objects.filter(name=name).update(refusals=lane.refusals + 1)
    if lane.refusals + 1 >= MOST_REFUSALS:
        stop(name, why)


def held() -> list[Lane]:
    """Lanes that send nothing now because the server cannot be reached or refuses us."""
    return list(Lane.objects.exclude(stopped_at=None, failures=0).order_by("name"))


def is_late() -> bool:
    """Whether something that somebody waits for should have gone out LATE_AFTER ago: no worker is there, or too few."""
    due = Message.objects.filter(lane=Message.Lane.TRANSACTIONAL, state__in=Message.WAITING)
    return due.filter(due_at__lt=timezone.now() - LATE_AFTER, tries=0).exists()


def _burst(rate: float) -> timedelta:
    return timedelta(seconds=max(1.0, 1 / rate))
