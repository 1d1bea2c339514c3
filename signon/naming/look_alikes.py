"""Names that look like another to the eye, but are spelled with other letters: Unicode's TS 39, by ICU."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from signon.naming import names

_WORD = re.compile(r"[^\W\d_]+")


def mixed_words(name: str) -> list[str]:
    """Words that mix scripts which no language writes in one word, such as a Cyrillic letter in a Latin word.

    Latin beside Chinese, Japanese, Arabic and the like passes, and so do words of one script each.
    """
    return [word for word in _WORD.findall(name) if _checker().check(word)]


def looks_like(name: str, other: str) -> bool:
    """Whether the two would be read as one name though names.search_key tells them apart; as written or in capitals.

    Who writes one word as two ("Action Aid") disguises nothing.
    """
    if _letters(name) == _letters(other):
        return False
    return _skeleton(name) == _skeleton(other) or _skeleton(name.upper()) == _skeleton(other.upper())


def pretends(name: str, other: str) -> bool:
    """Whether of two that look like one it may be this name that is made to; not the plain one of a disguised pair."""
    return looks_like(name, other) and (_is_disguised(name) or not _is_disguised(other))


def in_latin(name: str) -> str:
    """The name with each word that can be read in Latin letters written in them: what a reader would search for."""
    return re.sub(r"\w+", lambda word: _read_as_latin(word[0]), unicodedata.normalize("NFC", name))


def _is_disguised(name: str) -> bool:
    return names.search_key(in_latin(name)) != names.search_key(name)


def _read_as_latin(word: str) -> str:
    read = "".join(map(_latin, word))
    return read if all(unicodedata.name(letter, "").startswith("LATIN ") for letter in read) else word


def _latin(character: str) -> str:
    if character.isascii() and character != "0":
        return character
    seen = str(_checker().getSkeleton(0, character))
    if len(seen) != 1 or not (seen.isascii() and seen.isalpha()):
        return character
    return "I" if seen == "l" and character.isupper() else seen


def _letters(name: str) -> str:
    return "".join(names.search_key(name).split())


def _skeleton(name: str) -> str:
    return "".join(str(_checker().getSkeleton(0, name)).split())


@functools.cache
def _checker() -> Any:
    import icu

    checker = icu.SpoofChecker()
    checker.setChecks(icu.USpoofChecks.RESTRICTION_LEVEL)
    checker.setRestrictionLevel(icu.URestrictionLevel.MODERATELY_RESTRICTIVE)
    return checker
