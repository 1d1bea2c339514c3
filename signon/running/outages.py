"""What is away, read from an error: the database, files, room on the disk, or a setting that is right.

Whoever asked is told when to come again.
"""

from __future__ import annotations

import enum
import errno

from django.db import Error, InterfaceError, OperationalError

from campaigns.whole_files import FilesAway

# Seconds until it is worth trying again.
COME_AGAIN = 30
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# The server only reads: it is a copy that was not made the first yet (read_only_sql_transaction).
_READ_ONLY = "25006"


class Outage(enum.Enum):
    """What a request or a job could not do without."""

    DATABASE = "database"
    DISK = "disk"
    FILES = "files"
    SETTING = "setting"


class Refusing(Exception):
    """By its settings this process would do it wrongly: it does nothing until they are mended."""


def of(error: BaseException | None) -> Outage | None:
    """What is away, as an error or what led to it says; None where it is a fault of ours.

    Of the database: it cannot be reached, ended the connection, has no connection free, gave up over a lock (also of
    two that waited for each other), or only reads. All of these leave nothing half written.
    """
    for _step in range(20):
        if error is None:
            return None
        if isinstance(error, OperationalError | InterfaceError):
            return Outage.DATABASE
        if isinstance(error, Error) and getattr(error.__cause__, "sqlstate", None) == _READ_ONLY:
            return Outage.DATABASE
        if isinstance(error, Refusing):
            return Outage.SETTING
        if isinstance(error, FilesAway):
            return Outage.FILES
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return Outage.DISK
        error = error.__cause__ or error.__context__
    return None
