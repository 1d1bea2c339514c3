"""What all processes have counted together, for whoever watches the product; kept in Redis, never in anybody's way.

Web processes, workers and beat may run on many machines, and any of them may be asked (config.metrics). Each counts
for itself and hands its numbers on every few seconds from a thread of its own: without Redis they wait. Where Redis
was emptied counting begins anew, as Prometheus expects of counters. No name and no address is ever a label.
"""

from __future__ import annotations

import atexit
import json
import threading
from collections.abc import Callable
from functools import cache
from multiprocessing.util import Finalize
from typing import Any

from django.conf import settings
from django.db import transaction

from signon.running import redis_server

KEY, EVERY = "undersigned:tallies", 3.0
# More labels than this in one process are a mistake; they are dropped rather than kept for ever.
MOST = 20_000


class Tallies:
    """The numbers of one process on their way to those of all."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._counted: dict[str, float] = {}
        self._moments: dict[str, float] = {}
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def add(self, name: str, *labels: str, by: float = 1) -> None:
        """Count; never blocks or raises."""
        with self._lock:
            key = json.dumps([name, *labels])
            if key in self._counted or len(self._counted) < MOST:
                self._counted[key] = self._counted.get(key, 0) + by
        self._begin()

    def note(self, name: str, *labels: str, moment: float) -> None:
        """Remember a moment (seconds since 1970); the last one stands."""
        with self._lock:
            self._moments[json.dumps([name, *labels])] = moment
        self._begin()

    def hand_on(self) -> bool:
        """Add this process' numbers to those of all; False where Redis did not take them, and they are kept."""
        with self._lock:
            counted, moments = self._counted, self._moments
            self._counted, self._moments = {}, {}
        if not counted and not moments:
            return True
        try:
            with self._connect().pipeline() as pipeline:
                for key, number in counted.items():
                    pipeline.hincrbyfloat(KEY, key, number)
                if moments:
                    pipeline.hset(KEY, mapping=moments)
                pipeline.execute()
        except Exception:  # whatever the client raises
            with self._lock:
                for key, number in counted.items():
                    self._counted[key] = self._counted.get(key, 0) + number
                self._moments = moments | self._moments
            return False
        return True

    def read(self) -> dict[tuple[str, ...], float]:
        """What all have counted, by name and labels; raises what Redis' client raises."""
        self.hand_on()
        return {tuple(json.loads(key)): float(value) for key, value in self._connect().hgetall(KEY).items()}

    def _begin(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="tallies", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            self.hand_on()


@cache
def _client() -> Any:
    # A second is long enough; nothing is tried again, for the next round comes anyway.
    address = str(settings.CACHES["redis"]["LOCATION"])
    return redis_server.client(address, socket_timeout=1, socket_connect_timeout=1, retry=None)


def moved(name: str, *labels: str, number: int) -> int:
    """Count rows that this transaction moved, once it has committed; returns their number as it was given."""
    if number:
        transaction.on_commit(lambda: ours.add(name, *labels, by=number))
    return number


ours = Tallies(_client)
add, note, hand_on, read = ours.add, ours.note, ours.hand_on, ours.read
# A process that multiprocessing made, as the web server's are, ends without what stands in atexit.
atexit.register(hand_on)
Finalize(None, hand_on, exitpriority=0)
