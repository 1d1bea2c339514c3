"""The Celery application: an alarm clock for the outbox, never its memory."""

import logging
import os
import time
import warnings
from typing import Any

import structlog
from celery import Celery, Task
from celery.platforms import SecurityWarning
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_init

from config import embedded, ticking  # noqa: F401  # it listens

log = logging.getLogger(__name__)

if embedded.local_mode():  # on a laptop's root account, too, the worker only talks to its own servers
    warnings.filterwarnings("ignore", category=SecurityWarning)


class TimelyTask(Task):
    """Leaves its work to other workers where this machine's clock is wrong: all of it hangs on time.

    And where its key finds no address, so that nobody who wants no mail is mailed.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from signon.privacy import hash_key  # the settings are read by now
        from signon.running import clock

        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        if not hash_key.is_right():
            log.error("%s %s is left to other workers.", hash_key.WORDS, self.name)
            return None
        if not clock.is_right():
            log.error("This machine's clock is not the database's: set it. %s is left to other workers.", self.name)
            return None
        return super().__call__(*args, **kwargs)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("undersigned", task_cls=TimelyTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _leave_under_another_key(**rest: Any) -> None:
    from config import promises  # the settings are read by now

    promises.leave_under_another_key()


HEADER = "undersigned_request_id"


@before_task_publish.connect
def _send_request_id(headers: dict[str, Any] | None = None, **rest: Any) -> None:
    name = structlog.contextvars.get_contextvars().get("request_id")
    if name and headers is not None:
        headers[HEADER] = name


@task_prerun.connect
def _begin(task: Any = None, task_id: str = "", **rest: Any) -> None:
    structlog.contextvars.clear_contextvars()
    bound = {"task": getattr(task, "name", ""), "task_id": task_id}
    name = getattr(task.request, HEADER, None) if task else None
    structlog.contextvars.bind_contextvars(**bound, **({"request_id": name} if name else {}))


@task_postrun.connect
def _end(task: Any = None, **rest: Any) -> None:
    from signon.running import tallies

    structlog.contextvars.clear_contextvars()
    route = getattr(task.request, "delivery_info", None) or {} if task else {}
    tallies.note("worker", str(route.get("routing_key") or "none"), moment=time.time())
