"""The Celery application: an alarm clock for the outbox, never its memory."""

import logging
import os
import warnings
from typing import Any

from celery import Celery, Task
from celery.platforms import SecurityWarning

from config import embedded

log = logging.getLogger(__name__)

if embedded.local_mode():  # on a laptop's root account, too, the worker only talks to its own servers
    warnings.filterwarnings("ignore", category=SecurityWarning)


class TimelyTask(Task):
    """Leaves its work to other workers where this machine's clock is wrong: all of it hangs on time."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from signon import clock  # the settings are read by now

        if not self.request.called_directly and not clock.is_right():
            log.error("This machine's clock is not the database's: set it. %s is left to other workers.", self.name)
            return None
        return super().__call__(*args, **kwargs)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("undersigned", task_cls=TimelyTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
