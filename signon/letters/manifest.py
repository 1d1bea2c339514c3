"""What a letter pack publishes, as bytes that anybody can make again: its manifest and its digest.

Canonical JSON (RFC 8785): UTF-8, keys in order, no white space; every string is in NFC. There are strings, whole
numbers, true, false, null, lists and objects, and nothing else. docs/verifying-a-letter.md tells outsiders.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import Any

FORMAT = "undersigned letter pack 1"
# What is published of a signatory; the columns of the CSV file, after its number, and of a row in the manifest.
COLUMNS = ("name", "kind", "type", "country", "country_name", "scope", "later", "convener")


@dataclass(frozen=True)
class Entry:
    """One signatory of a letter: what is published, and beside it what never is.

    `name` is already what they agreed to: of who asked to stand without a name it says only that. `later` is whether
    the letter delivered before did not hold it.
    """

    name: str
    kind: str
    type: str
    country: str
    country_name: str
    scope: str
    later: bool
    sign_on: int
    # "convener" where it is one, else ""; and the place among conveners, by which they are sorted.
    convener: str = ""
    place: int = 0
    withheld: bool = False
    representative: str = ""
    representative_title: str = ""
    answers: tuple[str, ...] = ()

    @property
    def row(self) -> dict[str, str]:
        """The columns that are published, as words."""
        return {column: _word(getattr(self, column)) for column in COLUMNS}


def _word(value: Any) -> str:
    return ("later" if value else "") if isinstance(value, bool) else str(value)


def canonical(value: Any) -> str:
    """The one text that stands for this value; its UTF-8 bytes are what is digested."""
    return json.dumps(_in_nfc(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(manifest: str) -> str:
    """SHA-256 of a manifest's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(manifest.encode()).hexdigest()


def _in_nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {key: _in_nfc(each) for key, each in value.items()}
    return [_in_nfc(each) for each in value] if isinstance(value, list) else value
