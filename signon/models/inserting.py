"""Rows that are written together: in one round trip, by SQL that is composed once for each model (decision 91)."""

from __future__ import annotations

from functools import lru_cache
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
    statements: list[str] = []
    values: list[Any] = []
    for row in rows:
        columns = []
        for field in row._meta.local_concrete_fields:
            value = field.get_db_prep_save(field.pre_save(row, add=True), connection)
            if value is None and isinstance(field, models.ForeignKey) and field.get_cached_value(row, None) is not None:
                raise ValueError(f"{field} points to a row that got its key afterwards.")
            # A column that is not named stays empty, or becomes what the database gives.
            if value is not None or field.has_db_default():
                columns.append(str(field.column))
                values.append(value)
        statements.append(_statement(row._meta.db_table, tuple(columns)))
    with connection.cursor() as cursor:
        cursor.execute(";\n".join(statements), values)
    for row in rows:
        row._state.adding, row._state.db = False, using


@lru_cache(maxsize=256)
def _statement(table: str, columns: tuple[str, ...]) -> str:
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        .format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        .as_string()
    )
