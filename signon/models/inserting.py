"""Rows that are written together: in one round trip, by SQL that is composed once for each model (decision 91)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connections, models, router
from psycopg import sql


def insert(*rows: models.Model) -> None:
    """Write new rows of one database, in this order, as `save(force_insert=True)` would, in the caller's transaction.

    What one row points to stands before it, with its key. Keys of the others are the database's and are not read back.
    Values are values, no expressions; nobody is told by a signal. Raises IntegrityError for all of them together.
    """
    using = router.db_for_write(type(rows[0]))
    connection = connections[using]
    values: list[Any] = []
    for row in rows:
        values += [
            field.get_db_prep_save(field.pre_save(row, add=True), connection)
            for field in _fields(type(row), row.pk is None)
        ]
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(_statement(type(row), row.pk is None) for row in rows), values)
    for row in rows:
        row._state.adding, row._state.db = False, using


@cache
def _fields(model: type[models.Model], is_without_key: bool) -> Sequence[models.Field[Any, Any]]:
    return [each for each in model._meta.local_concrete_fields if not (is_without_key and each.primary_key)]


@cache
def _statement(model: type[models.Model], is_without_key: bool) -> str:
    columns = [sql.Identifier(str(field.column)) for field in _fields(model, is_without_key)]
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        .format(
            sql.Identifier(model._meta.db_table),
            sql.SQL(", ").join(columns),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        .as_string()
    )
