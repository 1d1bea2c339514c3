"""From which server is read: the replica may be, while it is known to keep up. What was just written is never missed.

A thread of its own asks both servers every second how far they are: a request waits for no such answer. What the
replica held at a moment is known of that moment alone, so without news it is left alone by itself after
settings.REPLICA_LAG.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, OperationalError, connections

log = logging.getLogger(__name__)

EVERY = 1.0
# A download waits so long for the replica to hold what was committed before it was asked for.
PATIENCE = 2.0
WRITTEN = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
REPLAYED = "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn"

PRIMARY, ALLOWED, READ = "primary", "allowed", "read"
_state: ContextVar[str] = ContextVar("reading", default=PRIMARY)


class Busy(Exception):
    """As many downloads as this process may send at once are under way."""


class Watch:
    """How far a replica has come; `written` and `replayed` ask the two servers."""

    def __init__(self, written: Callable[[], Any], replayed: Callable[[], Any], most: float) -> None:
        self._written, self._replayed, self._most = written, replayed, most
        self._asked: deque[tuple[float, Any]] = deque(maxlen=int(most / EVERY) + 60)
        # All that was committed before this moment is on the replica; None: nothing is known of it.
        self._complete_to: float | None = None
        self._was_fit = False
        self._has_news = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def is_fit(self, patience: float = 0) -> bool:
        """Whether what is read there now is at most `most` seconds old; waits `patience` seconds for the first news."""
        if self._thread is None or not self._thread.is_alive():
            self._begin()
        if patience:
            self._has_news.wait(patience)
        return self._holds()

    def leave_alone(self) -> None:
        """Somebody got no answer there: nobody asks until it has answered here again."""
        self._complete_to = None

    def look(self) -> None:
        """Ask once; what cannot be asked tells nothing new."""
        try:
            self._asked.append((time.monotonic(), self._written()))
            replayed = self._replayed()
        except psycopg.Error as error:
            log.debug("The replica, or the primary, did not answer (%s).", type(error).__name__)
        else:
            if replayed is not None:
                held = [moment for moment, position in self._asked if position <= replayed]
                self._complete_to = held[-1] if held else None
        self._tell()
        self._has_news.set()

    def _holds(self) -> bool:
        complete_to = self._complete_to
        return complete_to is not None and time.monotonic() - complete_to < self._most

    def _tell(self) -> None:
        if self._holds() != self._was_fit:
            self._was_fit = not self._was_fit
            if self._was_fit:
                log.warning("The replica keeps up: pages are read from it.")
            else:
                log.warning("The replica is away or more than %d s late: all is read from the primary.", self._most)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self.look()
            pause.wait(EVERY)


@cache
def _watch() -> Watch:
    return Watch(_asking("default", WRITTEN), _asking("replica", REPLAYED), settings.REPLICA_LAG)


def _asking(alias: str, question: str) -> Callable[[], Any]:
    """Asks over a connection of its own, which no page waits for and no pool counts."""
    kept: list[psycopg.Connection[tuple[Any, ...]]] = []

    def ask() -> Any:
        if not kept:
            # No wrapper of Django's: what greets a new one (contrib.postgres) looks it up by its alias.
            options = connections[alias].get_connection_params()
            kept.append(psycopg.connect(**options | {"connect_timeout": 2, "autocommit": True}))
        try:
            row = kept[0].execute(question).fetchone()
        except psycopg.Error:
            kept.pop().close()
            raise
        return row and row[0]

    return ask


# Pages


def alias() -> str:
    """Which of settings.DATABASES a query outside of transactions reads from; inside one it is the primary."""
    if _state.get() == PRIMARY or connections["default"].in_atomic_block or not _watch().is_fit():
        return "default"
    _state.set(READ)
    return "replica"


def keeps_up() -> bool:
    """Whether this process would read pages from the replica now; waits for the first news of it."""
    return _watch().is_fit(PATIENCE)


def may_read_replica() -> None:
    """What is read from here on may come from the replica, until something is written."""
    _state.set(ALLOWED)


def stay_with_primary() -> None:
    """Something is about to be written: from here on all is read where it stands."""
    _state.set(PRIMARY)


def has_read_replica() -> bool:
    """Whether anything came from the replica since `may_read_replica`, and nothing was written."""
    return _state.get() == READ


def leave_replica_alone() -> None:
    """It did not answer: neither this request nor another asks it, until it has answered the watch."""
    stay_with_primary()
    _watch().leave_alone()


@contextmanager
def from_primary() -> Iterator[None]:
    """The block begins with the primary, and whatever it chose ends with it."""
    token = _state.set(PRIMARY)
    try:
        yield
    finally:
        _state.reset(token)


# Lists


def for_download() -> str:
    """Which of settings.DATABASES a long read may take: it holds all that was committed before this call.

    Connections of their own, where there are some. Raises Busy where each of them is taken.
    """
    if "replica_downloads" in settings.DATABASES and _watch().is_fit(PATIENCE) and _has_caught_up():
        return "replica_downloads"
    if "downloads" not in settings.DATABASES:
        return "default"
    try:
        connections["downloads"].ensure_connection()
    except OperationalError as error:
        raise Busy from error
    return "downloads"


def _has_caught_up() -> bool:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(WRITTEN)
            written = cursor.fetchone()[0]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with connections["replica_downloads"].cursor() as cursor:
                cursor.execute(REPLAYED)
                replayed = cursor.fetchone()[0]
            if replayed is not None and replayed >= written:
                return True
            time.sleep(0.02)
    except Error:
        connections["replica_downloads"].close()
    return False
