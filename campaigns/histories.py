"""What became of a piece: who changed what when, and what its words were before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reversion.models import Version

from campaigns import publishing
from campaigns.models import Piece
from campaigns.models.language import InALanguage

FIELDS = ("title", "excerpt", "place", "prepares", "body")
# Steps that are told at once; what is older stays in the database.
SHOWN = 60


@dataclass(frozen=True)
class Change(InALanguage):
    """One field of its words in one language, before and after."""

    language: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One version beside the one before it."""

    version: Version
    at: datetime
    by: Any
    changes: list[Change]
    # "begun", "published", "taken back", "" where neither happened.
    move: str
    published_at: datetime | None
    # Whether the words are other than the ones that stand there now.
    is_other: bool


def steps(piece: Piece) -> list[Step]:
    """What became of it, the newest first, a fixed number of queries whatever there is."""
    held = list(publishing.versions(piece).prefetch_related("revision__version_set")[: SHOWN + 1])
    words = [words_of(version) for version in held]
    now = words[0] if words else {}
    return [_step(held, words, now, number) for number in range(min(len(held), SHOWN))]


def words_of(version: Version) -> dict[str, dict[str, str]]:
    """{"en": {"title": …, "excerpt": …, "body": …}} as it was in a version; of an event also its place."""
    texts = [each.field_dict for each in version.revision.version_set.all() if each.pk != version.pk]
    return {text["language"]: {name: text[name] for name in FIELDS if name in text} for text in texts if "body" in text}


def _step(held: list[Version], words: list[dict[str, dict[str, str]]], now: Any, number: int) -> Step:
    version = held[number]
    is_first = number + 1 == len(held)
    before = {} if is_first else words[number + 1]
    published = version.field_dict.get("published_at")
    earlier = None if is_first else held[number + 1].field_dict.get("published_at")
    move = "begun" if is_first else ""
    if published != earlier:
        move = "published" if published else "taken back"
    return Step(
        version=version,
        at=version.revision.date_created,
        by=version.revision.user,
        changes=_changes(before, words[number]),
        move=move,
        published_at=published,
        is_other=any(now.get(language) != text for language, text in words[number].items()),
    )


def _changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[Change]:
    return [
        Change(language, field, before.get(language, {}).get(field, ""), text[field])
        for language, text in after.items()
        for field in text
        if before.get(language, {}).get(field, "") != text[field]
    ]
