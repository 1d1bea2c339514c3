"""A statement's numbers as strangers may read them: of signatories alone, and no type or place of one whose name is
kept back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.geography import countries, regions
from signon.models import Counter, Organization, SignOn
from signon.models.counter import UNDISCLOSED

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
    """What the page of numbers shows; every part adds up to `total`."""

    total: int
    days: list[Day]
    is_weekly: bool
    types: list[tuple[str, int]]
    regions: list[tuple[str, int]]
    countries: dict[str, int]


def numbers(statement: Statement) -> PublicNumbers:
    """Three queries, whatever the number of sign-ons."""
    counters = list(statement.counters.all())
    days, is_weekly = _days(statement)
    return PublicNumbers(
        total=sum(row.organizations + row.individuals for row in counters),
        days=days,
        is_weekly=is_weekly,
        types=_types(statement),
        regions=_regions(counters),
        countries=by_country(counters),
    )


def by_country(counters: Iterable[Counter]) -> dict[str, int]:
    """Signatories by country (alpha-2); those of no country, or of one that is not told, are not among them."""
    found: dict[str, int] = {}
    for row in counters:
        if row.country not in ("", UNDISCLOSED) and row.organizations + row.individuals > 0:
            found[row.country] = found.get(row.country, 0) + row.organizations + row.individuals
    return found


def _days(statement: Statement) -> tuple[list[Day], bool]:
    """By the day they were accepted on, which is when their names came into the list."""
    on = TruncDate("decided_at", tzinfo=statement.time_zone)
    rows = SignOn.objects.public().filter(statement=statement).order_by().annotate(day=on).values_list("day")
    came = {day: number for day, number in rows.annotate(number=Count("pk")) if day}
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


def _types(statement: Statement) -> list[tuple[str, int]]:
    """By type, the most first; who stands without a name is one of "not told", or its type would point at it.

    Whom a list brought without a type is "other" in the directory for want of a better word, and here "not said".
    """
    own = SignOn.objects.public().filter(statement=statement).order_by().annotate(is_said=~Q(organization_type=""))
    rows = own.values_list("organization__organization_type", "is_said", "signer", "listing")
    found: dict[str, int] = {}
    for kind, is_said, signer, listing, number in rows.annotate(number=Count("pk")):
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
