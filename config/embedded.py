"""PostgreSQL and Valkey from their wheels, for laptops and tests.

Production sets DATABASE_URL and REDIS_URL and has neither the wheels nor any use for this module. Both
servers listen on Unix sockets alone, outlive a Ctrl-C in the terminal, and belong to whoever holds the kernel
lock `servers.lock`: the last one out stops them.
"""

import contextlib
import fcntl
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from config import postgres_server, server_place, valkey_server
from config.processes import locked, try_lock, uninterrupted
from config.server_place import EmbeddedError, make_folder


def folder() -> Path:
    """Where this checkout keeps its local state: UNDERSIGNED_VAR, or `var` beside manage.py."""
    default = Path(__file__).resolve().parent.parent / "var"
    #: The folder of files that are kept: media, lists, erasures; without it `var` beside manage.py.
    return Path(os.environ.get("UNDERSIGNED_VAR") or default).resolve()


def local_mode() -> bool:
    """Whether the servers are ours to start; EmbeddedError where only one of the two URLs is set."""
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)]
    if len(given) == 1:
        missing = "REDIS_URL" if given == ["DATABASE_URL"] else "DATABASE_URL"
        raise EmbeddedError(
            f"{given[0]} is set, but {missing} is not: set both, or neither to run servers from wheels."
        )
    return not given


def database_url(folder: Path) -> str:
    """For the application, as django-environ reads it: HOST is the socket's folder (libpq spells that otherwise)."""
    return _database_url(folder, postgres_server.APPLICATION)


def owner_database_url(folder: Path) -> str:
    """The same database for the role that owns its objects, which migrates it."""
    return _database_url(folder, postgres_server.OWNER)


def _database_url(folder: Path, role: str) -> str:
    return f"postgresql://{role}@/{quote(str(server_place.find(folder).postgres_sockets))}/undersigned"


def redis_url(folder: Path) -> str:
    """The address for redis-py; Celery spells the scheme redis+socket."""
    return f"unix://{quote(str(server_place.find(folder).valkey_socket))}"


def local_secret(folder: Path) -> str:
    """The SECRET_KEY of local mode, made at first use and kept in the folder."""
    path = folder / "secret_key"
    if not path.exists():
        make_folder(folder)
        with tempfile.NamedTemporaryFile("w", dir=folder) as file:  # mode 0600
            file.write(secrets.token_urlsafe(64))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was first
                os.link(file.name, path)
    return path.read_text()


def start(folder: Path) -> None:
    """Start what does not run yet, after cleaning up what was killed. `servers` calls it under its lock."""
    try:
        place = server_place.prepare(folder)
        postgres_server.start(place)
        valkey_server.start(place)
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"The local servers cannot start: {error} (files: {folder})") from error


def stop(folder: Path) -> None:
    """Stop both servers, fast and without loss; returns when their processes are gone."""
    place = server_place.find(folder)
    postgres_server.stop(place)
    valkey_server.stop(place)


_held: dict[Path, int] = {}  # POSIX locks belong to the process, so a second use inside it only counts


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[None]:
    """Both servers run inside the block. Other processes may share them; a killed one counts for nothing."""
    if _held.get(folder) == os.getpid():
        yield
        return
    try:
        make_folder(folder)
        users = (folder / "servers.lock").open("a+")
    except OSError as error:
        raise EmbeddedError(f"The folder for local state cannot be used: {error}") from error
    with users:
        try:
            with locked(folder / "start.lock"), uninterrupted():
                start(folder)
                fcntl.lockf(users, fcntl.LOCK_SH)
                _held[folder] = os.getpid()
            yield
        finally:
            _held.pop(folder, None)
            if folder.exists():  # else somebody removed it, and its servers with it
                with locked(folder / "start.lock"), uninterrupted():
                    if try_lock(users):
                        stop(folder)


def clean(folder: Path) -> None:
    """Stop the servers and remove all that is kept for this folder; EmbeddedError while somebody uses it."""
    for name, user in (("run.lock", "`make run`"), ("servers.lock", "a manage.py command or a test")):
        if (folder / name).exists():
            with (folder / name).open("a+") as lock:
                if not try_lock(lock):
                    raise EmbeddedError(f"{folder} is in use by {user}: stop it first, then clean.")
    with contextlib.suppress(ModuleNotFoundError):  # psutil: without it, .venv is gone or half made
        stop(folder)
    server_place.remove(folder)


if __name__ == "__main__":
    try:
        {"clean": clean, "stop": stop}[sys.argv[1]](folder())
    except EmbeddedError as error:
        sys.exit(str(error))
