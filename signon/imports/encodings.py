"""In which encoding is this text? By its mark, by the pattern of its bytes, or by the words it makes."""

from __future__ import annotations

import codecs
import itertools
from typing import IO

_LOOKED_AT = 64 * 1024
# What no text holds; NULs are counted apart.
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b\x00"))

# Tried in this order: of two that read as well, the first.
_WESTERN = ("cp1252", "cp1250", "mac_roman", "cp850", "cp1254")
_OTHERS = ["cp1251", "koi8_r", "cp1256", "cp1253", "cp1255", "gb18030", "big5", "shift_jis", "euc_kr", "cp874"]
_IN_WORDS = "’‘“”–—…«»\xa0´·°ºª®™©-"


class Unclear(Exception):
    """Bytes that are no text in any encoding."""


def encoding_of(file: IO[bytes], head: bytes) -> str:
    """The encoding of a text file whose beginning is `head`, as Python calls it. Raises Unclear."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > max(1, len(head) / 20, 10 * min(even, odd)):
        return "utf-16-le" if odd > even else "utf-16-be"
    if even + odd > max(4, len(head) / 10):
        raise Unclear
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = bytearray()
    is_utf_8 = True
    while chunk := file.read(1024 * 1024):
        if is_utf_8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf_8 = False
        if not chunk.isascii() and len(sample) < _LOOKED_AT:
            sample += b"\n".join(line for line in chunk.split(b"\n") if not line.isascii())[:_LOOKED_AT]
    file.seek(0)
    return "utf-8" if is_utf_8 else _legacy(bytes(sample))


def _legacy(sample: bytes) -> str:
    """Of the many one-byte encodings that read this, the one that makes words of it."""
    letters = sum(byte > 127 or chr(byte).isalpha() for byte in sample)
    if sum(byte > 127 for byte in sample) > 0.4 * letters:
        from charset_normalizer import from_bytes

        best = from_bytes(sample[:16_384], cp_isolation=_OTHERS).best()
        if best is not None:
            return str(best.encoding)
    readings: list[tuple[int, int, str]] = []
    for encoding in _WESTERN:
        try:
            readings.append((_strangeness(sample.decode(encoding)), len(readings), encoding))
        except UnicodeDecodeError:
            continue
    return min(readings)[2] if readings else "latin-1"


def _strangeness(text: str) -> int:
    """How many characters stand where no word has them: "£ódŸ", "ForŽt"."""
    strange = 0
    for before, character in itertools.pairwise(" " + text):
        if character.isascii() or not (before.isalpha() or character.isalpha()):
            continue
        if not character.isalpha():
            strange += character not in _IN_WORDS
        elif character.isupper() and before.islower():
            strange += 1
    return strange


def is_binary(head: bytes) -> bool:
    """Whether bytes hold more control characters than a text has by accident."""
    return len(head) - len(head.translate(None, _CONTROL)) > len(head) / 50
