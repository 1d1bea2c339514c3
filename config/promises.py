"""Checks of what an installation promises people about their data, so that nothing of it breaks in silence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from signon.privacy import erasures_file, hash_key


@register(Tags.database)
def hash_key_is_right(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Addresses are found: for `manage.py check --database default`, and at every release."""
    try:
        if not databases or "default" not in databases or hash_key.is_right():
            return []
    except DatabaseError:  # not migrated yet
        return []
    return [
        Error(
            hash_key.WORDS,
            hint=(
                "Set the earlier CONTACT_HASH_KEY again, then run seal_contacts for what was written meanwhile; "
                "docs/security.md says how it may be changed."
            ),
            id="config.E002",
        )
    ]


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
