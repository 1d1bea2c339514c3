"""How much mail strangers may cause to one mailbox by what they type."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from signon.mail import addresses
from signon.models import Message
from signon.models.contact_field import forms_of
from signon.models.one_trip import ask
from signon.privacy import contact_keys

Kind = Message.Kind
# To one mailbox: no more than this in an hour, and in a day.
MOST_AN_HOUR, MOST_A_DAY = 5, 12
CAUSED_BY_STRANGERS = [
    Kind.VERIFICATION, Kind.ALREADY_SIGNED, Kind.LINKS,
    Kind.REGISTRATION, Kind.REGISTERED, Kind.WAITING_LIST,
]  # fmt: skip
# Counted apart: who cannot sign a statement once more can still sign in.
AT_THE_WAY_IN = [Kind.LOGIN_CODE, Kind.PASSWORD_RESET, Kind.ADDRESS_CODE, Kind.CLAIM_CODE, Kind.SEAT]

# This too: whoever fills a mailbox keeps nobody from what is held of them.
FOR_OWN_DATA = [Kind.RIGHTS]
# The first holds a mailbox, the second too, and looks when it was mailed lately (migration 0043).
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_MAILED_LATELY = "SELECT signon_mailed_lately(%s, %s, %s, %s, %s)"


def hold_mailbox(address: str) -> str:
    """Until the transaction's end nobody else counts or composes for this mailbox; returns its name.

    Who also locks rows takes this first: one order for all (signon.mail.sources).
    """
    mailbox = addresses.mailbox(address)
    ask((_HOLD, [f"mailbox:{mailbox}"]))
    return mailbox


def may_be_mailed(address: str, kinds: Collection[str] = CAUSED_BY_STRANGERS) -> bool:
    """Whether strangers have not yet caused more mail of these kinds to this mailbox than it should get.

    Asked in the transaction that composes, which holds the mailbox from here on.
    """
    [[(moments,)]] = ask((_MAILED_LATELY, of_a_mailbox(addresses.mailbox(address), kinds)))
    return has_room(moments)


def of_a_mailbox(mailbox: str, kinds: Collection[str] = CAUSED_BY_STRANGERS) -> list[Any]:
    """What `signon_mailed_lately` takes: it holds the mailbox, and says as many moments of a day as may be at most."""
    return [mailbox, forms_of(mailbox), list(map(str, kinds)), timezone.now() - timedelta(days=1), MOST_A_DAY]


def has_room(moments: Collection[datetime]) -> bool:
    """Whether a mailbox that was mailed at these moments, those of a day, may be mailed once more."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    return len(moments) < MOST_A_DAY and sum(moment > an_hour_ago for moment in moments) < MOST_AN_HOUR


def room(mailboxes: Collection[str]) -> dict[str, int]:
    """How much more mail each of these mailboxes may get now. None is held: a list would hold thousands."""
    now = timezone.now()
    recent = Message.objects.filter(
        mailbox__in=mailboxes, kind__in=CAUSED_BY_STRANGERS, created_at__gt=now - timedelta(days=1)
    )
    an_hour = Count("pk", filter=Q(created_at__gt=now - timedelta(hours=1)))
    counted = recent.order_by().values("mailbox").annotate(hour=an_hour, day=Count("pk"))
    had = {each["mailbox"]: (each["hour"], each["day"]) for each in counted}
    return {each: _left([had[form] for form in contact_keys.forms(each) if form in had]) for each in mailboxes}


def _left(had: list[tuple[int, int]]) -> int:
    """Of one mailbox, which is counted under each form that it is kept in."""
    return min(MOST_AN_HOUR - sum(hour for hour, _day in had), MOST_A_DAY - sum(day for _hour, day in had))
