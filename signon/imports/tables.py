"""A file or pasted text as a table of texts, whoever made it and whatever is in it.

A child process with little memory and little time opens it (table_reader.py): nothing that is in a file can bring
down the process that was asked, and what cannot be read is told in one sentence.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signon.imports.table_reader import MAX_COLUMNS, MAX_ROWS

__all__ = ["ENCODINGS", "MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Table", "Unreadable", "read", "read_text"]

log = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
# The child's own limit is on its computing; this is for a machine that has no time for it.
PATIENCE = 20
# What an encoding is called, for whoever chooses another.
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": gettext_lazy("Western Europe (Windows-1252)"),
    "cp1250": gettext_lazy("Central Europe (Windows-1250)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "cp1255": gettext_lazy("Hebrew (Windows-1255)"),
    "cp1256": gettext_lazy("Arabic (Windows-1256)"),
    "mac_roman": gettext_lazy("Western Europe (old Macintosh)"),
    "cp850": gettext_lazy("Western Europe (DOS)"),
    "koi8_r": gettext_lazy("Russian (KOI8-R)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
    "big5": gettext_lazy("Chinese (Big5)"),
    "shift_jis": gettext_lazy("Japanese (Shift JIS)"),
    "euc_kr": gettext_lazy("Korean (EUC-KR)"),
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
SENTENCES = {
    "pdf": gettext_lazy(
        "This is a PDF. Open it, copy the list and paste it, or ask for the spreadsheet it was made of."
    ),
    "old_workbook": gettext_lazy(
        "This is an old Excel workbook (.xls), or one with a password. Save it as “.xlsx” without a password."
    ),
    "picture": gettext_lazy("This is a picture, not a list."),
    "archive": gettext_lazy("This is an archive, not a list. Unpack it and choose the spreadsheet in it."),
    "document": gettext_lazy("This is a text document. Open it, copy the list and paste it."),
    "markup": gettext_lazy("This is a web page or XML. Open it in a spreadsheet program and save it as “.xlsx”."),
    "binary": gettext_lazy("This is neither text nor a workbook. Save the list as “.xlsx” or “CSV UTF-8”."),
    "macros": gettext_lazy("This workbook holds macros, which we do not take. Save it as “.xlsx”, without macros."),
    "password": gettext_lazy("This workbook is locked with a password. Save it without one."),
    "broken_workbook": gettext_lazy("This workbook is damaged. Open it in a spreadsheet program and save it again."),
    "too_much": gettext_lazy("This file is not what it seems: opened, it is far larger than a list may be."),
    "too_long": gettext_lazy("This file takes too long to read. Copy the list into a new spreadsheet and save that."),
    "encoding": gettext_lazy("The file's text cannot be read in this encoding; save it as “CSV UTF-8”."),
    "csv": gettext_lazy("The file cannot be read as CSV from line %(number)s on; save it as “.xlsx”."),
    "cell": gettext_lazy(
        "A cell in line %(number)s has more than %(most)s characters. A quotation mark may be missing."
    ),
    "columns": gettext_lazy("The file has more than %(most)s columns. Keep those that are needed."),
    "rows": gettext_lazy("The file has more than %(most)s rows; split it."),
    "text": gettext_lazy("The file holds more text than a list may; split it."),
    "json": gettext_lazy("JSON must be a list of objects, as our own export makes it."),
    "failed": gettext_lazy("This file could not be read. Copy the list into a new spreadsheet and save that."),
    "large": gettext_lazy("The file is larger than %(most)s MB; split it."),
}


class Unreadable(ValueError):
    """A file that is no list of organizations; its text is one sentence for whoever chose the file."""


@dataclass
class Table:
    """Rows of texts as they stand in the file, the header among them; blank rows are left out.

    `kind` is "csv", "workbook", "json" or "lines"; how else it was read is for whoever has to judge that.
    """

    rows: list[list[str]]
    kind: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)


def read(file: IO[bytes] | Path, *, encoding: str = "", sheet: str = "", lines: bool = False) -> Table:
    """Read CSV, XLSX, ODS or JSON, told apart by what is in the file; or raise Unreadable.

    `encoding` and `sheet` come before what would be guessed. With `lines` each line of text is one cell (cells where
    it has tabs).
    """
    options = {"encoding": encoding if encoding in ENCODINGS else "", "sheet": sheet, "lines": lines}
    with tempfile.TemporaryFile() as copied, tempfile.TemporaryFile() as told:
        _copy(file, copied)
        code = _read_in_child(copied, told, options)
        told.seek(0)
        return _table(told, code)


def read_text(text: str) -> Table:
    """Read what somebody pasted: cells of a spreadsheet, CSV with a header, or one organization a line."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode("utf-8", "replace"))
        file.seek(0)
        return read(file, encoding="utf-8", lines=True)


def _copy(file: IO[bytes] | Path, to: IO[bytes]) -> None:
    try:
        opened = file.open("rb") if isinstance(file, Path) else file
        opened.seek(0)
        data = opened.read(MAX_BYTES + 1)
        if isinstance(file, Path):
            opened.close()
    except OSError as error:
        raise Unreadable(_("The file cannot be opened: %(why)s.") % {"why": error.strerror}) from error
    if len(data) > MAX_BYTES:
        raise Unreadable(_sentence("large", {"most": MAX_BYTES // 1024 // 1024}))
    to.write(data)
    to.flush()
    to.seek(0)


def _read_in_child(file: IO[bytes], told: IO[bytes], options: dict[str, Any]) -> int:
    command = [sys.executable, "-m", "signon.imports.table_reader", json.dumps(options)]
    place = Path(__file__).resolve().parents[2]
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, with the file on its standard input
            command, stdin=file, stdout=told, stderr=subprocess.PIPE, cwd=place, env=environment,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Unreadable(_sentence("too_long", {})) from error
    if done.returncode == 1 and b"MemoryError" not in done.stderr:
        log.error("The reader of tables failed: %s", done.stderr[-2000:].decode(errors="replace"))
        raise Unreadable(_sentence("failed", {}))
    return done.returncode


def _table(told: IO[bytes], code: int) -> Table:
    lines: Iterator[Any] = map(json.loads, told) if code == 0 else iter(())
    about = next(lines, None)
    if about is None:
        # Killed by its own limits: of time by a signal, of memory wherever it was just then.
        raise Unreadable(_sentence("too_long" if code in (-24, -9) else "too_much", {}))
    rows = []
    for cells in [about] if "problem" in about else lines:
        if isinstance(cells, dict):
            raise Unreadable(_sentence(cells.pop("problem"), cells))
        rows.append(cells)
    return Table(rows, **about)


def _sentence(code: str, facts: dict[str, Any]) -> str:
    shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in facts.items()}
    return str(SENTENCES[code]) % shown
