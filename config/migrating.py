"""Migrate a database that is in use: nobody waits long for a change of its tables."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import OperationalError, connection

log = logging.getLogger(__name__)

# Whoever asks for a table after a migration that waits for it waits behind it: no longer than this.
LONGEST_WAIT = 2.0  # seconds
PAUSE = 1.0
TRIES = 60
_LOCK_NOT_AVAILABLE = "55P03"


def patiently(change: Callable[[], object], *, tries: int = TRIES) -> None:
    """Make a change that may be begun again, as migrating may; raises what it raised last.

    Where somebody reads a table for long (a list that is fetched), the change gives way, lets everybody pass, and is
    tried again: else all who sign would wait behind it until the reader ends.
    """
    for left in reversed(range(tries)):
        _wait_at_most(LONGEST_WAIT)
        try:
            change()
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
            log.warning("A table is in use; the migration is tried again (%d times at most).", left)
            time.sleep(PAUSE)
        else:
            return
        finally:
            _wait_at_most(0)


def _wait_at_most(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {int(seconds * 1000)}")
