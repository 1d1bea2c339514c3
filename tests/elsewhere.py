"""Other people's transactions, on connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections, transaction

from tests.stack import wait_for


class Elsewhere(threading.Thread):
    """Runs an act in a transaction of its own connection, which stays open until `finish`."""

    def __init__(self, act):
        super().__init__()
        self.act, self.done, self.finish, self.error = act, threading.Event(), threading.Event(), None

    def run(self):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '3s'")
                self.act()
                self.done.set()
                self.finish.wait(30)
        except Exception as error:
            self.error = error
        finally:
            self.done.set()
            connections.close_all()

    def __enter__(self):
        self.start()
        assert self.done.wait(30)
        return self

    def __exit__(self, *error):
        self.finish.set()
        self.join(30)
        assert self.error is None


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment, each on a connection of its own; what each returned, or the error it raised."""
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(30)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def somebody_waits() -> bool:
    """Whether a transaction stands before a lock at this moment, in the database of this test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees what it saw of it first
        cursor.execute("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return cursor.rowcount > 0


def wait_until_somebody_waits() -> None:
    wait_for(somebody_waits, 30, "somebody waits for a lock")
