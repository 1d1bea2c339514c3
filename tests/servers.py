"""A pytest plugin: PostgreSQL and Valkey of the suite's own, started once and shared by all its processes.

It stands before Django's own plugin in addopts, for the settings read the addresses from the environment.
"""

import os
import secrets
import tempfile
from pathlib import Path

import pytest

from config import embedded

_STATE = pytest.StashKey[object]()


def _environment(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": embedded.database_url(folder),
        "REDIS_URL": embedded.redis_url(folder),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "http://testserver",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "LOG_LEVEL": "ERROR",
    }


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the servers are the first process's, their addresses come with the environment
    folder = tempfile.TemporaryDirectory(prefix="undersigned-tests-", ignore_cleanup_errors=True)
    path = Path(folder.name)
    path.chmod(0o755)
    servers = embedded.servers(path)
    servers.__enter__()
    os.environ.update(_environment(path))
    early_config.stash[_STATE] = (folder, servers)

    def stop() -> None:
        servers.__exit__(None, None, None)
        folder.cleanup()

    early_config.add_cleanup(stop)
