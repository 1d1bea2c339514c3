"""A pytest plugin: PostgreSQL and Valkey of the suite's own, started once and shared by all its processes.

It stands before Django's own plugin in addopts, for the settings read the addresses from the environment.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import embedded


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


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the servers are the first process's, their addresses come with the environment
    servers = own_servers()
    servers.__enter__()
    early_config.add_cleanup(lambda: servers.__exit__(None, None, None))
