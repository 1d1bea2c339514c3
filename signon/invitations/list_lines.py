"""Lines of a list that somebody pasted, taken apart: cells between commas or semicolons, addresses in brackets.

A comma stands in many names, so lines are cut only where most of them hold, behind it, what is no part of a name: an
address, a website, a country.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import replace

from signon.geography import countries
from signon.imports import columns
from signon.imports.tables import Table

# So many lines are looked at; so many of them must have cells, and tell something by them.
_LOOKED_AT, _MOST = 200, 0.6
# No two of its parts can share a character, so that looking takes as long as the cell is and no longer.
_ADDRESS = re.compile(r"[^\s<>()@,;]+@[^\s<>()@,;][^\s<>()@,;.]*\.[^\s<>()@,;]+")
_QUOTES = "\"'“”"
_SEVERAL = re.compile(rf"(<{_ADDRESS.pattern}>)\s*[,;]\s*(?=\S)")
_WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def apart(text: str) -> str:
    """The same list with tabs between its cells; unchanged where it has tabs, or its lines are names alone."""
    if "\t" in text:
        return text
    lines = _SEVERAL.sub(r"\1\n", text)
    cut = next((rows for mark in ";,|" if (rows := _cut(lines, mark))), None)
    if cut is None:
        return lines
    width = Counter(map(len, cut)).most_common(1)[0][0]
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerows(_as_wide(row, width) for row in cut)
    return written.getvalue()


def addresses_apart(table: Table) -> Table:
    """A table in which “Baz <a@b.example>” stands in two cells; a header is added where there was one column alone."""
    width = max(map(len, table.rows), default=0)
    held = [at for at in range(width) if any(_beside(row[at]) for row in table.rows[:_LOOKED_AT] if at < len(row))]
    if not held:
        return table
    header = None if any(map(_tells, table.rows[0])) else table.rows[0]
    if width == 1 and not (header and columns.guess_header(header[0], whole=True)):
        return replace(table, rows=[["Organization", "E-mail"], *(_split(row, held) for row in table.rows)])
    if header is None:
        return replace(table, rows=[_split(row, held) for row in table.rows])
    called = [
        word for at, cell in enumerate(header) for word in (_called(cell) if at in held else [cell])
    ]  # fmt: skip
    return replace(table, rows=[called, *(_split(row, held) for row in table.rows[1:])])


def _cut(text: str, mark: str) -> list[list[str]] | None:
    try:
        rows = list(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)))
    except csv.Error:
        return None
    if not rows:
        return None
    is_header = len(rows[0]) > 1 and sum(bool(columns.guess_header(cell, whole=True)) for cell in rows[0]) > 1
    looked = list(itertools.islice(rows[is_header:], _LOOKED_AT))
    several = [row for row in looked if len(row) > 1]
    if len(several) < _MOST * len(looked):
        return None
    if is_header or sum(any(map(_tells, row[1:])) for row in several) >= _MOST * len(looked):
        return [[" ".join(cell.split()) for cell in row] for row in rows]
    return None


def _beside(cell: str) -> tuple[str, str] | None:
    """The words and the address of “Baz <a@b.example>”, also with quotation marks or round brackets."""
    cell = cell.strip()
    if "@" not in cell or not cell.endswith((">", ")")):
        return None
    opened = max(cell.rfind("<"), cell.rfind("("))
    address = cell[opened + 1 : -1].removeprefix("mailto:")
    if opened < 0 or not _ADDRESS.fullmatch(address):
        return None
    words = cell[:opened].rstrip()
    words = words[1:] if words[:1] and words[0] in _QUOTES else words
    words = words[:-1] if words[-1:] and words[-1] in _QUOTES else words
    return " ".join(words.split()), address


def _as_wide(row: list[str], width: int) -> list[str]:
    """A row with more cells than most: its name held the mark, if what stands behind is what tells."""
    more = len(row) - width
    if more > 0 and width > 1 and any(map(_tells, row[more + 1 :])):
        return [", ".join(row[: more + 1]), *row[more + 1 :]]
    return row


def _tells(cell: str) -> bool:
    """Whether it holds what is no part of a name."""
    cell = cell.strip()
    if _ADDRESS.fullmatch(cell) or _beside(cell) or _WEB.fullmatch(cell):
        return True
    return len(cell) > 1 and countries.resolve(cell[:100], mends=False).how in ("code", "name", "other name")


def _split(row: list[str], held: list[int]) -> list[str]:
    cells: list[str] = []
    for at, cell in enumerate(row):
        found = _beside(cell) if at in held else None
        if found:
            cells += found
        elif at in held:
            cells += ["", cell.strip()] if _ADDRESS.fullmatch(cell.strip()) else [cell, ""]
        else:
            cells.append(cell)
    return cells


def _called(cell: str) -> list[str]:
    return ["Contact", cell] if columns.guess_header(cell) == "email" else [cell, "E-mail"]
