"""Celery's beat by itself: it sends tasks by their names, and holds neither models nor what the tasks do.

`celery -A config.beat beat` takes a third of the memory of `celery -A config beat`, which does the same.
"""

import importlib
import os

from celery import Celery

from config import ticking  # noqa: F401  # it listens

# Not by Django's settings object: Celery would set Django up, and import every task.
_settings = importlib.import_module(os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"))
app = Celery("undersigned", fixups=[])
app.config_from_object(_settings, namespace="CELERY")
