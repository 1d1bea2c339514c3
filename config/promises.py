"""Checks of what an installation promises people about their data, so that nothing of it breaks in silence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.core.checks import Error as CheckError
from django.db import DatabaseError, Error, connection

from signon.privacy import erasures_file, hash_key

HOW_TO_MEND_THE_KEY = (
    "Set the earlier CONTACT_HASH_KEY again, then run seal_contacts for what was written meanwhile; "
    "docs/security.md says how it may be changed."
)


@register(Tags.database)
def hash_key_is_right(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Addresses are found: for `manage.py check --database default`, and at every release."""
    try:
        if not databases or "default" not in databases or hash_key.is_right():
            return []
    except DatabaseError:  # not migrated yet
        return []
    return [CheckError(hash_key.WORDS, hint=_how_to_mend_the_key(), id="config.E002")]


def leave_under_another_key() -> None:
    """End this process at its start, with one line, where its CONTACT_HASH_KEY finds no address.

    Where the database cannot be asked it starts: the first address that it would write or look for asks again.
    """
    try:
        if hash_key.is_right():
            return
        words = f"{hash_key.WORDS} {_how_to_mend_the_key()}"
    except Error:
        return
    finally:
        connection.close()
    print(words, file=sys.stderr, flush=True)
    raise SystemExit(2)


def _how_to_mend_the_key() -> str:
    return hash_key.WORDS_BETWEEN if hash_key.is_between() else HOW_TO_MEND_THE_KEY


@register()
def erasures_can_be_written_down(**options: Any) -> list[CheckMessage]:
    """Or a restore would bring back what people had erased."""
    path = Path(settings.ERASURES_FILE)
    # The nearest that there is: what is missing below it is made with the first erasure.
    place = next(each for each in [path, *path.parents] if os.path.exists(each))
    is_fit = place.is_file() if place == path else place.is_dir()
    if is_fit and os.access(place, os.W_OK):
        return _unreadable(path)
    return [
        Warning(
            f"ERASURES_FILE ({path}) cannot be written.",
            hint="Let this process write there, or a restore would bring back what people had erased.",
            id="config.W003",
        )
    ]


def _unreadable(path: Path) -> list[CheckMessage]:
    if not path.is_file():
        return []
    try:
        erasures_file.read(path)
    except erasures_file.Unreadable as error:
        return [Warning(str(error), hint="Mend or remove that line: a restore would refuse it.", id="config.W004")]
    return []
