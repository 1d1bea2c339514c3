"""Reads one file somebody chose as a table, in a process of its own that may use little memory and time.

Run as `python -m signon.imports.table_reader OPTIONS`, the file on standard input. Writes JSON lines: what the file is, then
each row's cells; or one line with the `problem` it found. Knows neither Django nor the database, and no environment.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import IO, Any

from signon.exports.cells import meant
from signon.imports.encodings import Unclear, encoding_of, is_binary

MEMORY, SECONDS = 200 * 1024 * 1024, 4
MAX_ROWS, MAX_COLUMNS, MAX_CELL, MAX_TEXT = 50_000, 200, 32_767, 32 * 1024 * 1024
# Blank rows do not count, but somebody has to pass them.
MAX_LINES = 1_100_000
_LOOKED_AT = 64 * 1024

# Parts of a workbook that are read; the declared size of each is checked before anything is unpacked.
MAX_PART, MAX_PARTS = 400 * 1024 * 1024, 5000
_FORMATS = {
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "old_workbook",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"\x1f\x8b": "archive",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"{\\rtf": "document",
}
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|svg)", re.IGNORECASE)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # the database keeps neither; names.clean refuses what stands for them
_ONE_CELL = "\x1f"


class Refused(Exception):
    """The file is no table; `code` is a key of tables.SENTENCES."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def main(options: dict[str, Any]) -> None:
    """Read standard input under limits and tell on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=False)
    try:
        about, rows = read(sys.stdin.buffer, options)
        out.write(json.dumps(about) + "\n")
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    except Refused as refused:
        out.write(json.dumps({"problem": refused.code, **refused.facts}) + "\n")
    except MemoryError:
        out.write(json.dumps({"problem": "too_much"}) + "\n")
    out.flush()


def read(file: IO[bytes], options: dict[str, Any]) -> tuple[dict[str, Any], Iterator[list[str]]]:
    """What the file is, and its rows, without those that are blank. Raises Refused, also while rows are read."""
    head = file.read(_LOOKED_AT)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        about, rows = _workbook(file, options.get("sheet", ""))
    else:
        if code := next((code for start, code in _FORMATS.items() if head.startswith(start)), ""):
            raise Refused(code)
        try:
            encoding = options.get("encoding") or encoding_of(file, head)
        except Unclear as error:
            raise Refused("binary") from error
        if _MARKUP.match(head):
            raise Refused("markup")
        if "utf" not in encoding and is_binary(head):
            raise Refused("binary")
        about, rows = _text(file, encoding, lines=options.get("lines", False))
    return about, _within_limits(rows)


def _within_limits(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    number = text = 0
    for line, cells in enumerate(rows, 1):
        if line > MAX_LINES:
            raise Refused("rows", most=MAX_ROWS)
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        number += 1
        # One more: the first may be the header.
        if number > MAX_ROWS + 1:
            raise Refused("rows", most=MAX_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise Refused("columns", most=MAX_COLUMNS)
        if max(map(len, cells)) > MAX_CELL:
            raise Refused("cell", number=number, most=MAX_CELL)
        text += sum(map(len, cells))
        if text > MAX_TEXT:
            raise Refused("text")
        yield [_UNKEPT.sub("\ufffd", cell) for cell in cells]


# Text


def _text(file: IO[bytes], encoding: str, *, lines: bool) -> tuple[dict[str, Any], Iterator[list[str]]]:
    try:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        first = text.read(_LOOKED_AT)
        text.seek(0)
    except (UnicodeError, LookupError) as error:
        raise Refused("encoding") from error
    if first.lstrip("\ufeff \t\r\n").startswith(("[", "{")) and (rows := _objects(text)) is not None:
        return {"kind": "json"}, rows
    if declared := re.match(r"\ufeff?sep=([,;\t|])\r?\n", first, re.IGNORECASE):
        delimiter, first = declared[1], first[declared.end() :]
        text.readline()
    elif lines:
        delimiter = "\t" if "\t" in first else _ONE_CELL
    else:
        delimiter = _delimiter(first)
    about = {"kind": "csv", "encoding": encoding, "delimiter": delimiter.strip(_ONE_CELL)}
    return about, _cells(text, delimiter)


def _cells(text: IO[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL + 1)
    reader = csv.reader(text, delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            yield [meant(cell.lstrip("\ufeff") if number == 0 else cell) for cell in row]
    except csv.Error as error:
        raise Refused("cell" if "limit" in str(error) else "csv", number=reader.line_num, most=MAX_CELL) from error
    except UnicodeError as error:
        raise Refused("encoding") from error


def _delimiter(first: str) -> str:
    """The separator that cuts the first line and most others into as many cells; none where no one does."""
    best, delimiter = (0.0, 0), _ONE_CELL
    for tried in ",;\t|":
        reader = csv.reader(io.StringIO(first, newline=""), delimiter=tried)
        try:
            rows = list(itertools.islice(filter(None, reader), 100))
        except csv.Error:
            continue
        rows = rows[:-1] if len(first) >= _LOOKED_AT and len(rows) > 1 else rows  # the last may be cut
        if not rows or (width := len(rows[0])) < 2:
            continue
        share = sum(len(row) == width for row in rows) / len(rows)
        if share < 0.5:  # rows may be shorter than the header, but most are cut
            share = 0.4 if 2 * sum(len(row) == 1 for row in rows) <= len(rows) else 0
        if share and (share, width) > best:
            best, delimiter = (share, width), tried
    return delimiter


def _objects(text: IO[str]) -> Iterator[list[str]] | None:
    """A list of objects, as JSON has it; None where it is no JSON."""
    try:
        found = json.load(text)
    except RecursionError as error:
        raise Refused("json") from error
    except ValueError:
        text.seek(0)
        return None
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    objects = [each for each in found if isinstance(each, dict)]
    if len(objects) != len(found):
        raise Refused("json")
    header = list(dict.fromkeys(key for each in objects for key in each))
    rows = ([_printed(each.get(key)) for key in header] for each in objects)
    return itertools.chain([header], rows) if header else iter(())


# Workbooks


def _workbook(file: IO[bytes], wanted: str) -> tuple[dict[str, Any], Iterator[list[str]]]:
    import python_calamine as calamine

    _look_inside(file)
    file.seek(0)
    try:
        book = calamine.CalamineWorkbook.from_filelike(file)
        kinds = (calamine.SheetTypeEnum.WorkSheet,)
        shown = [each.name for each in book.sheets_metadata
                 if each.typ in kinds and each.visible == calamine.SheetVisibleEnum.Visible]  # fmt: skip
        sheets = [wanted] if wanted in shown else shown
        for name in sheets:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                if sheet.width > MAX_COLUMNS * 5:
                    raise Refused("columns", most=MAX_COLUMNS)
                rows = ([_printed(cell) for cell in row] for row in sheet.iter_rows())
                return {"kind": "workbook", "sheet": name, "sheets": shown}, rows
    except calamine.PasswordError as error:
        raise Refused("password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("broken_workbook") from error
    return {"kind": "workbook", "sheet": "", "sheets": shown}, iter(())


def _look_inside(file: IO[bytes]) -> None:
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("broken_workbook") from error
    names = {part.filename.lower() for part in parts}
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_PART:
        raise Refused("too_much")
    if any("vbaproject" in name or name.startswith("basic/") for name in names):
        raise Refused("macros")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("password")
    if "word/document.xml" in names:
        raise Refused("document")
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise Refused("archive")


def _printed(value: Any) -> str:
    """A cell's value as a spreadsheet shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})
