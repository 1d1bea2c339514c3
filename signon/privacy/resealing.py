"""Contact data that is kept already is encrypted, put under the newest key, or brought back in clear, table by table.

What is written meanwhile is written as CONTACT_KEYS says; a row that somebody changes at this moment is read again. So
it may be stopped at any time, and run again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from signon.mail import addresses
from signon.models import Message, Suppression
from signon.models.contact_field import ContactField, ContactJSON, ContactText, walk
from signon.privacy import contact_keys

BATCH = 500
_TRIES = 3
# An address in the key of a message from before it was hashed there.
_IN_KEY = re.compile(r"[^:\s]+@[^:\s]+")

Row = tuple[Any, ...]


@dataclass
class Outcome:
    """What became of one table's rows; `twice`: ids of those beside which another has the address, where one may."""

    name: str
    rows: int = 0
    changed: int = 0
    unreadable: int = 0
    twice: set[int] = field(default_factory=set)


def run(*, batch: int = BATCH) -> Iterator[Outcome]:
    """Bring every table to what CONTACT_KEYS says, and tell of each; who wants no mail comes first."""
    for model in _models():
        yield _renew(model, batch)


def unreadable(*, batch: int = BATCH) -> dict[str, int]:
    """Of each table that has some: how many rows CONTACT_KEYS does not read. Changes nothing."""
    found = {model._meta.label: _unreadable(model, batch) for model in _models()}
    return {name: number for name, number in found.items() if number}


def _unreadable(model: type[models.Model], batch: int) -> int:
    fields = _columns(model)
    outcome, last = Outcome(model._meta.label), 0
    while rows := _read(model, [str(field.column) for field in fields], after=last, limit=batch):
        last = rows[-1][0]
        for row in rows:
            _renewed(fields, row, outcome, count=True)
    return outcome.unreadable


def _models() -> list[type[models.Model]]:
    own = [model for model in apps.get_app_config("signon").get_models() if _columns(model)]
    return sorted(own, key=lambda each: (each is not Suppression, each is not Message, each._meta.db_table))


def _columns(model: type[models.Model]) -> list[Any]:
    return [each for each in model._meta.concrete_fields if isinstance(each, ContactField | ContactText | ContactJSON)]


def _renew(model: type[models.Model], batch: int) -> Outcome:
    outcome = Outcome(model._meta.label)
    fields = _columns(model)
    names = [str(field.column) for field in fields]
    if model is Message:
        names += ["mailbox", "key"]
    last = 0
    while rows := _read(model, names, after=last, limit=batch):
        last = rows[-1][0]
        outcome.rows += len(rows)
        for attempt in range(1, _TRIES + 1):
            changes = [(old, new) for old in rows if (new := _renewed(fields, old, outcome, count=attempt == 1)) != old]
            if not changes:
                break
            outcome.changed += _write(model, names, changes, outcome)
            rows = _read(model, names, among=[old[0] for old, _new in changes if old[0] not in outcome.twice])
    return outcome


def _read(
    model: type[models.Model], names: Sequence[str], *, after: int = 0, limit: int | None = None, among: Any = None
) -> list[Row]:
    """The id and these columns as they are kept."""
    which = sql.SQL("id = ANY(%s)") if among is not None else sql.SQL("id > %s")
    query = sql.SQL("SELECT id, {} FROM {} WHERE {} ORDER BY id LIMIT %s").format(
        sql.SQL(", ").join([sql.SQL("{}::text").format(sql.Identifier(name)) for name in names]),
        sql.Identifier(model._meta.db_table),
        which,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [among if among is not None else after, limit])
        return list(cursor.fetchall())


def _renewed(fields: Sequence[Any], row: Row, outcome: Outcome, *, count: bool) -> Row:
    """The row as it is kept if it is written now; as it is, where its key is missing."""
    try:
        cells = [_cell(field, cell) for field, cell in zip(fields, row[1:], strict=False)]
    except contact_keys.Unreadable:
        outcome.unreadable += count
        return row
    if len(row) - 1 > len(cells):  # of a message
        to, (mailbox, key) = row[1], row[-2:]
        cells += [mailbox and contact_keys.key(addresses.mailbox(contact_keys.opened(to))), key]
        if contact_keys.is_sealing():
            cells[-1] = _IN_KEY.sub(lambda found: contact_keys.key(found[0]), key)
    return (row[0], *cells)


def _cell(field: Any, cell: str) -> str:
    if isinstance(field, ContactField):
        return contact_keys.renewed(cell)
    if isinstance(field, ContactText):
        return contact_keys.renewed(cell, contact_keys.seal_words)
    if "@" not in cell and contact_keys.PREFIX not in cell:
        return cell
    read = json.loads(cell)
    renewed = walk(read, lambda words: contact_keys.renewed(words, contact_keys.seal_words))
    return cell if renewed == read else json.dumps(renewed, ensure_ascii=False)


def _write(model: type[models.Model], names: Sequence[str], changes: list[tuple[Row, Row]], outcome: Outcome) -> int:
    """One UPDATE, of those that are still as they were read; returns of how many. One by one where one must not be."""
    try:
        with transaction.atomic():
            return _update(model, names, changes)
    except IntegrityError:
        if len(changes) == 1:
            outcome.twice.add(changes[0][0][0])
            return 0
        return sum(_write(model, names, [each], outcome) for each in changes)


def _update(model: type[models.Model], names: Sequence[str], changes: list[tuple[Row, Row]]) -> int:
    kinds = {str(field.column): field.db_type(connection) or "" for field in model._meta.concrete_fields}
    columns = [(sql.Identifier(name), sql.SQL(kinds[name].partition("(")[0]), at) for at, name in enumerate(names)]
    width = 1 + 2 * len(names)
    query = sql.SQL("UPDATE {table} AS own SET {sets} FROM (VALUES {values}) AS told({told}) WHERE {same}").format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(
            sql.SQL("{} = told.{}::{}").format(name, sql.Identifier(f"new_{at}"), kind) for name, kind, at in columns
        ),
        values=sql.SQL(", ").join(
            [sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * width))] * len(changes)
        ),
        told=sql.SQL(", ").join(
            [
                sql.Identifier("id"),
                *(sql.Identifier(f"{when}_{at}") for when in ("old", "new") for _n, _k, at in columns),
            ]
        ),
        same=sql.SQL(" AND ").join(
            [
                sql.SQL("own.id = told.id::bigint"),
                *(
                    sql.SQL("own.{}::text = told.{}").format(name, sql.Identifier(f"old_{at}"))
                    for name, _k, at in columns
                ),
            ]
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [cell for old, new in changes for cell in (old[0], *old[1:], *new[1:])])
        return int(cursor.rowcount)
