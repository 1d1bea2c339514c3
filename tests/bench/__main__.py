"""`make bench`: run every measurement in this folder; print a table and write var/bench.json.

A measurement is a module with `measure()`, which returns rows of name, value, unit, limit and ratio (value / limit). It
finds an empty, migrated database. Names of measurements after the command choose some of them.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from keyword import iskeyword
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from tests import bench
from tests.bench import web
from tests.servers import own_servers

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# In this order: the first ones want a small directory; those after at_size have the million that it has loaded.
MEASUREMENTS = ("match", "import", "letter", "mail", "memory", "burst", "at_size", "lists", "export", "size")
FIGURES = CHECKOUT / "var" / "bench.json"


def main(chosen: list[str]) -> int:
    """Measure, print, write; 2 where a name is none of a measurement."""
    names = list(MEASUREMENTS)
    if unknown := sorted(set(chosen) - set(names)):
        print(f"No measurement is called {', '.join(unknown)}.", file=sys.stderr)
        return 2
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with own_servers():
        django.setup()
        call_command("migrate", verbosity=0)
        rows: list[dict[str, Any]] = []
        for name in chosen or names:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            began = time.monotonic()
            found = importlib.import_module(f"{bench.__name__}.{name}{'_' * iskeyword(name)}").measure()
            print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            write(found)
            rows += found
    print(table(rows))
    print(f"Raised for the bench: {', '.join(f'{name}={value}' for name, value in web.RAISED.items())}.")
    return 0


def write(rows: list[dict[str, Any]]) -> None:
    """A measurement's figures, beside those of the others in the file: a run that breaks off keeps what it has."""
    FIGURES.parent.mkdir(exist_ok=True)
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else []
    new, of = {row["name"] for row in rows}, commit()
    merged = [row for row in kept if row["name"] not in new] + [row | {"commit": of} for row in rows]
    FIGURES.write_text(json.dumps(sorted(merged, key=lambda row: row["name"]), indent=2) + "\n")


def commit() -> str:
    """Of which commit these figures are, with a "+" where something was changed since; "" outside a repository."""
    told = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=CHECKOUT, capture_output=True, text=True)
    return told.stdout.strip()


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for reading."""
    lines = [("name", "value", "limit", "unit", "ratio")]
    lines += [
        (row["name"], f"{row['value']:.1f}", f"{row['limit']:.1f}", row["unit"], f"{row['ratio']:.2f}") for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in (1, 2, 4) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
