"""Figures of what is large: counted from time to time by a worker, and read as they were counted last.

What is small is counted for each reader. What a worker counts waits as many times as long as it took before it is
counted again, and for an act that the ledger tells of: a tenth of a second of a database at most is spent on it each
six seconds, and nothing on what stands still.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from signon.models import KeptFigure, LedgerEntry

# So many sign-ons are counted for each reader; figures of more are kept.
MOST_COUNTED = 5000
PAUSE = 60
# What the ledger does not tell of, as another type of an organization, is seen after so long.
LONGEST = timedelta(hours=6)


@dataclass(frozen=True)
class Figures:
    """What was counted, as JSON has it, and when; None where it was counted this moment."""

    told: Any
    counted_at: datetime | None = None


def read(name: str, count: Callable[[], Any]) -> Figures:
    """The figures of this name as they were counted last, where they are kept; else what `count` finds now."""
    kept = KeptFigure.objects.filter(pk=name).first()
    return Figures(kept.told, kept.counted_at) if kept else Figures(count())


def renew(large: Mapping[str, Callable[[], Any]]) -> int:
    """Count again what is due of all that is large, and forget what is large no more; returns how many were counted."""
    kept = {each.name: each for each in KeptFigure.objects.all()}
    KeptFigure.objects.filter(pk__in=kept.keys() - large.keys()).delete()
    due = [name for name in large if name not in kept or _is_due(kept[name])]
    for name in due:
        entry, began, moment = _last_entry(), time.monotonic(), timezone.now()
        found = {"told": large[name](), "counted_at": moment, "entry": entry, "seconds": time.monotonic() - began}
        KeptFigure.objects.update_or_create(name=name, defaults=found)
    return len(due)


def _is_due(kept: KeptFigure) -> bool:
    age = timezone.now() - kept.counted_at
    if age < timedelta(seconds=PAUSE * kept.seconds):
        return False
    return age >= LONGEST or kept.entry != _last_entry()


def _last_entry() -> int:
    return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
