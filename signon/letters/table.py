"""A letter's list as CSV: the manifest's rows, numbered, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from signon.exports.cells import harmless
from signon.letters.letter import Letter
from signon.letters.manifest import COLUMNS

CONTACTS = ("representative", "representative_title")


def write(letter: Letter, *, with_representatives: bool, with_answers: bool = False) -> bytes:
    """UTF-8 with a byte order mark, CRLF, every cell harmless; in the letter's order.

    The columns are the manifest's after a number, so that the verification page can compare them.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    further = [*(CONTACTS if with_representatives else ()), *(("answers",) if with_answers else ())]
    writer.writerow(["number", *COLUMNS, *further])
    entries = (entry for group in letter.groups for entry in group.entries)
    for number, entry in enumerate(entries, start=1):
        told = [" · ".join(entry.answers) if column == "answers" else getattr(entry, column) for column in further]
        writer.writerow([number, *map(harmless, [*entry.row.values(), *told])])
    return ("\ufeff" + file.getvalue()).encode()
