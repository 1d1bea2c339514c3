"""Rows written as CSV, XLSX, ODS and JSON, one after the other: memory does not grow with the list.

A file is only written to, from its beginning to its end: it may be a stream.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import escape

from signon.exports.cells import harmless

BOM = "\ufeff"
MOST_ROWS = 1_048_576  # of a sheet, its header among them: what XLSX allows, and what programs read of ODS
SHEET = "Signatories"
# What XML 1.0 cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Table = Iterable[Iterable[Any]]


def write_csv(table: Table, file: Any, *, begun: bool = False) -> None:
    """UTF-8 with a byte order mark (Excel needs it), every cell harmless, line breaks kept inside cells.

    `begun`: the file goes on, after its mark and header.
    """
    text = codecs.getwriter("utf-8")(file)
    if not begun:
        text.write(BOM)
    # Before Python 3.13 a cell is quoted for the characters of the line's end alone; a bare carriage return within one
    # would begin a new row for whoever reads it, and what follows might be a formula.
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    for row in table:
        writer.writerow([harmless(cell) for cell in row])
        text.write(line.getvalue().removesuffix("\r\n") + "\n")
        line.seek(0)
        line.truncate()


def write_xlsx(table: Table, file: Any) -> None:
    """Every text is a cell of the type text, so that none is a formula; a sheet that is full is followed by another."""
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        bold = book.add_format({"bold": True})
        for name, rows in _sheets(table):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, int):
                        sheet.write_number(number, place, value)
                    elif value:
                        sheet.write_string(
                            number, place, _ILLEGAL.sub("", str(value))[:32_767], bold if not number else None
                        )


def write_ods(table: Table, file: Any) -> None:
    """OpenDocument 1.3, texts as texts. Our own writer: those that there are hold the whole book in memory."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        kind = zipfile.ZipInfo("mimetype")  # first, and not compressed (OpenDocument 1.3, part 2, 3.3)
        book.writestr(kind, _ODS, zipfile.ZIP_STORED)
        book.writestr("META-INF/manifest.xml", _MANIFEST)
        with book.open("content.xml", "w", force_zip64=True) as content:
            content.write(_BEGIN)
            for name, rows in _sheets(table):
                content.write(f'<table:table table:name="{name}">'.encode())
                for row in rows:
                    content.write(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>".encode())
                content.write(b"</table:table>")
            content.write(_END)


def write_json(table: Table, file: Any) -> None:
    """A list of objects, one a line."""
    lines = iter(table)
    header = list(next(iter(lines)))
    separator = "[\n"
    for row in lines:
        told = {name: "" if value is None else value for name, value in zip(header, row, strict=True)}
        file.write((separator + json.dumps(told, ensure_ascii=False)).encode())
        separator = ",\n"
    file.write(b"[]\n" if separator == "[\n" else b"\n]\n")


WRITERS: dict[str, Callable[[Table, Any], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "ods": write_ods,
    "json": write_json,
}
TYPES = {
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "json": "application/json",
}


def _sheets(table: Table) -> Iterator[tuple[str, Iterator[Iterable[Any]]]]:
    """Names of sheets, and the rows of each under the same header; a sheet's rows are read before the next's."""
    rows = iter(table)
    header, first, number = next(rows), next(rows, None), 1
    while True:
        body = islice(chain([] if first is None else [first], rows), MOST_ROWS - 1)
        yield SHEET if number == 1 else f"{SHEET} {number}", chain([header], body)
        first, number = next(rows, None), number + 1
        if first is None:
            return


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    lines = escape(_ILLEGAL.sub("", str(value))).split("\n")
    kind = f'float" office:value="{value}' if isinstance(value, int) else "string"
    text = "</text:p><text:p>".join(lines)
    return f'<table:table-cell office:value-type="{kind}"><text:p>{text}</text:p></table:table-cell>'


_ODS = TYPES["ods"]
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_MANIFEST = (
    f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_NAMES}:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_BEGIN = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{_NAMES}:office:1.0" '
    f'xmlns:table="{_NAMES}:table:1.0" xmlns:text="{_NAMES}:text:1.0" office:version="1.3"><office:body>'
    "<office:spreadsheet>"
).encode()
_END = b"</office:spreadsheet></office:body></office:document-content>"
