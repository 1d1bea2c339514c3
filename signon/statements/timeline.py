"""When a statement did what, in the order of time: what its page may tell of its course."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from campaigns.models import Statement
from signon.models import LedgerEntry
from signon.statements.story import Chapter

Act = LedgerEntry.Act


@dataclass(frozen=True)
class Step:
    """One thing that happened: `kind` says what, `to` is the deadline that was set then (both aware)."""

    kind: str
    at: datetime
    to: datetime | None = None


def steps(statement: Statement, chapters: Iterable[Chapter]) -> list[Step]:
    """ "opened", "amended", "moved" (its deadline), "reopened", "closed", then the chapters' kinds. Two queries.

    Only what happened since strangers may read it; `chapters` are signon.statements.story's.
    """
    now = timezone.now()
    public_since = max(filter(None, [statement.opens_at, statement.embargo_until]), default=None)
    found = [Step("opened", public_since)] if public_since and public_since <= now else []
    kinds = {Act.DEADLINE_MOVED.value: "moved", Act.OPENED_AGAIN.value: "reopened"}
    for entry in statement.ledger.filter(act__in=kinds).order_by("number"):
        to = entry.facts.get("closes_at")
        found.append(Step(kinds[entry.act], entry.at, datetime.fromisoformat(to) if to else None))
    found += [Step("amended", revision.created_at) for revision in statement.revisions.filter(number__gt=1)]
    if statement.closes_at and statement.closes_at <= now:
        found.append(Step("closed", statement.closes_at))
    found = [step for step in found if public_since is None or step.at >= public_since]
    found += [Step(chapter.kind, chapter.at) for chapter in chapters]
    return sorted(found, key=lambda step: step.at)
