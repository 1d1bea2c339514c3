"""What queries cost, as PostgreSQL says: rows that were read, and pages of the database that were looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Cost:
    """Of one query: `rows` read from tables and indexes, kept or thrown away; `buffers` of 8 kB; milliseconds."""

    sql: str
    rows: int
    buffers: int
    milliseconds: float


def costs_of(act: Callable[[], Any]) -> list[Cost]:
    """Do something, then ask what each SELECT of it costs (EXPLAIN ANALYZE); they are run once more."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and not many:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return [cost_of(sql, params) for sql, params in asked]


def cost_of(sql: str, params: Any = None) -> Cost:
    """What one query costs."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        (told,) = cursor.fetchone()
    told = json.loads(told) if isinstance(told, str) else told
    top = told[0]["Plan"]
    rows = sum(_read(node) for node in _nodes(top))
    return Cost(sql, rows, top["Shared Hit Blocks"] + top["Shared Read Blocks"], told[0]["Execution Time"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def _read(node: dict[str, Any]) -> int:
    """Rows that a scan found, with those that a filter or a look at the row threw away."""
    if "Scan" not in node["Node Type"]:
        return 0
    thrown = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return round(node["Actual Loops"] * (node["Actual Rows"] + sum(node.get(name, 0) for name in thrown)))
