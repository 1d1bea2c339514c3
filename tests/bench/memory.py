"""What the product's processes hold while nobody asks them anything: web, one worker with one thread, beat.

In proportion (PSS): what processes share is counted once, in parts. Each has done its work once before.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.stack import running

LIMIT = 400  # MB
PAGES = ["/", "/statements/initial-elements-2016/", "/statements/initial-elements-2016/sign/", "/readyz"]


def measure() -> list[dict[str, Any]]:
    """MB in all, and of each."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), parts=("web", "one_worker", "beat")) as stack:
        for page in PAGES:
            assert stack.get(page).status == 200
        time.sleep(12)  # beat's first round of everything
        held = {name: held_by(process.pid) for name, process in stack.processes.items()}
    rows = [row("memory", sum(held.values()), LIMIT)]
    return rows + [row(f"memory {name}", each, LIMIT) for name, each in sorted(held.items())]


def held_by(pid: int) -> float:
    """MB of a process with its children."""
    process = psutil.Process(pid)
    return sum(each.memory_full_info().pss for each in [process, *process.children(recursive=True)]) / 1e6


def row(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "MB", "limit": limit, "ratio": value / limit}
