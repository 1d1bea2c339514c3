"""Footnotes of Word, Google Docs, LibreOffice, Mammoth and our own pages, taken out of the tree."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

# Where a mark leads, and where its note leads back to: the same key on both sides.
_MARKS = [
    (re.compile(r"_ftn(\d+)$"), re.compile(r"_ftnref(\d+)$"), "f"),
    (re.compile(r"_edn(\d+)$"), re.compile(r"_ednref(\d+)$"), "e"),
    (re.compile(r"ftnt(\d+)$"), re.compile(r"ftnt_ref(\d+)$"), "g"),
    (re.compile(r"footnote-(\d+)$"), re.compile(r"footnote-ref-(\d+)$"), "m"),
    (re.compile(r"endnote-(\d+)$"), re.compile(r"endnote-ref-(\d+)$"), "n"),
    (re.compile(r"sdfootnote(\d+)sym$"), re.compile(r"sdfootnote(\d+)anc$"), "l"),
    (re.compile(r"sdendnote(\d+)sym$"), re.compile(r"sdendnote(\d+)anc$"), "k"),
    (re.compile(r"fn(\d+)$"), re.compile(r"fnref(\d+)(?::\d+)?$"), "u"),
]


def take(tree: BeautifulSoup) -> dict[int, Tag]:
    """Put marks that are numbered in their order where links to notes stand; returns the notes by number."""
    notes = _take_notes(tree)
    numbers: dict[str, int] = {}
    for root in [tree, *notes.values()]:
        for link in root.find_all("a", href=True):
            key = _key(link, 0)
            if key:
                number = numbers.setdefault(key, len(numbers) + 1)
                mark = tree.new_tag("footnote-mark")
                mark["number"] = str(number)
                _alone(link).replace_with(mark)
    for key in notes:
        numbers.setdefault(key, len(numbers) + 1)
    return {number: notes[key] for key, number in sorted(numbers.items(), key=lambda pair: pair[1]) if key in notes}


def write(number: int, body: str) -> str:
    """A note in Markdown; its further paragraphs are indented below the first."""
    lines = body.strip().split("\n")
    return "\n".join([f"[^{number}]: {lines[0]}", *(f"    {line}" if line else "" for line in lines[1:])])


def _take_notes(tree: BeautifulSoup) -> dict[str, Tag]:
    notes: dict[str, Tag] = {}
    backs = [(link, key) for link in tree.find_all("a", href=True) if (key := _key(link, 1))]
    for link, key in backs:
        if link.parent is None:
            continue
        if key in notes:
            link.decompose()
            continue
        place = _place(link, [other for other, theirs in backs if theirs != key])
        _take_rule_above(place)
        for other, same in backs:
            if same == key and (other is link or _holds(place, other)):
                _alone(other).extract()
        place.extract()
        note = tree.new_tag("div")
        note.extend([place] if place.name not in ("li", "div") else list(place.contents))
        notes[key] = note
    return notes


def _key(link: Tag, side: int) -> str:
    fragment = str(link.get("href") or "").rpartition("#")
    if not fragment[1]:
        return ""
    for mark, back, kind in _MARKS:
        if found := (mark, back)[side].match(fragment[2]):
            return kind + found[1]
    return ""


def _alone(link: Tag) -> Tag:
    """The tag that holds the link and no other words: the raised letters around a mark go with it."""
    tag = link
    words = link.get_text(strip=True)
    while tag.parent is not None and tag.parent.name in ("sup", "span", "b", "strong", "i", "em", "u", "font"):
        if tag.parent.get_text(strip=True) != words:
            break
        tag = tag.parent
    return tag


def _take_rule_above(place: Tag) -> None:
    """The line between the text and its notes."""
    current: Tag | None = place
    while current is not None and current.find_previous_sibling(True) is None:
        current = current.parent
    above = current.find_previous_sibling(True) if current is not None else None
    if above is not None and above.name == "hr":
        above.decompose()


def _holds(outer: Tag, inner: Tag) -> bool:
    return any(parent is outer for parent in inner.parents)


def _place(link: Tag, others: list[Tag]) -> Tag:
    """All of a note: the widest block that holds it alone."""
    item = link.find_parent("li")
    if item is not None and not any(_holds(item, other) for other in others):
        return item
    place = link
    for parent in link.parents:
        if not isinstance(parent, Tag) or parent.name in ("[document]", "body", "html", "ol", "ul"):
            break
        if any(_holds(parent, other) for other in others):
            break
        if parent.name not in ("p", "div", "dd", "td"):
            place = parent if place is link or place.name in ("sup", "span") else place
            continue
        first = parent.get_text(strip=True)
        if not first.startswith(link.get_text(strip=True)) or parent.find("footnote-mark"):
            break
        if parent.name == "div" and parent.find(["h1", "h2", "h3", "ol", "ul", "table"]) and not parent.get("id"):
            break
        place = parent
    return place
