"""A statement that is scheduled and not ready any more: whoever can mend it is told before its moment."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from campaigns.models import Statement
from signon import organizing
from signon.models import Look, Message
from signon.statements import readiness


@transaction.atomic
def warn(statement: Statement) -> int:
    """Tell who may organize it what keeps a scheduled statement from opening; returns how many are told.

    Once a change: who mends one of two things gets no mail about the other, and what breaks again is told again.
    """
    lacking = readiness.missing(statement)
    if not lacking or statement.opens_at is None:
        return 0
    begins = f"not_ready:{statement.opens_at.isoformat()}:"
    keys = Message.objects.filter(kind=Message.Kind.NOT_OPENED, statement=statement, key__startswith=begins)
    told = {mark for key in keys.values_list("key", flat=True) for mark in _marks_in(key.removeprefix(begins))}
    marks = _marks(statement, lacking)
    if told.issuperset(marks):
        return 0
    return organizing.tell_that_it_does_not_open(statement, lacking, begins + "+".join(marks))


def _marks(statement: Statement, lacking: list[readiness.Check]) -> list[str]:
    """What is missing, each with the last look at it: what was looked at since, and changed again, is another."""
    looks = Look.objects.filter(statement=statement).order_by().values_list("subject")
    last = dict(looks.annotate(last=Max("pk")))
    return [f"{check.code}{last.get(check.code, '')}" for check in lacking]


def _marks_in(key: str) -> list[str]:
    return key.partition(":")[0].split("+")
