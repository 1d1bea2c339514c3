"""ERASURES_FILE: which addresses were erased when, by keyed digests, outside the database; read after a restore."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from signon.models import Erasure

log = logging.getLogger(__name__)


class Unreadable(Exception):
    """It is no such file; the text is one line that says why."""


def read(path: Path) -> list[tuple[str, datetime]]:
    """Digests and moments as they stand there; raises Unreadable. What broke off and stands whole below is no fault."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise Unreadable(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} could not be read: {type(error).__name__}.") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            moment, digest = line.split()
            at = datetime.fromisoformat(moment)
            if len(digest) != 64 or timezone.is_naive(at):
                raise ValueError
        except ValueError:
            if any(later.startswith(line) for later in lines[number:]):
                continue
            raise Unreadable(f"{path} has a line that is not a moment and a digest: line {number}.") from None
        found.append((digest, at))
    return found


def write_down() -> None:
    """Add the erasures that are not in it yet: a moment and a digest a line.

    Never raises: what was erased is erased, and the next erasure writes what this one could not.
    """
    path = Path(settings.ERASURES_FILE)
    try:
        if new := _missing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # A line that broke off on a full disk stays a line of its own, and is written again whole.
            is_torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
            with path.open("a", encoding="ascii") as file:
                file.write("\n" * is_torn + "".join(f"{line}\n" for line in new))
    except (OSError, UnicodeDecodeError) as error:
        log.error("The erasures could not be written to ERASURES_FILE: %s", type(error).__name__)


def unwritten() -> int:
    """How many erasures do not stand in it: a restore would bring back what these people had erased."""
    try:
        return len(_missing(Path(settings.ERASURES_FILE)))
    except (OSError, UnicodeDecodeError):
        return Erasure.objects.count()


def _missing(path: Path) -> list[str]:
    written = set(path.read_text(encoding="ascii").splitlines()) if path.exists() else set()
    known = Erasure.objects.order_by("at").values_list("at", "digest")
    return [line for at, digest in known if (line := f"{at.isoformat()} {digest}") not in written]
