"""The Celery application: an alarm clock for the outbox, never its memory."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

from config import embedded

if embedded.local_mode():  # on a laptop's root account, too, the worker only talks to its own servers
    warnings.filterwarnings("ignore", category=SecurityWarning)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("undersigned")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
