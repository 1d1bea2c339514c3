"""What the database takes for every list, queue and search of the largest statement: its milliseconds, and its pages.

The slowest query string of each stands in the table. A page of the database has 8 kB; it is looked at in memory or on
the disk. What is large is counted first, as a worker does each minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.db import connection
from django.test import Client

from campaigns.models import Statement
from signon.figures import large
from signon.models import Organization, SignOn, User
from signon.privacy import held
from tests.bench.at_size import SIZES
from tests.bench.volume import statement_with
from tests.plans import costs_of

LONGEST, MOST_BUFFERS = 100, 10_000
# Of so many the fastest counts: others compute on the same machine.
RUNS = 3
WORDS = ["?q=womens", "?q=womens+peace", "?q=9999", "?q=xyzzy", "?q=womens+xyzzy", "?q=نساء"]


def measure() -> list[dict[str, Any]]:
    """Needs a database that is set up; takes the statement that at_size left, or makes it."""
    if not SIZES[-1]:
        return []
    statement = statement_with(SIZES[-1])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum keeps the tables
    large.renew()
    staff = User.objects.get_or_create(email="bench@example.org", defaults={"is_staff": True, "is_superuser": True})[0]
    client = Client()
    client.force_login(staff)
    rows = []
    for name, paths in [*public(statement), *at_the_desk(statement), *in_the_administration(statement)]:
        rows += told(name, [lambda path=path: client.get(path) for path in paths])  # type: ignore[misc]
    address = statement.sign_ons.order_by("pk")[SIZES[-1] // 2].email
    return rows + told("what is held of an address", [lambda: [list(each.rows(address)) for each in held.REGISTER]])


def told(name: str, acts: list[Callable[[], Any]]) -> list[dict[str, Any]]:
    """Two rows: the slowest of these acts, and the one that looks at the most pages."""
    taken, looked_at = [], []
    for act in acts:
        act()
        runs = [costs_of(act) for _ in range(RUNS)]
        taken.append(min(sum(cost.milliseconds for cost in costs) for costs in runs))
        looked_at.append(min(sum(cost.buffers for cost in costs) for costs in runs))
    return [
        row(f"lists {name} {SIZES[-1]}", max(taken), "ms", LONGEST),
        row(f"lists {name}, buffers {SIZES[-1]}", max(looked_at), "pages", MOST_BUFFERS),
    ]


def row(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": value / limit}


def public(statement: Statement) -> Iterator[tuple[str, list[str]]]:
    page, slug = statement.get_absolute_url(), statement.slug
    deep = deep_in(statement)
    ways = [
        "",
        f"?after={deep.pk}",
        f"?before={deep.pk}",
        "?letter=M",
        "?letter=α",
        "?country=IN",
        "?country=KE&letter=W",
    ]
    yield "signatories", [f"{page}signatories/{way}" for way in [*ways, "?scope=regional", "?type=faith"]]
    yield "signatories, search", [f"{page}signatories/{way}" for way in [*WORDS, "?q=femmes&country=UA"]]
    edge = Organization.objects.get(pk=deep.organization_id).slug
    ways = ["", f"?after={edge}", f"?before={edge}", "?country=UA", "?country=regional", "?type=faith"]
    yield "directory", [f"/organizations/{way}" for way in [*ways, "?country=UA&type=union", f"{edge}/"]]
    yield "directory, search", [f"/organizations/{way}" for way in [*WORDS, "?q=peace&country=UA&type=union"]]
    yield "search of everything", ["/search/?q=womens", "/search/?q=womens+peace", "/search/?q=wommens"]
    yield "numbers, versions, pictures", [f"{page}{way}" for way in ("numbers/", "revisions/", "numbers/time.png")]
    yield "sitemap and feeds", ["/sitemap.xml", "/feeds/statements.atom", "/statements/", "/"]
    api = f"/api/v1/statements/{slug}"
    yield "API", [api, f"{api}/counts", f"{api}/signatories", f"{api}/signatories?q=womens+peace"]


def at_the_desk(statement: Statement) -> Iterator[tuple[str, list[str]]]:
    parts = ["", "?part=asked", "?part=proposed", "?part=returned", "?part=held", "?part=withdrawn"]
    queue = [*parts, "?country=IN", f"?statement={statement.pk}", "?evidence=first_time", "?mine=1"]
    yield "desk queue", [f"/desk/sign-ons/{way}" for way in queue]
    decided = ["", "&country=UA", f"&statement={statement.pk}", "&mine=1", f"&after={deep_in(statement).pk}"]
    yield "desk, decided", [f"/desk/sign-ons/?part=decided{way}" for way in decided]
    yield "a case", [f"/desk/sign-ons/{deep_in(statement).pk}/"]
    yield "desk, a statement", [f"/desk/statements/{statement.slug}/{way}" for way in ("", "letters/", "delivery/")]
    yield "desk, organizations", [f"/desk/organizations/{way}" for way in ["", *WORDS]]


def in_the_administration(statement: Statement) -> Iterator[tuple[str, list[str]]]:
    states = [f"?state__exact={state}" for state in SignOn.State.values]
    ways = [*states, "?country=UA", "?age=7", "?signer__exact=individual", "?o=-7", "?p=150"]
    yield "administration, sign-ons", [f"/admin/signon/signon/{way}" for way in ["", *ways]]
    addresses = ["?q=asha", "?q=organization5.example", "?q=asha@organization5.example"]
    yield "administration, sign-ons, search", [f"/admin/signon/signon/{way}" for way in [*WORDS, *addresses]]
    ways = ["", "?scope__exact=regional", "?organization_type__exact=faith", *WORDS]
    yield "administration, organizations", [f"/admin/signon/organization/{way}" for way in ways]
    ways = ["", "?act__exact=accepted", "?act__exact=imported", f"?q={deep_in(statement).pk}", *WORDS]
    yield "administration, ledger", [f"/admin/signon/ledgerentry/{way}" for way in ways]
    others = ("message", "registration", "export", "suppression", "user", "seat")
    yield "administration, other lists", [f"/admin/signon/{name}/{way}" for name in others for way in ("", "?q=womens")]


@cache
def deep_in(statement: Statement) -> SignOn:
    """An organization eight tenths down the list."""
    own = SignOn.objects.named().filter(statement=statement, listing="name", signer="organization")
    return own.order_by("convener_place", "listing", "sort_key", "pk")[SIZES[-1] * 8 // 10]
