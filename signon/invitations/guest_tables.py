"""A list of whom to invite as a table, and that table on its way through a form, until its columns are told."""

from __future__ import annotations

import json
from typing import IO

from django.utils.translation import gettext as _

from signon.imports import tables
from signon.imports.tables import Table, Unreadable
from signon.invitations import list_lines

MOST_ROWS = 5000
# Bytes of a list on its way through a form, which with its other fields stay below what Django takes of any form
# (DATA_UPLOAD_MAX_MEMORY_SIZE, 2.5 MB); and characters of one of its cells.
MOST_BYTES, MOST_CELL = 2_300_000, 5000


def table_of(source: IO[bytes] | str) -> Table:
    """A file, or pasted text, as a table; its lines are taken apart where they hold more than names.

    Raises Unreadable, also where it has more rows than may be invited at once.
    """
    read_first = tables.read_text(list_lines.apart(source)) if isinstance(source, str) else tables.read(source)
    table = list_lines.addresses_apart(read_first) if read_first.kind == "csv" else read_first
    if not table.rows:
        raise Unreadable(_("There is nothing in it."))
    if len(table.rows) > MOST_ROWS + 1:
        raise Unreadable(str(tables.SENTENCES["rows"]) % {"most": MOST_ROWS})
    return table


def packed(table: Table) -> str:
    """A table as a page's form carries it until somebody told its columns. Raises Unreadable where it is too much."""
    text = json.dumps([table.kind, table.rows], ensure_ascii=False, separators=(",", ":"))
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise Unreadable(str(tables.SENTENCES["text"]))
    return text


def unpacked(text: str) -> Table:
    """What a form brought back; whatever else a browser may send is Unreadable."""
    try:
        kind, rows = json.loads(text[: MOST_BYTES + 1])
        table = Table([[str(cell)[:MOST_CELL] for cell in row][: tables.MAX_COLUMNS] for row in rows], str(kind))
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(str(tables.SENTENCES["failed"])) from error
    if not table.rows or len(table.rows) > MOST_ROWS + 1:
        raise Unreadable(str(tables.SENTENCES["rows"]) % {"most": MOST_ROWS})
    return table
