"""Several questions, or several rows, in one round trip to the database (decision 91).

Statements go to PostgreSQL together as its simple protocol takes them, which Django's cursors speak: values stand in
the SQL, as literals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, router
from psycopg import sql
from psycopg.adapt import Transformer

# SQL with its parameters.
Query = tuple[str, Sequence[Any]]


def ask(*queries: Query, using: str = DEFAULT_DB_ALIAS) -> list[list[tuple[Any, ...]]]:
    """The rows of each of these queries, of which each begins when the one before it has ended.

    So it sees all that others committed until then (READ COMMITTED): what the first waited for, the next can read.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(";\n".join(text for text, _ in queries), [value for _, values in queries for value in values])
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
    return found


def insert(*rows: models.Model, unless_there: Collection[type[models.Model]] = ()) -> None:
    """Write new rows of one database, in this order, as `save(force_insert=True)` would, in the caller's transaction.

    What one row points to stands before it, with its key. Keys of the others are the database's and are not read back.
    Rows of models in `unless_there` are left out where such a row is there already. Values are values, no expressions;
    nobody is told by a signal. Raises IntegrityError for all of them together.
    """
    using = router.db_for_write(type(rows[0]))
    connection = connections[using]
    connection.ensure_connection()
    literal = Transformer(connection.connection).as_literal
    statements = [
        _insertion(row, connection, literal) + b" ON CONFLICT DO NOTHING" * (type(row) in unless_there) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(b";\n".join(statements).decode())
    for row in rows:
        row._state.adding, row._state.db = False, using


def _insertion(row: models.Model, connection: Any, literal: Callable[[Any], bytes]) -> bytes:
    columns, literals = [], []
    for field in row._meta.local_concrete_fields:
        value = field.pre_save(row, add=True)
        if value is None and not field.has_db_default():
            if isinstance(field, models.ForeignKey) and field.get_cached_value(row, None) is not None:
                raise ValueError(f"{field} points to a row that got its key afterwards.")
            # A column that is not named stays empty.
            continue
        columns.append(str(field.column))
        literals.append(literal(field.get_db_prep_save(value, connection)))
    return _beginning(row._meta.db_table, tuple(columns)) + b", ".join(literals) + b")"


@lru_cache(maxsize=256)
def _beginning(table: str, columns: tuple[str, ...]) -> bytes:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("INSERT INTO {} ({}) VALUES (").format(sql.Identifier(table), names).as_bytes()
