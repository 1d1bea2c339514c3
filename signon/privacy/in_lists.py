"""Where an address stands in lists that came in: rows, and the files that were brought."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet

from signon.imports import previewing
from signon.models import Import, ImportRow
from signon.privacy import held
from signon.privacy.traces import GONE

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
# What may be an address in a cell, in a line of a list, or in JSON; the digest tells whether it is one.
_ADDRESS = re.compile(r"""[^\s"'<>()\[\]{},;:|\\/=@]+@[^\s"'<>()\[\]{},;:|\\/=@]*[^\s"'<>()\[\]{},;:|\\/=@.]""")
# A name of three letters stands in too many words that are nobody's.
SHORTEST_NAME = 3
MOST_UNPACKED = 64 * 1024 * 1024  # bytes of one part of a spreadsheet


def forget(address: str, rows: QuerySet[ImportRow], names: Collection[str] = ()) -> int:
    """Blank a person's rows in lists that came in, and drop the files that hold the address.

    Of another's row that mentions it the cells go that hold it or one of the person's `names`, and nothing else. A list
    that is not brought in yet and holds it is discarded: staff bring it again without it. One that a worker is about to
    bring in comes in without their rows. Returns in how many rows it stood.
    """
    found = list(rows.select_related("of", "sign_on"))
    holding = {row.of_id for row in found}
    with_files = [each for each in Import.objects.exclude(file="") if each.pk in holding or holds(each.file, address)]
    for chosen in {each.pk: each for each in [*with_files, *Import.objects.filter(pk__in=holding)]}.values():
        if chosen.file:
            transaction.on_commit(partial(storages["private"].delete, str(chosen.file.name)))
            Import.objects.filter(pk=chosen.pk).update(file="")
        is_left = chosen.is_open and not previewing.is_under_way(chosen.pk)
        if is_left and chosen.move_from(previewing.OPEN, Import.State.DISCARDED):
            chosen.rows.all().delete()
    whole = [row for row in found if _is_own(row, address)]
    blank: dict[str, Any] = {"raw": [], "values": {}, "notes": [], "problems": [], "reasons": []}
    ImportRow.objects.filter(pk__in=[row.pk for row in whole]).update(**blank, takes=False)
    known = {*names, *(str(row.values.get("representative_name") or "") for row in whole)}
    words = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(known) if len(name) > SHORTEST_NAME]
    pattern = re.compile("|".join([held.mentions(address), *words]), re.IGNORECASE)
    for row in set(found) - set(whole):
        ImportRow.objects.filter(pk=row.pk).update(
            **{name: _without_cells(getattr(row, name), pattern) for name in blank}
        )
    return len(found)


def _is_own(row: ImportRow, address: str) -> bool:
    """Whether a row of a list is about this address's owner: by its address, or it brought their sign-on in.

    A row without any address that mentions it is theirs too; one with another's only mentions it.
    """
    own = str(row.values.get("email") or "").lower()
    if own == address.lower() or (own and row.sign_on is None):
        return own == address.lower()
    if row.sign_on is None:
        told = _ADDRESS.findall(json.dumps([row.values, row.raw], ensure_ascii=False))
        return {each.lower() for each in told} <= {address.lower()}
    signed = row.sign_on.email.lower()
    if signed == address.lower():
        return not held.from_before(row.sign_on.pk, row.of.created_at)
    return not own and not signed


def _without_cells(cells: Any, pattern: re.Pattern[str]) -> Any:
    """The same without any cell, of whatever depth, that holds an address."""
    if isinstance(cells, dict):
        return {_without_cells(name, pattern): _without_cells(cell, pattern) for name, cell in cells.items()}
    if isinstance(cells, list):
        return [_without_cells(cell, pattern) for cell in cells]
    return GONE if isinstance(cells, str) and pattern.search(cells) else cells


def holds(file: Any, address: str) -> bool:
    """Whether a file that was brought holds an address: as text in any usual encoding, or in a spreadsheet."""
    return any(_in(data, address) for data in _parts(file))


def addresses() -> set[str]:
    """Every address that stands in a list on its way in or in the rows of one, in lower case."""
    found: set[str] = set()
    for cells in ImportRow.objects.order_by().values_list("values", "raw").iterator(chunk_size=2000):
        found.update(_ADDRESS.findall(json.dumps(cells, ensure_ascii=False)))
    for brought in Import.objects.exclude(file=""):
        for data in _parts(brought.file):
            for encoding in ENCODINGS:
                found.update(_ADDRESS.findall(data.decode(encoding, errors="ignore")))
    return {each.lower() for each in found}


def _parts(file: Any) -> Iterator[bytes]:
    """What is in a file that was brought; of a spreadsheet each of its parts."""
    try:
        with file.open("rb") as opened:
            data = opened.read()
    except FileNotFoundError:
        return
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (_read(archive, name) for name in archive.namelist())
    else:
        yield data


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MOST_UNPACKED)


def _in(data: bytes, address: str) -> bool:
    low = data.lower()
    return any(address.lower().encode(encoding) in low for encoding in ENCODINGS)
