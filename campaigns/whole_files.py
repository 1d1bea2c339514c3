"""Where files are kept: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Any

from django.core.files.storage import FileSystemStorage

_here = threading.local()


class FilesAway(OSError):
    """Where files are kept does not answer at this moment, or refuses."""


class WholeFiles(FileSystemStorage):
    """Django's own, which leaves half a file behind where a disk is full: no row leads to it, and it stays for ever."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        _here.tried = super().get_available_name(name, max_length)
        return str(_here.tried)

    def _save(self, name: str, content: Any) -> str:
        _here.tried = name
        try:
            return str(super()._save(name, content))  # type: ignore[misc]
        except FileExistsError:
            raise
        except OSError:
            # Nobody else's: it is opened only where no file has this name; where one has, another name is tried.
            with contextlib.suppress(OSError):
                os.remove(self.path(_here.tried))
            raise
