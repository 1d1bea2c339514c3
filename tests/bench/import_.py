"""How long a list takes to be looked at among the organizations of a directory, and to come in.

The list is what lists are: one row in five is in the directory, some with a slip, a few twice. Looking at it has a
limit in seconds; the one transaction that inserts is set beside a bulk insert of the same sign-ons alone.
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
from signon import importing
from signon.imports import planning
from signon.models import Import, Organization, SignOn, User
from tests.bench.match import made_up, store
from tests.bench.whole import FULL

# 20,000 rows among 100,000 may take 30 seconds.
MANY, DIRECTORY, SECONDS = (20_000, 100_000, 30) if FULL else (4_000, 20_000, 6)
# The transaction, with all that goes with the sign-ons, may take so many times what inserting them alone takes.
TIMES = 6
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
        composed = importing.Composed.of(chosen, statement.text(), by, lambda done, total: None)
        check()  # what stands there is checked already
        start = time.perf_counter()
        importing._insert(chosen, composed, by)
        check()
        inserting = time.perf_counter() - start
        alone = raw(chosen)
        transaction.set_rollback(True)
    limit = TIMES * alone
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


def raw(chosen: Import) -> float:
    """Seconds that inserting the same sign-ons takes: no directory, ledger, marks or counts."""
    sign_ons = list(chosen.sign_ons.all())
    with transaction.atomic():
        for each in sign_ons:
            each.pk, each.state, each.organization_id = None, SignOn.State.WITHDRAWN, None
            each.ended_at = each.decided_at
        start = time.perf_counter()
        SignOn.objects.bulk_create(sign_ons, batch_size=2000)
        check()
        taken = time.perf_counter() - start
        transaction.set_rollback(True)
    return taken


def check() -> None:
    """What the commit would check, which is never reached here."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
