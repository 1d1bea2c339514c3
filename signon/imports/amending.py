"""What somebody changes in the rows of an import before it is carried out; while it is, nothing can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from signon.geography import countries
from signon.imports import planning, previewing, spreadsheets
from signon.imports.recognizing import Recognized, Recognizer, is_gone
from signon.imports.remarks import remark
from signon.imports.rows import Row
from signon.models import Import, ImportRow
from signon.naming import names

State, Status = Import.State, ImportRow.Status
# What was said of a row when it was recognized is said anew when it is recognized anew.
_RECOGNIZED = {"known", "likely", "resembles", "resembles_row"}


def revise(row: ImportRow, values: Mapping[str, Any]) -> bool:
    """Write what somebody changed in a row, and look at it anew; whether that may be.

    A country that is chosen is a code; with none, `values` say whether it is regional or international.
    """
    given = row.values | {name: value for name, value in values.items() if name in planning.VALUES}
    revised = Row(row.number, dict(row.raw), **given)
    revised.notes = [remark("by_hand")]
    if not revised.name:
        revised.refuse("missing_name")
    if revised.country and revised.country not in countries.CODES:
        revised.refuse("unknown_country", printed=revised.country)
    statement, chosen = row.of.statement, row.of
    with transaction.atomic():
        if not _hold(row):
            return False
        revised.same_as = _twin(row, revised)
        planning.check([revised], statement, chosen.consent)
        found = next(Recognizer(statement).recognize([revised])) if revised.same_as is None else _same(revised)
        new = _write(row, revised, found, by_hand=True)
        _judge_doubles(new)
    return True


def take(row: ImportRow, *, as_new: bool = False) -> bool:
    """Import this row after all: a likely double as another organization (`as_new`); whether that may be.

    One that was left out, and whose double is taken now in its place, is that one's double.
    """
    changes: dict[str, Any] = {"takes": True, "by_hand": True}
    if as_new or (row.status == Status.DUPLICATE and not is_gone(row)):
        changes["links"] = False
    with transaction.atomic():
        if not _hold(row):
            return False
        if row.status == Status.NEW and not row.takes and (twin := _twin(row, _read(row))):
            reasons = [remark("same_row", number=twin)]
            changes = {"status": Status.DUPLICATE, "same_as": twin, "reasons": reasons}
        return _change(row, [Status.NEW, Status.DUPLICATE], **changes)


def skip(row: ImportRow) -> bool:
    """Leave this row out; whether that may be."""
    with transaction.atomic():
        if not _hold(row) or not _change(row, Status.values, takes=False, by_hand=True):
            return False
        row.takes = False
        _judge_doubles(row)
    return True


def link(row: ImportRow) -> bool:
    """It is the organization of the directory that it resembles; whether that may be."""
    with transaction.atomic():
        if not _hold(row) or not row.organization_id:
            return False
        return _change(row, [Status.NEW], takes=True, links=True, by_hand=True)


def take_as_one(row: ImportRow) -> bool:
    """What stands in the cell is one organization's name; whether that may be."""
    return row.status == Status.PROBLEM and revise(row, {})


def take_apart(row: ImportRow) -> bool:
    """Make a row of each name in the cell; the further ones stand at the list's end."""
    with transaction.atomic():
        if not _hold(row):
            return False
        row.refresh_from_db()  # a second press finds it taken apart
        parts: list[str] = next((each["parts"] for each in row.problems if each["code"] == "two_names"), [])
        if not parts:
            return False
        last = row.of.rows.aggregate(last=Max("number"))["last"]
        for number, part in enumerate(parts[1:], last + 1):
            raw, values = row.raw, row.values
            other = ImportRow.objects.create(of=row.of, number=number, raw=raw, values=values, status=Status.PROBLEM)
            _rename(other, part)
        _rename(row, parts[0])
    return True


def _rename(row: ImportRow, printed: str) -> None:
    name, acronym = names.split_acronym(printed)
    revise(row, {"organization_name": name, "acronym": acronym})


def _hold(row: ImportRow) -> bool:
    return previewing.hold(row.of_id, [State.PREVIEWED])


def _change(row: ImportRow, statuses: list[str], **changes: Any) -> bool:
    return bool(ImportRow.objects.filter(pk=row.pk, status__in=statuses).update(**changes))


def _write(row: ImportRow, read: Row, found: Recognized, *, by_hand: bool = False) -> ImportRow:
    new = planning.as_planned(read, found)
    new.pk, new.of, new.by_hand = row.pk, row.of, by_hand
    new.save(force_update=True)
    return new


def _judge_doubles(row: ImportRow) -> None:
    """Judge anew what was this row's double: by itself where the row is left out now, or is somebody else."""
    doubles = list(row.of.rows.filter(status=Status.DUPLICATE, same_as=row.number, by_hand=False).order_by("number"))
    rows = [row, *doubles] if row.takes else doubles
    read = [_read(each) for each in rows]
    spreadsheets.find_same(read)
    planning.check(read, row.of.statement, row.of.consent)
    for each, one, found in zip(rows, read, Recognizer(row.of.statement).recognize(read), strict=True):
        if each.pk != row.pk:
            _write(each, one, found)


def _read(row: ImportRow) -> Row:
    """A row as it was read, before it was recognized."""
    notes = [each for each in row.notes if each["code"] not in _RECOGNIZED]
    return Row(row.number, dict(row.raw), **row.values, notes=notes)


def _twin(row: ImportRow, read: Row) -> int | None:
    """The number of another row of the list with the same name and country, that is to be taken."""
    others = row.of.rows.filter(takes=True, values__signer=read.signer, values__country=read.country)
    mine = spreadsheets.same_name(read)
    found = others.exclude(pk=row.pk).order_by("number")
    return next((other.number for other in found.iterator() if spreadsheets.same_name(_read(other)) == mine), None)


def _same(revised: Row) -> Recognized:
    reason = remark("same_row", number=revised.same_as)
    return Recognized(Status.DUPLICATE, [reason], same_as=revised.same_as)
