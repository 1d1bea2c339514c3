"""Lists out: CSV, XLSX and JSON that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from import_export.formats import base_formats

from signon.cells import harmless
from signon.models import SignOn
from signon.resources import SignatoryResource

BOM = "\ufeff"
BATCH = 2000


def rows(resource: SignatoryResource, sign_ons: Any, columns: list[str] | None = None) -> Iterator[list[Any]]:
    """The header, then one list a sign-on, as they are read; `columns` are the resource's field names, in order."""
    fields = resource.get_export_fields(columns)
    yield [field.column_name for field in fields]
    for sign_on in sign_ons.select_related("statement", "text", "organization").iterator(BATCH):
        yield [resource.export_field(field, sign_on) for field in fields]


def write_csv(table: Iterable[list[Any]], file: IO[str]) -> None:
    """UTF-8 with a byte order mark (Excel needs it), CRLF (RFC 4180), every cell harmless."""
    file.write(BOM)
    writer = csv.writer(file)
    writer.writerows([harmless(cell) for cell in row] for row in table)


def write_xlsx(table: Iterable[list[Any]], file: IO[bytes]) -> None:
    """One sheet; every text is a cell of the type text, so that none is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Signatories")
    sheet.freeze_panes = "A2"
    for row in table:
        cells = []
        for value in row:
            if isinstance(value, int):
                cells.append(WriteOnlyCell(sheet, value))
                continue
            cell = WriteOnlyCell(sheet)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", "" if value is None else str(value))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(file)


def write_json(table: Iterable[list[Any]], file: IO[str]) -> None:
    """A list of objects, one a line, written as they are read."""
    lines = iter(table)
    header = next(lines)
    file.write("[")
    separator = "\n"
    for row in lines:
        file.write(separator + json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False))
        separator = ",\n"
    file.write("\n]\n")


def signatories(slug: str, state: str = SignOn.State.ACCEPTED) -> Any:
    """The sign-ons of a statement in one state, in the list's order; an organization that stands twice, once."""
    found = SignOn.objects.filter(statement__slug=slug, state=state, same_as__isnull=True)
    return found.order_by("country", "sort_key", "pk")


class _Format:
    """What django-import-export calls in the admin, over the same writers as the command."""

    def table(self, dataset: Any) -> Iterator[list[Any]]:
        yield list(dataset.headers)
        yield from (list(row) for row in dataset)


class CSV(_Format, base_formats.CSV):
    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        file = io.StringIO(newline="")
        write_csv(self.table(dataset), file)
        return file.getvalue()


class XLSX(_Format, base_formats.XLSX):
    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        file = io.BytesIO()
        write_xlsx(self.table(dataset), file)
        return file.getvalue()


class JSON(_Format, base_formats.JSON):
    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        file = io.StringIO()
        write_json(self.table(dataset), file)
        return file.getvalue()
