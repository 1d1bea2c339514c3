"""What changed between two texts, to be read: paragraphs are compared first, then words within those that changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]
Part = tuple[Kind, str]
SAME: Kind = "same"
GONE: Kind = "gone"
NEW: Kind = "new"

# Two passages with less than this in common are told as two, not as a heap of single words.
ALIKE = 0.35
# In pairs of tokens: a passage so long that comparing its words would take seconds is told as a whole.
MOST_PAIRS = 4_000_000

_PARAGRAPH = re.compile(r".+?(?:\n\s*\n|\Z)", re.DOTALL)
_TOKEN = re.compile(r"\s+|[^\W_]+(?:[’'-][^\W_]+)*|.", re.DOTALL)


def words(before: str, after: str) -> list[Part]:
    """Both texts as parts in order: "same" and "gone" joined are `before`, "same" and "new" joined are `after`."""
    old, new = _PARAGRAPH.findall(before), _PARAGRAPH.findall(after)
    found: list[Part] = []
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((SAME, "".join(old[first:last])))
        else:
            found += _within("".join(old[first:last]), "".join(new[begin:end]))
    return list(_joined(found))


def changed(before: str, after: str) -> bool:
    """Whether there is anything to tell."""
    return before != after


def _within(before: str, after: str) -> Iterator[Part]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if not old or not new or len(old) * len(new) > MOST_PAIRS:
        yield from ((GONE, before), (NEW, after))
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if _alike(matcher, old, new) < ALIKE:
        yield from ((GONE, before), (NEW, after))
        return
    for kind, first, last, begin, end in _without_lone_spaces(matcher, old):
        if kind == "equal":
            yield SAME, "".join(old[first:last])
        else:
            yield from ((GONE, "".join(old[first:last])), (NEW, "".join(new[begin:end])))


def _alike(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> float:
    """From 0 to 1: how many of their words two passages share; spaces and points are in every one."""
    shared = sum(_words(old[each.a : each.a + each.size]) for each in matcher.get_matching_blocks())
    return 2 * shared / max(1, _words(old) + _words(new))


def _words(tokens: list[str]) -> int:
    return sum(token[0].isalnum() for token in tokens)


def _without_lone_spaces(matcher: SequenceMatcher[str], old: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """A space between two words that changed belongs to what changed: three words exchanged are one exchange."""
    held: tuple[str, int, int, int, int] | None = None
    codes: list[tuple[str, int, int, int, int]] = [(*each,) for each in matcher.get_opcodes()]
    for number, (kind, first, last, begin, end) in enumerate(codes):
        is_space = kind == "equal" and "".join(old[first:last]).isspace() and 0 < number < len(codes) - 1
        if kind != "equal" or is_space:
            held = ("replace", held[1], last, held[3], end) if held else ("replace", first, last, begin, end)
            continue
        if held:
            yield held
            held = None
        yield kind, first, last, begin, end
    if held:
        yield held


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Neighbors of one kind as one; nothing that is empty."""
    held: Part | None = None
    for kind, text in parts:
        if not text:
            continue
        if held and held[0] == kind:
            held = (kind, held[1] + text)
            continue
        if held:
            yield held
        held = (kind, text)
    if held:
        yield held
