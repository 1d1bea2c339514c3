"""What a reader would stumble over in a post, an event or a page: told to whoever writes it, and never in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaigns import checking
from campaigns.checking import Finding
from campaigns.models import PageWords, Photo, Piece, Words

_PICTURE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")


def findings(piece: Piece) -> list[Finding]:
    """Of all its languages, the original first; its words and its photo's are asked for once each."""
    texts = {text.language: text for text in piece.words.all()}
    original = texts.get(piece.original_language)
    found = [] if original else [Finding("no_words", language=piece.original_language)]
    for text in sorted(texts.values(), key=lambda each: (each is not original, each.language)):
        found += findings_of(text)
        if original and text is not original and text.changed_at < original.changed_at:
            found.append(Finding("older", language=text.language))
    photo = getattr(piece, "photo", None)
    return found + (list(_of_photo(photo, [*texts])) if photo else [])


def findings_of(text: Words) -> list[Finding]:
    """Of one language by itself, in the order of its lines; asks the database nothing."""
    found = []
    if not text.excerpt.strip() and not isinstance(text, PageWords):  # pages stand in no list
        found.append(Finding("no_excerpt"))
    if not text.title.strip():
        found.append(Finding("no_title"))
    found += sorted([*_in_body(text.body), *_pictures(text.body)], key=lambda each: each.line or 0)
    return [Finding(each.code, each.line, text.language, each.facts) for each in found]


def _in_body(source: str) -> Iterator[Finding]:
    """As in a statement; but a statement is also printed, while a piece stands on this site alone, and leads within."""
    for finding in checking.findings_in(source):
        link = str(finding.facts.get("link", ""))
        if finding.code != "broken_link" or not link.startswith("/") or link.startswith("//"):
            yield finding


def _pictures(source: str) -> Iterator[Finding]:
    for number, line in enumerate(source.split("\n"), 1):
        for picture in _PICTURE.finditer(line):
            yield Finding("picture_in_text", number, facts={"words": picture[1] or picture[0]})


def _of_photo(photo: Photo, languages: list[str]) -> Iterator[Finding]:
    said = {text.language for text in photo.words.all()}
    for language in languages:
        if language not in said:
            yield Finding("photo_unsaid", language=language)
