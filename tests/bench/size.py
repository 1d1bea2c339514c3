"""What sign-ons take on the database's disk: tables and indexes, before and after so many.

The limit beside each is 5 KiB a sign-on, with which docs/scaling.md reckons.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

from campaigns.models import Revision, RevisionText, Statement
from signon import volume
from signon.models import User
from tests.bench.whole import FULL

SIZES = [10_000, *([100_000, 1_000_000] if FULL else [])]
RECKONED = 5120  # bytes a sign-on
# Below this share of a total a table is not told.
LEAST = 0.02
TAKEN = """
SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
 WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


def measure() -> list[dict[str, Any]]:
    """Bytes a sign-on of each size, in all and of each table that matters, and how many a second are loaded."""
    rows: list[dict[str, Any]] = []
    for size in SIZES:
        before = taken()
        began = time.monotonic()
        load(size)
        seconds = time.monotonic() - began
        grown = {name: (table - before[name][0], index - before[name][1]) for name, (table, index) in taken().items()}
        total = sum(table + index for table, index in grown.values())
        rows.append(row(f"sign size {size}", total / size, "bytes"))
        for name, (table, index) in sorted(grown.items()):
            if table + index > LEAST * total:
                rows.append(row(f"sign size {name} {size}", table / size, "bytes"))
                rows.append(row(f"sign size {name} indexes {size}", index / size, "bytes"))
        rows.append({"name": f"sign load {size}", "value": size / seconds, "unit": "rows/s", "limit": 1, "ratio": 1})
    return rows


def row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": RECKONED, "ratio": value / RECKONED}


def load(size: int) -> None:
    """A statement with so many signatories, and the tables in order afterwards."""
    statement = Statement.objects.create(slug=f"bench-size-{size}", state="open", addressee="The General Assembly")
    revision = Revision.objects.create(statement=statement, number=1, original_language="en")
    RevisionText(revision=revision, language="en").write(title="Bread and roses for all", body="1. Bread.\n", lead="")
    for _done in volume.load(statement, size, by=User.objects.command_line()):
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def taken() -> dict[str, tuple[int, int]]:
    """What each table takes, and its indexes."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN)
        return {name: (table, index) for name, table, index in cursor.fetchall()}
