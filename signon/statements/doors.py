"""What a personal link must say, so that one signs by it where the statement is not open (`signing.sign`)."""

from __future__ import annotations

from typing import Protocol


class Door(Protocol):
    """A personal link's row: a convener, somebody who may sign late."""

    @property
    def is_open(self) -> bool:
        """Whether a POST under the link signs at this moment."""
