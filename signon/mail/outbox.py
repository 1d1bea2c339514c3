"""What staff do about messages that were given up: try again, or note that somebody wrote by hand."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from signon import mailing
from signon.mail import waking
from signon.models import Mailing, Message, User

State = Message.State


def given_up(user: User) -> QuerySet[Message]:
    """What somebody has to look after, the oldest first."""
    dead = Message.objects.for_user(user).filter(state=State.DEAD)
    return dead.select_related("sign_on__statement").order_by("changed_at")


def returned(user: User) -> QuerySet[Message]:
    """What bounced or was not sent because the address wants none, newest first."""
    back = Message.objects.for_user(user).filter(state__in=[State.BOUNCED, State.SUPPRESSED])
    return back.select_related("sign_on__statement").order_by("-changed_at")


def on_its_way(user: User) -> QuerySet[Message]:
    """What waits for its moment, is tried again, or is being sent: the next first, what a paused mailing holds last."""
    open_ones = Message.objects.for_user(user).filter(state__in=Message.UNSENT)
    return open_ones.select_related("sign_on__statement").order_by(F("due_at").asc(nulls_last=True), "pk")


def try_again(message: Message, *, by: User) -> bool:
    """Send a message that was given up once more, for three days again; returns whether it was given up until now.

    What has lost its use is not: a secret that was wiped cannot be sent.
    """
    now = timezone.now()
    dead = Message.objects.filter(pk=message.pk, state=State.DEAD)
    if message.expires_at and message.expires_at < now:
        return False
    held = message.mailing is not None and message.mailing.state == Mailing.State.PAUSED
    due_at = None if held else now
    with transaction.atomic():
        words = f"tried again by staff ({by.pk})"
        again = mailing.note(dead, State.QUEUED, words, due_at=due_at, tries=0, claimed_by="")
        transaction.on_commit(lambda: waking.wake(message.lane))
    return bool(again)


def tried_by_hand(message: Message, *, by: User) -> bool:
    """Somebody reached the reader in another way: it is accounted for; returns whether it was given up until now."""
    dead = Message.objects.filter(pk=message.pk, state=State.DEAD)
    return bool(mailing.note(dead, State.CANCELED, f"written by hand ({by.pk})"))
