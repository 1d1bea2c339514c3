"""Cells of a CSV file that are safe to open in a spreadsheet, and how they are read back."""

from __future__ import annotations

import re
from typing import Any

# OWASP "CSV injection": what a spreadsheet takes for a formula, or takes off before it looks for one. Full-width
# forms are taken for their plain ones by some; white space of any kind may stand before.
_FORMULA = re.compile(r"[\t\r\n|%]|\s*[=+\-@＝＋－＠﹦﹢﹣﹫|%｜％]")


def harmless(value: Any) -> str:
    """A CSV cell that no spreadsheet runs: one apostrophe goes before what begins like a formula.

    An apostrophe of the value's own is doubled, so that taking exactly one off gives the value back.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] == "'" or _FORMULA.match(text) else text


def meant(cell: str) -> str:
    """What a CSV cell says: exactly one apostrophe of `harmless` is taken off, and none of a name's own."""
    if cell[:1] == "'" and (cell[1:2] == "'" or _FORMULA.match(cell[1:])):
        return cell[1:]
    return cell
