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
        if not many:
            asked.extend(each for each in _apart(sql, params) if each[0].startswith("SELECT"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return [cost_of(sql, params) for sql, params in asked]


def _apart(sql: str, params: Any) -> Iterator[tuple[str, Any]]:
    """The queries of one round trip (signon/models/one_trip.py), each with its own parameters."""
    begun = 0
    for text in sql.split(";\n"):
        end = begun + text.count("%s")
        yield text.strip(), params[begun:end] if isinstance(params, (list, tuple)) else params
        begun = end


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
