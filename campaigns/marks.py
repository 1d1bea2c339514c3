"""Whoever saves an old page must not undo what came since: what a page showed is marked, and compared under a lock."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import models


class ChangedMeanwhile(Exception):
    """Somebody changed it since the page was read: `current` is it as it is now, `names` the fields that differ."""

    def __init__(self, current: models.Model, names: list[str]) -> None:
        super().__init__()
        self.current, self.names = current, names


def mark_of(held: models.Model, names: Sequence[str]) -> str:
    """What a page carries to say what it showed of these fields: a short digest of each, in their order."""
    return ".".join(_digest(held, name) for name in names)


def hold(held: models.Model, names: Sequence[str], seen: str) -> None:
    """Lock its row to the transaction's end; raises ChangedMeanwhile unless `seen` (mark_of) still is so.

    "" where nobody looked at a page.
    """
    current: Any = type(held)._default_manager.select_for_update(no_key=True).get(pk=held.pk)
    if not seen:
        return
    before, now = seen.split("."), mark_of(current, names).split(".")
    changed = [name for name, was, is_now in zip(names, before, now, strict=False) if was != is_now]
    if changed or len(before) != len(now):
        raise ChangedMeanwhile(current, changed)


def _digest(held: models.Model, name: str) -> str:
    field: Any = held._meta.get_field(name)
    value = getattr(held, field.attname)
    return hashlib.sha256(str("" if value is None else value).encode()).hexdigest()[:12]
