"""A pytest plugin: PostgreSQL of the suite's own, started once for all its processes, and a Valkey for each.

It stands before Django's own plugin in addopts, for the settings read the addresses from the environment.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from config import embedded

# What only keeps data through a crash of the machine: the suite's go with it. Tests of crashes have their own servers.
UNSAFE_AND_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def own_servers() -> Iterator[None]:
    """Servers in a folder that goes away, and their addresses in the environment, with the rest of production's.

    Tests are the database's owner, who may make and empty databases; what tests.stack runs is not.
    """
    with tempfile.TemporaryDirectory(prefix="undersigned-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded.servers(folder):
            os.environ.update(
                DATABASE_URL=embedded.owner_database_url(folder),
                REDIS_URL=embedded.redis_url(folder),
                TESTS_FOLDER=name,
                SECRET_KEY=secrets.token_urlsafe(64),
                ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
                SITE_URL="http://testserver",
                NETWORK_NAME="Women in Migration Network",
                EMAIL_URL="smtp://127.0.0.1:1",
                LOG_LEVEL="ERROR",
            )
            yield


@contextmanager
def quick_servers() -> Iterator[None]:
    """The same, where PostgreSQL waits for no disk."""
    with own_servers():
        sockets = unquote(urlsplit(os.environ["DATABASE_URL"]).path[1:].rpartition("/")[0])
        with psycopg.connect(host=sockets, user="postgres", dbname="postgres", autocommit=True) as administrator:
            for name, value in UNSAFE_AND_QUICK.items():
                administrator.execute(f"ALTER SYSTEM SET {name} = {value}")
            administrator.execute("SELECT pg_reload_conf()")
        yield


@contextmanager
def own_valkey() -> Iterator[None]:
    """One for this process alone: tests empty caches and count limits."""
    from tests.stack import Broker

    with tempfile.TemporaryDirectory(prefix="undersigned-valkey-", ignore_cleanup_errors=True) as name:
        valkey = Broker(Path(name))
        valkey.start()
        os.environ["REDIS_URL"] = valkey.url
        yield
        valkey.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    # The first process's PostgreSQL serves all, its address comes with the environment.
    own = own_valkey() if "PYTEST_XDIST_WORKER" in os.environ else quick_servers()
    own.__enter__()
    early_config.add_cleanup(lambda: own.__exit__(None, None, None))
