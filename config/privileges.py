"""Which role may do what in the database: one owns its objects, the application's own may only work in them.

The ledger and its seals are only added to: the application may read and insert, and nobody but the owner can lift
that. A trigger, which refuses the owner too, guards against mistakes; privileges guard against the application.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connection, connections, transaction
from psycopg import sql

from config.environment import env

APPEND_ONLY = ["signon_ledgerentry", "signon_seal", "signon_sealedentry", "signon_consenttext"]

OWN = """
SELECT relname FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind = ANY(%s) AND pg_has_role(relowner, 'USAGE')
"""
# As the database writes them, with what they take. Nobody calls a trigger's.
OWN_FUNCTIONS = """
SELECT oid::regprocedure::text FROM pg_proc
 WHERE pronamespace = current_schema()::regnamespace AND prorettype <> 'trigger'::regtype
   AND pg_has_role(proowner, 'USAGE')
"""
# Who owns a schema may drop what is in it. MEMBER holds for the owner, for who may become it, and for superusers.
TOO_MUCH = """
SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)
   AND (pg_has_role(relowner, 'MEMBER') OR pg_has_role(nspowner, 'MEMBER')
        OR has_table_privilege(pg_class.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege(pg_class.oid, 'UPDATE'))
 ORDER BY relname
"""


@contextmanager
def as_owner(address: str) -> Iterator[None]:
    """Inside the block the default connection is that of the role in `address`, which owns the tables."""
    own = connections["default"]
    own.close()
    kept = own.settings_dict | {"OPTIONS": {}}  # no pool: all of a process' connections share one
    owner = env.db_url_config(address) | {"ENGINE": kept["ENGINE"]}
    connections["default"] = type(own)(kept | owner, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = own


def current_role() -> str:
    """The role of this connection, as the database calls it."""
    return str(_column("SELECT current_user")[0])


def may_migrate() -> bool:
    """Whether this connection's role may make tables, as their owner does."""
    return bool(_column("SELECT has_schema_privilege(current_schema(), 'CREATE')")[0])


def grant(role: str) -> None:
    """Give `role` what the application needs in every table there is, and nothing more; the caller is the owner.

    Functions, too: PostgreSQL lets everybody call them, unless somebody took that away (ALTER DEFAULT PRIVILEGES).
    Whole or not at all, so it holds up no process that runs; to be done again after each migration.
    """
    tables = _column(OWN, ["r", "p"])
    functions = _column(OWN_FUNCTIONS)
    ordinary = [table for table in tables if table not in APPEND_ONLY]
    orders: list[tuple[str, Sequence[str]]] = [
        ("GRANT USAGE ON SCHEMA {names} TO {role}", _column("SELECT current_schema()")),
        ("GRANT USAGE ON SEQUENCE {names} TO {role}", _column(OWN, ["S"])),
        ("REVOKE ALL ON {names} FROM {role}", tables),
        ("GRANT SELECT, INSERT ON {names} TO {role}", tables),
        ("GRANT UPDATE, DELETE ON {names} TO {role}", ordinary),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for order, names in orders:
            if names:
                listed = sql.SQL(", ").join(map(sql.Identifier, names))
                cursor.execute(sql.SQL(order).format(names=listed, role=sql.Identifier(role)))
        if functions:
            listed = sql.SQL(", ").join(map(sql.SQL, functions))
            cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(listed, sql.Identifier(role)))


def too_much() -> list[str]:
    """The append-only tables to which this connection's role may do more than read and insert."""
    return _column(TOO_MUCH, APPEND_ONLY)


@register(Tags.database)
def warn(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Of an application that may change its own ledger; for `manage.py check --database default`."""
    tables = too_much() if databases and "default" in databases else []
    if not tables:
        return []
    return [
        Warning(
            f"The application's role “{current_role()}” may do more than read and add in {', '.join(tables)}.",
            hint="Let DATABASE_URL name a role that owns nothing, OWNER_DATABASE_URL the one that owns the tables, "
            "and run manage.py prepare_database.",
            id="config.W001",
        )
    ]


def _column(query: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [value for (value,) in cursor.fetchall()]
