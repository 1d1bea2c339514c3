"""How fast a list leaves through HTTP, beside what the database alone reaches in the same run, and what it takes.

The value is what counts: the issue asks 100,000 rows a second. COPY alone of five plain columns is the limit beside it.
One granian process on the bench's own database, as `make run` starts it.
"""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import psutil
from django.conf import settings
from django.db import connection

from signon.models import User
from signon.people import roles
from tests.bench.volume import SLUG, statement_with
from tests.bench.web import granian
from tests.bench.whole import FULL

MANY = int(os.environ.get("BENCH_ROWS", "1000000" if FULL else "100000"))
ASKED_OF_FIRST, ASKED_OF_MEMORY = 500, 64  # milliseconds, MiB


def measure() -> list[dict[str, Any]]:
    """Rows a second of a CSV of MANY rows through HTTP, milliseconds to its first byte, megabytes above idle."""
    user = set_up()
    bare = copy_alone()
    with granian() as (port, process):
        cookie = f"sessionid={session_of(user)}"
        download(port, cookie, state="declined")  # warm
        idle = memory(process)
        with watched(process) as most:
            first, seconds, number = download(port, cookie)
    assert number == MANY + 1, number
    return [
        row(f"export {MANY}", MANY / seconds, "rows/s", MANY / bare),
        row(f"export first byte {MANY}", first * 1000, "ms", ASKED_OF_FIRST),
        row(f"export memory {MANY}", (max(most) - idle) / 2**20, "MiB", ASKED_OF_MEMORY),
    ]


def row(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": value / limit}


def set_up() -> User:
    """The bench's statement with MANY signatories, and somebody who may export them."""
    statement_with(MANY)
    user = User.objects.create_user("bench@network.example")
    roles.give(user, "exporter")
    return user


def session_of(user: User) -> str:
    """A session of somebody who is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return session.session_key


def copy_alone() -> float:
    """Seconds in which the database writes the same statement's rows, unordered and as they are, to nobody."""
    began = time.monotonic()
    columns = "id, listed_name, country, listing, created_at"
    query = f"COPY (SELECT {columns} FROM signon_signon WHERE state = 'accepted') TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for _piece in copy:
            pass
    return time.monotonic() - began


def download(port: int, cookie: str, state: str = "accepted") -> tuple[float, float, int]:
    """Seconds to the first byte, seconds in all, lines."""
    path = f"/desk/statements/{SLUG}/export/?act=fetch"
    line = http.client.HTTPConnection("localhost", port, timeout=300)
    line.request("HEAD", path, headers={"Cookie": cookie})
    response = line.getresponse()
    response.read()
    token = response.headers["Set-Cookie"].split("csrftoken=")[1].split(";")[0]
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    began = time.monotonic()
    line.request("POST", path, f"csrfmiddlewaretoken={token}&states={state}&format=csv", headers)
    response = line.getresponse()
    assert response.status == 200, response.status
    lines, first = response.read(1).count(b"\n"), time.monotonic() - began
    while piece := response.read(1 << 18):
        lines += piece.count(b"\n")
    seconds = time.monotonic() - began
    line.close()
    return first, seconds, lines


@contextmanager
def watched(process: psutil.Process) -> Iterator[list[int]]:
    """The memory of a process and its children, asked for every 50 ms inside the block."""
    ended, found = threading.Event(), [0]

    def watch() -> None:
        while not ended.wait(0.05):
            found.append(memory(process))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def memory(process: psutil.Process) -> int:
    """Resident bytes of a process and its children."""
    return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)])
