"""Eight clients at once, as wrk makes them: they ask again as soon as they are answered."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.find_wrk import executable

CLIENTS = 8
LUA = Path(__file__).resolve().parent / "lua"


@dataclass(frozen=True)
class Load:
    """What became of a load; times in milliseconds. `refused` are answers of 400 and more."""

    requests: int
    seconds: float
    broken: int
    refused: int
    p50: float
    p99: float
    bytes: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def load(url: str, script: str, seconds: float, *, clients: int = CLIENTS, faults: int = 0, **environment: str) -> Load:
    """Ask for a URL as a script in lua/ says; fails where more than `faults` were not answered as they should be."""
    return finished(begin(url, script, seconds, clients=clients, **environment), faults)


def begin(
    url: str, script: str, seconds: float, *, clients: int = CLIENTS, **environment: str
) -> subprocess.Popen[str]:
    """The same, not waited for."""
    command = [executable(), "--threads", "1", "--connections", str(clients), "--duration", f"{seconds:.0f}s"]
    command += ["--timeout", "20s", "--script", str(LUA / f"{script}.lua"), url]
    around = os.environ | {"LUA_FOLDER": str(LUA)} | environment
    return subprocess.Popen(command, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str], faults: int = 0) -> Load:
    """What became of it, once it is over."""
    told, wrong = process.communicate(timeout=600)
    found = re.search(r"^JSON (.*)$", told, re.MULTILINE)
    assert process.returncode == 0, wrong or told
    assert found, told
    done = Load(**json.loads(found[1]))
    assert done.broken + done.refused <= faults, done
    return done
