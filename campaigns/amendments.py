"""A statement's texts one after the other, as strangers could read them, and what changed between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaigns import diff
from campaigns.models import Revision, RevisionText, Statement

# A passage that stayed the same is told by its nearest paragraph on each side; what is longer is left out between.
_PARAGRAPH_END = re.compile(r"\n\s*\n")

Kind = Literal["same", "gone", "new", "left_out"]


@dataclass(frozen=True)
class Changes:
    """What changed from one text to the next, in one language; `parts` in reading order."""

    language: str
    direction: str
    parts: list[tuple[Kind, str]]


def public_revisions(statement: Statement) -> list[Revision]:
    """Those that were the newest at some moment since strangers may read it, the newest first; one query and one more.

    What conveners read before that and was amended then was never public.
    """
    found = list(statement.revisions.order_by("-number").prefetch_related("texts"))
    since = _public_since(statement)
    kept: list[Revision] = []
    for revision in found:
        replaced_at = kept[-1].created_at if kept else None
        if replaced_at and since and replaced_at <= since:
            break
        kept.append(revision)
    return kept


def amended_at(statement: Statement) -> datetime | None:
    """When its newest text took the place of one that strangers could read; None where none did."""
    if statement.revision is None or statement.revision.number == 1:
        return None
    revisions = public_revisions(statement)
    return revisions[0].created_at if len(revisions) > 1 else None


def changes(before: Revision, after: Revision, language: str | None) -> Changes | None:
    """What changed between two, in a language that both have, else in the later one's original; None without texts."""
    old, new = before.text(language), after.text(language)
    if old is None or new is None:
        return None
    if old.language != new.language:
        old, new = before.text(after.original_language), after.text(after.original_language)
        if old is None or new is None:
            return None
    return between(old, new)


def since(signed: RevisionText, newest: RevisionText) -> Changes | None:
    """What changed since somebody signed, in the language that they read where the newest text has it too."""
    there = newest.revision.text(signed.language)
    if there and there.language == signed.language:
        return between(signed, there)
    return changes(signed.revision, newest.revision, newest.language)


def between(old: RevisionText, new: RevisionText) -> Changes:
    """What changed from one text to another: in the title first, then in the text."""
    parts = diff.words(_whole(old), _whole(new))
    return Changes(new.language, new.direction, list(_folded(parts)))


def _public_since(statement: Statement) -> datetime | None:
    return max(filter(None, [statement.opens_at, statement.embargo_until]), default=None)


def _whole(text: RevisionText) -> str:
    return f"{text.title}\n\n{text.body}".replace("\r\n", "\n")


def _folded(parts: Iterable[diff.Part]) -> Iterator[tuple[Kind, str]]:
    """Long passages that stayed the same, cut to what stands beside a change."""
    listed = list(parts)
    for place, (kind, text) in enumerate(listed):
        paragraphs = [each for each in _PARAGRAPH_END.split(text) if each] if kind == diff.SAME else []
        first, last = place == 0, place == len(listed) - 1
        if len(paragraphs) <= 3 - first - last:
            yield kind, text
            continue
        if not first:
            yield "same", _beginning(text, paragraphs[0])
        yield "left_out", ""
        if not last:
            yield "same", text[text.rindex(paragraphs[-1]) :]


def _beginning(text: str, paragraph: str) -> str:
    return text[: text.index(paragraph) + len(paragraph)]
