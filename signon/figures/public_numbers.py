"""A statement's numbers as strangers may read them: of signatories alone, and no type or place of one whose name is
kept back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.figures import kept
from signon.geography import countries, regions
from signon.models import Counter, Organization, SignOn
from signon.models.counter import UNDISCLOSED, Tally, tally_of

# From so many countries on a map says more than a list.
ENOUGH_FOR_A_MAP = 3
# More days than these are told by the week.
MOST_DAYS = 70


@dataclass(frozen=True)
class Day:
    """A day, or the week that begins on it, in the statement's zone: how many came, and how many stand at its end."""

    date: date
    came: int
    standing: int


@dataclass(frozen=True)
class PublicNumbers:
    """What the page of numbers shows; every part adds up to `total`. `counted_at` is None where that is this moment."""

    total: int
    tally: Tally
    days: list[Day]
    is_weekly: bool
    types: list[tuple[str, int]]
    regions: list[tuple[str, int]]
    countries: dict[str, int]
    counted_at: datetime | None = None


def numbers(statement: Statement) -> PublicNumbers:
    """Five queries at most, whatever the number of sign-ons; of very many signatories, as they were counted last."""
    figures = kept.read(name_of(statement), lambda: count(statement))
    counters = [Counter(**row) for row in figures.told["counters"]]
    days, is_weekly = _days({date.fromisoformat(day): number for day, number in figures.told["days"].items()})
    return PublicNumbers(
        total=sum(row.organizations + row.individuals for row in counters),
        tally=tally_of(counters),
        days=days,
        is_weekly=is_weekly,
        types=_types(figures.told["types"]),
        regions=_regions(counters),
        countries=by_country(counters),
        counted_at=figures.counted_at,
    )


def by_revision(statement: Statement) -> tuple[dict[int, int], datetime | None]:
    """How many signed which revision of the text, by its id, and when that was counted, as `PublicNumbers` has it."""
    figures = kept.read(name_of(statement), lambda: count(statement))
    return dict(figures.told["revisions"]), figures.counted_at


def name_of(statement: Statement) -> str:
    """Under which these figures are kept."""
    return f"public {statement.pk}"


def count(statement: Statement) -> dict[str, Any]:
    """What is told of a statement, as JSON: by counter, by day of its zone, by what makes a type, by revision."""
    own = SignOn.objects.public().filter(statement=statement).order_by()
    # By the day they were accepted on, which is when their names came into the list.
    by_day = own.annotate(day=TruncDate("decided_at", tzinfo=statement.time_zone)).values_list("day")
    by_type = own.annotate(is_said=~Q(organization_type="")).values_list(
        "organization__organization_type", "is_said", "signer", "listing"
    )
    return {
        "counters": list(statement.counters.values("country", "scope", "organizations", "individuals")),
        "days": {day.isoformat(): number for day, number in by_day.annotate(number=Count("pk")) if day},
        "types": [list(row) for row in by_type.annotate(number=Count("pk"))],
        "revisions": [list(row) for row in own.values_list("text__revision").annotate(number=Count("pk"))],
    }


def by_country(counters: Iterable[Counter]) -> dict[str, int]:
    """Signatories by country (alpha-2); those of no country, or of one that is not told, are not among them."""
    found: dict[str, int] = {}
    for row in counters:
        if row.country not in ("", UNDISCLOSED) and row.organizations + row.individuals > 0:
            found[row.country] = found.get(row.country, 0) + row.organizations + row.individuals
    return found


def _days(came: dict[date, int]) -> tuple[list[Day], bool]:
    if not came:
        return [], False
    first, last = min(came), max(came)
    is_weekly = (last - first).days >= MOST_DAYS
    step = timedelta(days=7 if is_weekly else 1)
    days, total, day = [], 0, first
    while day <= last:
        number = sum(came.get(day + timedelta(days=ahead), 0) for ahead in range(step.days))
        total += number
        days.append(Day(day, number, total))
        day += step
    return days, is_weekly


def _types(rows: Iterable[Any]) -> list[tuple[str, int]]:
    """By type, the most first; who stands without a name is one of "not told", or its type would point at it.

    Whom a list brought without a type is "other" in the directory for want of a better word, and here "not said".
    """
    found: dict[str, int] = {}
    for kind, is_said, signer, listing, number in rows:
        key = kind if is_said or kind != Organization.Type.OTHER else "unsaid"
        key = "individual" if signer == SignOn.Signer.INDIVIDUAL else (key or "unsaid")
        key = key if listing == SignOn.Listing.NAME else "untold"
        found[key] = found.get(key, 0) + number
    labels = dict(Organization.Type.choices) | {"individual": _("Individuals"), "untold": _("Without a name")}
    labels["unsaid"] = pgettext("type of organization", "Not said")
    listed = [(str(labels.get(key, key)), number) for key, number in found.items()]
    return sorted(listed, key=lambda row: (-row[1], row[0]))


def _regions(counters: Iterable[Counter]) -> list[tuple[str, int]]:
    """By region of the world (UN M49), the most first."""
    found: dict[str, int] = {}
    for row in counters:
        number = row.organizations + row.individuals
        if number > 0:
            name = _region(row.country, row.scope)
            found[name] = found.get(name, 0) + number
    return sorted(found.items(), key=lambda row: (-row[1], row[0]))


def _region(country: str, scope: str) -> str:
    language = get_language() or "en"
    if country == UNDISCLOSED:
        return _("Counted without name")
    if country:
        return regions.name(regions.of(country), language) or countries.name(country, language)
    if scope == Organization.Scope.REGIONAL:
        return pgettext("signatories", "Regional")
    return pgettext("signatories", "International")
