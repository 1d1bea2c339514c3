"""Waking the workers: cheap, seldom, and never in anybody's way."""

import logging
import threading
from contextvars import copy_context

from celery import current_app

log = logging.getLogger(__name__)


class Alarm:
    """Wakes one kind of work, at most once a second, from a thread of its own.

    A request only sets a flag: a broker that refuses, or is frozen and answers nothing, holds up nobody.
    Every error is swallowed; the sweep that beat starts finds what a lost wake-up left.
    """

    def __init__(self, task: str, queue: str) -> None:
        self._task, self._queue = task, queue
        self._rung = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._context = copy_context()

    def ring(self) -> None:
        self._context = copy_context()  # with the request's id, which the task's log lines will have
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=f"alarm-{self._queue}", daemon=True)
                self._thread.start()
        self._rung.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._rung.wait()
            self._rung.clear()
            try:
                options = {"queue": self._queue, "ignore_result": True, "retry": False, "expires": 60}
                self._context.run(current_app.send_task, self._task, **options)
            except Exception as error:  # whatever the broker's client raises
                log.warning("No worker was woken (%s); the sweep will find the work.", type(error).__name__)
            pause.wait(1)


# What is woken, and the queue of the workers that do it: one of them takes transactional mail only.
_ALARMS = {
    "transactional": Alarm("signon.tasks.deliver_due", "mail"),
    "bulk": Alarm("signon.tasks.deliver_bulk", "bulk"),
    "evidence": Alarm("signon.tasks.gather_evidence", "desk"),
    "mailings": Alarm("signon.tasks.compose_mailings", "bulk"),
    "announcements": Alarm("signon.tasks.announce_due", "lists"),
    "holds": Alarm("signon.tasks.let_go", "desk"),
    "jobs": Alarm("signon.tasks.do_next_job", "lists"),
}


def wake(work: str = "transactional") -> None:
    """Tell the workers that something is due: a lane of mail or other work named above. Never blocks or raises."""
    _ALARMS[work].ring()
