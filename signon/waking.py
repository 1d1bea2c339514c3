"""Waking the mail worker: cheap, seldom, and never in anybody's way."""

import logging
import threading

from celery import current_app

log = logging.getLogger(__name__)


class Alarm:
    """Wakes the worker, at most once a second, from a thread of its own.

    A request only sets a flag: a broker that refuses, or is frozen and answers nothing, holds up nobody.
    Every error is swallowed; the sweep that beat starts finds what a lost wake-up left.
    """

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def ring(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="mail-alarm", daemon=True)
                self._thread.start()
        self._rung.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._rung.wait()
            self._rung.clear()
            try:
                current_app.send_task("signon.tasks.deliver_due", ignore_result=True, retry=False, expires=60)
            except Exception as error:  # whatever the broker's client raises
                log.warning("The mail worker was not woken (%s); the sweep will find the mail.", type(error).__name__)
            pause.wait(1)


_alarm = Alarm()


def wake() -> None:
    """Tell the worker that something is due. Never blocks, never raises."""
    _alarm.ring()
