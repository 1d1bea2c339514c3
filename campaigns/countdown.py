"""How long there is until a moment, in the reader's words; campaigns/countdown.js says the same once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from babel.dates import format_timedelta
from django.utils import timezone
from django.utils.translation import get_language

# From so much on the next larger unit is told: two days are days, and less is hours.
_TWO_DAYS, _TWO_HOURS = timedelta(days=2), timedelta(hours=2)


def until(moment: datetime, now: datetime | None = None) -> str:
    """ "in 3 days", "in 5 hours", "in 12 minutes", by CLDR; "" once it is over. Moments are aware."""
    left = moment - (now or timezone.now())
    if left <= timedelta(0):
        return ""
    unit: Literal["day", "hour", "minute"]
    if left >= _TWO_DAYS:
        whole, unit = timedelta(days=left.days), "day"
    elif left >= _TWO_HOURS:
        whole, unit = timedelta(hours=left // timedelta(hours=1)), "hour"
    else:
        whole, unit = timedelta(minutes=max(left // timedelta(minutes=1), 1)), "minute"
    locale = (get_language() or "en").replace("-", "_")
    return str(format_timedelta(whole, granularity=unit, threshold=10**9, add_direction=True, locale=locale))
