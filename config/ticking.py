"""Whenever beat starts something it has ticked: metrics tell since when it has not."""

import time
from typing import Any

from celery.signals import after_task_publish, beat_init


@beat_init.connect
def _is_beat(**rest: Any) -> None:
    """In beat's process alone."""
    after_task_publish.connect(_tick, weak=False)


def _tick(**rest: Any) -> None:
    from signon.running import tallies  # it asks for settings, which are read by now

    tallies.note("beat", moment=time.time())
