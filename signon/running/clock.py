"""Whether this machine's clock says what the database's does.

All processes share the database, so its clock is the common one. A worker whose own is far off would end what has time
left, forget what is to be kept, and send again what another worker has in its hands.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

# A lease of the outbox lasts a minute; machines with a time service are a fraction of a second apart.
MOST_APART = timedelta(seconds=20)


def apart() -> timedelta:
    """How far this machine's clock is before the database's; less than zero where it is behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    return datetime.now(UTC) - there


def is_right() -> bool:
    """Whether it is near enough for what hangs on time."""
    return abs(apart()) <= MOST_APART
