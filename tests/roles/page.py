"""docs/roles.md as rows, and the rows as its table."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.roles.walk import ROLES, Cells

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "roles.md"
BEGINS = "<!-- The tables are compared with the site by tests/roles. WRITE=1 writes them anew. -->\n"
TITLES = {
    "public": "Public pages and the API",
    "accounts": "Accounts",
    "desk": "The desk",
    "admin": "The administration",
    "acts": "What pages hold",
}
ROW = re.compile(r"^\| (`.*?`) \| (.*) \|$")
Table = dict[str, tuple[str, Cells]]


def read() -> Table:
    """Each address of the page's tables with its part and cells."""
    found: Table = {}
    parts = {title: part for part, title in TITLES.items()}
    part = ""
    for line in PAGE.read_text("utf-8").partition(BEGINS)[2].splitlines():
        if line.startswith("## "):
            part = parts[line.removeprefix("## ")]
        elif row := ROW.match(line):
            cells = tuple(row[2].split(" | "))
            found |= dict.fromkeys(re.findall(r"`(.*?)`", row[1]), (part, cells))
    return found


def write(table: Table) -> None:
    """Put the tables on the page; addresses with the same cells share a row."""
    prose = PAGE.read_text("utf-8").partition(BEGINS)[0]
    PAGE.write_text(prose + BEGINS + "".join(_section(part, table) for part in TITLES), "utf-8")


def _section(part: str, table: Table) -> str:
    rows: dict[Cells, list[str]] = defaultdict(list)
    for name, (own, cells) in sorted(table.items()):
        if own == part:
            rows[cells].append(name)
    head = [f"\n## {TITLES[part]}\n", f"| | {' | '.join(ROLES).replace('_', ' ')} |", "| --- |" + " --- |" * len(ROLES)]
    lines = [f"| {', '.join(f'`{name}`' for name in names)} | {' | '.join(cells)} |" for cells, names in rows.items()]
    return "\n".join([*head, *lines]) + "\n"
