"""Programs of the system's that tests start or ask."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest


def program(name: str, package: str) -> str:
    """Where it is; the test is skipped without it, and fails on CI, which installs it."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin:/sbin")
    if found:
        return found
    missing = f"{name} is missing: install {package}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
