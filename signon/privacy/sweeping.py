"""What retention did: each run that erased something on record, and when each last came to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from signon.models import Sweep, SweepTime

# So long the record of a run is kept; it names nobody.
KEPT = timedelta(days=400)


def run(what: str, verb: Callable[[], int]) -> int:
    """Call one of retention's verbs and write down what it did; returns what it returned."""
    number = int(verb())
    now = timezone.now()
    with transaction.atomic():
        if number:
            Sweep.objects.create(what=what, at=now, number=number)
            Sweep.objects.filter(at__lt=now - KEPT).delete()
        SweepTime.objects.update_or_create(what=what, defaults={"at": now})
    return number
