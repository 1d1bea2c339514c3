"""Several questions, or several rows, in one round trip to the database (decision 91).

Statements go to PostgreSQL together as its simple protocol takes them, which Django's cursors speak: values stand in
the SQL, as literals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models, router
from psycopg import sql
from psycopg.adapt import Transformer

# Fields that have no say in what is written of a value of this very type.
AS_IT_IS: dict[type[models.Field[Any, Any]], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BigAutoField: int,
}
# What most values of a new row are, as PostgreSQL reads them.
KNOWN: dict[object, bytes] = {"": b"''", True: b"true", False: b"false"}
# SQL with its parameters, each a `%s`; it has no other percent sign.
Query = tuple[str, Sequence[Any]]


def ask(*queries: Query, using: str = DEFAULT_DB_ALIAS) -> list[list[tuple[Any, ...]]]:
    """The rows of each of these queries, of which each begins when the one before it has ended.

    So it sees all that others committed until then (READ COMMITTED): what the first waited for, the next can read.
    """
    connection = connections[using]
    connection.ensure_connection()
    literal = Transformer(connection.connection).as_literal
    asked = b";\n".join(_with_values(text, [literal(value) for value in values]) for text, values in queries)
    with connection.cursor() as cursor:
        cursor.execute(asked.decode())
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


def _with_values(text: str, literals: list[bytes]) -> bytes:
    """SQL with literals in the place of its `%s`; psycopg would take it apart anew each time."""
    first, *others = _apart(text)
    return first + b"".join(literal + other for literal, other in zip(literals, others, strict=True))


@lru_cache(maxsize=256)
def _apart(text: str) -> list[bytes]:
    return text.encode().split(b"%s")


def _insertion(row: models.Model, connection: Any, literal: Callable[[Any], bytes]) -> bytes:
    columns, literals = [], []
    told = row.__dict__
    for field, attribute, column, kind, may_stay_empty, is_pointer in _columns(type(row)):
        value = told[attribute] if kind else field.pre_save(row, add=True)
        if type(value) is not kind:
            if value is None and may_stay_empty:
                if is_pointer and field.get_cached_value(row, None) is not None:  # type: ignore[attr-defined]
                    raise ValueError(f"{field} points to a row that got its key afterwards.")
                # A column that is not named stays empty.
                continue
            value = field.get_db_prep_save(value, connection)
        columns.append(column)
        literals.append(KNOWN[value] if value is True or value is False or value == "" else literal(value))
    return _beginning(row._meta.db_table, tuple(columns)) + b", ".join(literals) + b")"


class _Column(NamedTuple):
    """A field, and what is the same of it for each new row.

    `kind` is the type of which a value goes to the database as it is, None where the field has a say in what is
    written. A column that `may_stay_empty` is not named where the value is None.
    """

    field: models.Field[Any, Any]
    attribute: str
    name: str
    kind: type | None
    may_stay_empty: bool
    is_pointer: bool


@lru_cache(maxsize=256)
def _columns(model: type[models.Model]) -> list[_Column]:
    return [
        _Column(
            field=each,
            attribute=each.attname,
            name=str(each.column),
            kind=AS_IT_IS.get(type(each)),
            may_stay_empty=not each.has_db_default(),
            is_pointer=isinstance(each, models.ForeignKey),
        )
        for each in model._meta.local_concrete_fields
    ]


@lru_cache(maxsize=256)
def _beginning(table: str, columns: tuple[str, ...]) -> bytes:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("INSERT INTO {} ({}) VALUES (").format(sql.Identifier(table), names).as_bytes()
