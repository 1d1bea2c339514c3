"""Databases that all test processes copy: migrated, with what the product brings along, with the demo. Made once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from config.postgres_server import APPLICATION, OWNER

CHECKOUT = Path(__file__).resolve().parent.parent


def as_application(database_url: str) -> str:
    """The same database for the role that owns nothing in it; the suite's own role is the owner."""
    return database_url.replace(f"//{OWNER}@", f"//{APPLICATION}@", 1)


def connect(database_url: str) -> psycopg.Connection[tuple[object, ...]]:
    parts = urlsplit(database_url)
    folder, _, name = parts.path[1:].rpartition("/")
    return psycopg.connect(host=unquote(folder), user=parts.username, dbname=name, autocommit=True)


@cache
def migrated() -> str:
    """The name of a database with all tables and nothing in them: pytest's own begin as its copies."""
    return _once("prepared_tables", "template1", lambda url: _manage({"DATABASE_URL": url}, "migrate"))


@cache
def prepared(*, with_demo: bool) -> str:
    """The name of a database as a release leaves it, with the demo in it or empty; stacks start from a copy."""
    if with_demo:
        return _once("prepared_demo", prepared(with_demo=False), lambda url: _manage(_application(url), "load_demo"))
    return _once("prepared_empty", migrated(), lambda url: _manage(_application(url), "prepare_database"))


def drop(base: str, name: str) -> None:
    """Remove a database and send away who is in it."""
    with connect(base) as connection:
        try:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        except psycopg.errors.InsufficientPrivilege:
            # Autovacuum is at work in it, which FORCE may not end, and a plain one does.
            connection.execute(f'DROP DATABASE "{name}"')


def media() -> Path:
    """Where the demo's photos are, once it is prepared; stacks get a copy."""
    return _folder() / "media"


def _folder() -> Path:
    """Goes with the suite's servers (tests/servers.py)."""
    folder = Path(os.environ["TESTS_FOLDER"]) / "prepared"
    (folder / "media").mkdir(parents=True, exist_ok=True)
    return folder


def _once(name: str, template: str, fill: Callable[[str], None]) -> str:
    base, unfinished = os.environ["DATABASE_URL"], f"{name}_unfinished"
    with connect(base) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # another process may be at it
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE "{template}"')
            fill(f"{base.rpartition('/')[0]}/{unfinished}")
            connection.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _application(url: str) -> dict[str, str]:
    return {"DATABASE_URL": as_application(url), "OWNER_DATABASE_URL": url}


def _manage(addresses: dict[str, str], command: str) -> None:
    own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "UNDERSIGNED_VAR": str(_folder())}
    told = [sys.executable, "manage.py", command, "--verbosity", "0"]
    subprocess.run(told, cwd=CHECKOUT, env=os.environ | own | addresses, check=True, timeout=300)
