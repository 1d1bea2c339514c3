"""A PostgreSQL server of a test's own, to be stopped and started while the product runs on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from config import embedded, postgres_server, server_place
from tests.stack import prepared


class OwnDatabase:
    """The demo's database on a server of its own."""

    def __init__(self, folder: Path) -> None:
        self.place = server_place.prepare(folder)
        self.url = embedded.database_url(folder)

    def start(self) -> None:
        postgres_server.start(self.place)

    def stop(self) -> None:
        """As an administrator does who restarts it: sessions are ended at once, transactions rolled back."""
        postgres_server.stop(self.place)

    def fill(self) -> None:
        """Copy the suite's demo into it."""
        shared = unquote(urlsplit(os.environ["DATABASE_URL"]).path[1:].rpartition("/")[0])
        programs = self.place.postgres_programs
        dump = [programs / "pg_dump", "-h", shared, "-U", postgres_server.OWNER, prepared(with_demo=True)]
        load = [programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", postgres_server.OWNER]
        load += ["-h", str(self.place.postgres_sockets), "-d", "undersigned"]
        copied = subprocess.run(dump, check=True, capture_output=True, timeout=60).stdout
        subprocess.run(load, input=copied, check=True, capture_output=True, timeout=60)

    def connect(self, **options: str) -> psycopg.Connection:
        """As the server's administrator."""
        own = " ".join(f"-c {name}={value}" for name, value in options.items())
        return psycopg.connect(
            host=str(self.place.postgres_sockets), user="postgres", dbname="undersigned", options=own, autocommit=True
        )


@contextmanager
def own_database(folder: Path) -> Iterator[OwnDatabase]:
    """It runs inside the block; its files go with it."""
    folder.chmod(0o755)  # root's server is another user, who must get there
    made = OwnDatabase(folder)
    made.start()
    try:
        made.fill()
        yield made
    finally:
        made.stop()
        server_place.remove(folder)
