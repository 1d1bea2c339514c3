"""A letter's list as CSV: the manifest's rows, numbered, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from signon.cells import harmless
from signon.lettering.letter import Letter
from signon.manifest import COLUMNS

CONTACTS = ("representative", "representative_title")


def write(letter: Letter, *, with_representatives: bool) -> bytes:
    """UTF-8 with a byte order mark, CRLF, every cell harmless; in the letter's order.

    The columns are the manifest's after a number, so that the verification page can compare them.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["number", *COLUMNS, *(CONTACTS if with_representatives else ())])
    entries = (entry for group in letter.groups for entry in group.entries)
    for number, entry in enumerate(entries, start=1):
        contacts = [getattr(entry, column) for column in CONTACTS] if with_representatives else []
        writer.writerow([number, *map(harmless, [*entry.row.values(), *contacts])])
    return ("\ufeff" + file.getvalue()).encode()
