"""How long a list of 20,000 rows takes to be looked at among 100,000 organizations, and to come in.

The list is what lists are: one row in five is in the directory, some with a slip, a few twice. Looking at it has a
limit in seconds; the one transaction that inserts is set beside a plain COPY of as many sign-ons.
"""

from __future__ import annotations

import csv
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from campaigns.models import Campaign, Revision, RevisionText, Statement
from signon import importing, planning
from signon.models import Organization, User
from tests.bench.match import made_up, store

MANY, DIRECTORY, SECONDS = 20_000, 100_000, 30
# The transaction may take so many times what COPY takes for the sign-ons alone, with all that goes with them.
TIMES_COPY = 15
# What looking at more rows may add to the process, in MB for each 10,000.
MEMORY = 100


def measure() -> list[dict[str, Any]]:
    """Needs a database that is set up; leaves nothing."""
    with transaction.atomic():
        directory = made_up(DIRECTORY)
        store(directory)
        statement, by = a_statement(), User.objects.command_line()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list.csv"
            write(path, directory)
            before = peak()
            start = time.perf_counter()
            plan = planning.plan(statement, path)
            seen = time.perf_counter() - start
            grown = peak() - before
        chosen = importing.keep(plan, by=by, source="Bench")
        clock: dict[str, float] = {}
        start = time.perf_counter()
        importing.carry_out(
            chosen, by=by, progress=lambda done, total: clock.__setitem__("composed", time.perf_counter())
        )
        inserting = time.perf_counter() - clock["composed"]
        copied = copy(plan.number_of("new"))
        transaction.set_rollback(True)
    limit = TIMES_COPY * copied
    return [
        row(f"import preview {MANY}", seen, "s", SECONDS),
        row(f"import memory {MANY}", grown, "MB", MEMORY * MANY / 10_000),
        row(f"import transaction {MANY}", inserting, "s", limit),
    ]


def row(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": value / limit}


def a_statement() -> Statement:
    """One with a text."""
    campaign = Campaign.objects.create(slug="bench-import", title="Bench")
    statement = Statement.objects.create(campaign=campaign, slug="bench-import", state="open", addressee="All")
    revision = Revision.objects.create(statement=statement, number=1, original_language="en")
    RevisionText(revision=revision, language="en").write(title="Bread and roses", body="1. Bread.\n", lead="")
    return statement


def write(path: Path, directory: list[Organization]) -> None:
    """The list: a fifth known, some of them with a slip, a twentieth twice, the rest made up."""
    chance = random.Random(5)
    others = iter(made_up(MANY + DIRECTORY)[DIRECTORY:])
    rows: list[tuple[str, str, str]] = []
    while len(rows) < MANY:
        die = chance.random()
        if die < 0.2:
            known = chance.choice(directory)
            rows.append((slip(known.name, chance) if die < 0.1 else known.name, known.country, known.website))
        elif die < 0.25 and rows:
            rows.append(chance.choice(rows))
        else:
            made = next(others)
            rows.append((made.name, made.country, ""))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("Organization", "Country", "Website"), *rows])


def slip(name: str, chance: random.Random) -> str:
    """A name with two neighbors swapped."""
    at = chance.randrange(1, max(2, len(name) - 2))
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


def copy(count: int) -> float:
    """Seconds that COPY takes for as many sign-ons, into a table of the same columns and indexes."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (LIKE signon_signon INCLUDING ALL)")
        cursor.execute("SELECT * FROM signon_signon WHERE source = 'import' LIMIT %s", [count])
        found = cursor.fetchall()
        start = time.perf_counter()
        with cursor.copy("COPY copied FROM STDIN") as into:
            for each in found:
                into.write_row(each)
        taken = time.perf_counter() - start
        cursor.execute("DROP TABLE copied")
    return taken


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
