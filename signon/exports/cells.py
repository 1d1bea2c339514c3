"""Cells of a CSV file that are safe to open in a spreadsheet, and how they are read back."""

from __future__ import annotations

import re
from typing import Any

# What a spreadsheet takes for a formula, or takes off before it looks for one (OWASP, "CSV injection"): the signs,
# also in full width, behind white space of any kind. In words that Python's and PostgreSQL's expressions share.
_SPACE = r"[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u200b\u2000-\u200a\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
_SIGN = r"[=+@|%\u2212\ufe62\ufe63\ufe66\ufe6a\ufe6b\uff05\uff0b\uff0d\uff1d\uff20\uff5c-]"
_FORMULA = rf"[\t\r\n]|{_SPACE}*{_SIGN}"
# What gets an apostrophe; one of the value's own is doubled, so that taking exactly one off gives the value back.
GUARDED = rf"'|{_FORMULA}"
_guarded = re.compile(GUARDED)


def harmless(value: Any) -> str:
    """A CSV cell that no spreadsheet runs: one apostrophe goes before what begins like a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if _guarded.match(text) else text


def meant(cell: str) -> str:
    """What a CSV cell says: exactly one apostrophe of `harmless` is taken off, and none of a name's own."""
    return cell[1:] if cell[:1] == "'" and _guarded.match(cell[1:]) else cell
