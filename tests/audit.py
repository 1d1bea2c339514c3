"""Does a library that is locked have a known fault? `make audit`, or `python -m tests.audit`.

Asks the index's advisories (pip-audit) about what requirements.txt pins, and exits with 1 if there is one. Where no
advisory source is reachable it says so, and passes: a check on a train must not fail for the train.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
COMMAND = ["-m", "pip_audit", "-r", "requirements.txt", "--require-hashes", "--disable-pip", "--format", "json"]
SECONDS = 240


def asked() -> list[dict[str, Any]]:
    """Every pinned package with its "vulns", or with "skip_reason" where it could not be asked about."""
    done = subprocess.run(
        [sys.executable, *COMMAND, "--timeout", "5"], cwd=CHECKOUT, capture_output=True, text=True, timeout=SECONDS
    )
    return json.loads(done.stdout)["dependencies"] if done.stdout.startswith("{") else []


def told(packages: list[dict[str, Any]]) -> tuple[list[str], str]:
    """Known faults, a line each, and what could not be asked, "" if nothing."""
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in packages
        for fault in each.get("vulns", [])
    ]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    if len(skipped) == len(packages):
        return faults, "No advisory source is reachable: the locked packages were not looked up."
    return faults, f"Not found among the advisories: {', '.join(skipped)}." if skipped else ""


def main() -> int:
    """Print what was found; 1 if a package has a known fault."""
    try:
        packages = asked()
    except subprocess.TimeoutExpired:
        packages = []
    faults, note = told(packages)
    print("\n".join([*faults, *filter(None, [note])]) or f"{len(packages)} packages, no known fault.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
