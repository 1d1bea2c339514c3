"""What strangers wait for, to sign, confirm, read and find, as a list grows: 0, 1,000, 100,000 and 1,000,000 names.

Rates are of eight clients, and stand beside the bare application's (bare.py), which is measured in turn with them in
the same seconds. Searches and pages of the list are what PostgreSQL says they take.
"""

from __future__ import annotations

import os
import secrets
import statistics
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.models import Statement
from signon import tokens
from signon.models import Message, SignOn
from tests.bench import web
from tests.bench.bare_app.models import Line
from tests.bench.load import load
from tests.bench.volume import statement_with
from tests.bench.whole import FULL
from tests.plans import costs_of

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", f"0,1000,100000{',1000000' * FULL}").split(",")]
SECONDS, ROUNDS = 2, 2
# Each of the two applications gets as many processes as the machine has cores.
CORES = 2
# The list's pages and searches, in the database: milliseconds.
LONGEST = 100
PAGES = ["", "?letter=M", "?letter=α", "?country=KE&letter=W", "?scope=regional", "?type=faith", "?type=individual"]
SEARCHES = ["?q=womens", "?q=womens+peace", "?q=femmes&country=UA", "?q=999", "?q=xyzzy", "?q=نساء"]


def measure() -> list[dict[str, Any]]:
    """Needs a database that is set up; leaves the statement with the last of SIZES, for what comes after."""
    with connection.schema_editor() as editor:
        editor.create_model(Line)
    rows: list[dict[str, Any]] = []
    both = web.granian(web.BARE, workers=CORES), web.granian(workers=CORES, KEEP_PAGES="1")
    with both[0] as (bare, _), both[1] as (ours, _):
        sites = (f"http://localhost:{bare}", f"http://localhost:{ours}")
        for size in SIZES:
            rows += at(size, statement_with(size), *sites)
    Message.objects.all().delete()
    return [*rows, *beside_the_first([each for each in rows if each["name"].startswith("sign ")])]


def at(size: int, statement: Statement, bare: str, ours: str) -> Iterator[dict[str, Any]]:
    """All measures at one size."""
    page = f"{ours}{statement.get_absolute_url()}"

    def signing() -> float:
        return load(f"{page}sign/", "sign", SECONDS, SIGN_RUN=secrets.token_hex(4)).rate

    def inserting() -> float:
        return load(f"{bare}/insert/", "sign", SECONDS, SIGN_RUN="bare").rate

    before = SignOn.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    load(f"{page}sign/", "sign", 1, SIGN_RUN=secrets.token_hex(4))  # warm
    sign, insert = by_turns(signing, inserting)
    yield row(f"sign {size}", sign, "/s", insert)
    yield row(f"confirm {size}", confirming(ours, before), "/s", insert)
    load(page, "read", 1)
    read, constant = by_turns(
        lambda: load(page, "read", SECONDS).rate, lambda: load(f"{bare}/constant/", "read", SECONDS).rate
    )
    yield row(f"page {size}", read, "/s", constant)
    path = f"{statement.get_absolute_url()}signatories/"
    yield row(f"page list {size}", slowest(path, PAGES), "ms", LONGEST)
    yield row(f"page search {size}", slowest(path, SEARCHES), "ms", LONGEST)


def by_turns(one: Any, other: Any) -> tuple[float, float]:
    """The medians of two measures, each beside the other."""
    found = [(one(), other()) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in found), statistics.median(b for _, b in found)


def confirming(ours: str, after: int) -> float:
    """Presses of the button below links that were mailed, each once."""
    Message.objects.filter(sign_on__pk__gt=after).update(state=Message.State.SENT, sent_at=timezone.now())
    signed = list(SignOn.objects.filter(pk__gt=after, state="unconfirmed").only("pk", "link_key").order_by("pk"))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(f"/sign-ons/confirm/{tokens.make(each, tokens.CONFIRM)}/\n" for each in signed)
        file.flush()
        with urlopen(f"{ours}/sign-ons/confirm/{tokens.make(signed[0], tokens.CONFIRM)}/") as warm:
            assert warm.status == 200
        # A second alone: what was signed in five is confirmed in less.
        return load(ours, "confirm", 1, CONFIRM_PATHS=file.name).rate


def slowest(path: str, queries: list[str]) -> float:
    """Of some pages, what the database takes for the one that takes longest: milliseconds."""
    client = Client()
    taken = []
    for query in queries:
        client.get(path + query)
        taken.append(sum(cost.milliseconds for cost in costs_of(lambda query=query: client.get(path + query))))  # type: ignore[misc]
    return max(taken)


def beside_the_first(signing: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What signing keeps of its rate as the list grows: each ratio beside the smallest list's; 0.9 is asked for."""
    for later in signing[1:]:
        name = later["name"].replace("sign ", "sign kept ")
        yield row(name, later["ratio"] / signing[0]["ratio"], "of the first", 0.9)


def row(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": value / limit}
