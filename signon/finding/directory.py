"""The directory: organizations that stand by name where strangers may read it, in order, a page at a time.

Everything shown comes from those sign-ons, never from one that waits, was declined, or keeps the name back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.urls import reverse
from django.utils.translation import pgettext

from campaigns.models import Statement
from signon.figures import kept
from signon.finding import name_search
from signon.finding.list_order import Row
from signon.geography import countries
from signon.models import Organization, ProfileName, SignOn
from signon.models.sign_on_indexes import IN_DIRECTORY, PLACE
from signon.models.sign_on_queryset import SignOnQuerySet

PAGE = 90
# Under which the numbers of organizations are kept.
FIGURES = "directory"
# Among so many names of organizations what was mistyped is looked for.
NEWEST = 2000
# Stands for a country in the query string where an organization works in several.
SCOPES = (Organization.Scope.INTERNATIONAL, Organization.Scope.REGIONAL)


@dataclass(frozen=True)
class Listed:
    """An organization in the directory; `found_by` is the name that has what was asked for, where `name` has not."""

    name: str
    path: str
    place: str
    type: str
    found_by: str = ""


@dataclass(frozen=True)
class Place:
    """A country or scope with how many organizations there are; `code` stands in the query string."""

    code: str
    name: str
    number: int


@dataclass(frozen=True)
class Places:
    """All of them, and when they were counted; None where that is this moment."""

    found: list[Place]
    counted_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(place.number for place in self.found)


@dataclass(frozen=True)
class Page:
    """A page of the directory; `before` and `after` are the cursors of its neighbors, "" at the ends."""

    rows: list[Listed]
    before: str = ""
    after: str = ""


def stands() -> SignOnQuerySet:
    """Every sign-on by which an organization stands by name where strangers may read it at this moment."""
    return (
        SignOn.objects.public()
        .filter(listing=SignOn.Listing.NAME, signer=SignOn.Signer.ORGANIZATION)
        .filter(statement__in=Statement.objects.public().order_by())
        # Its own people may not want it in the directory; the lists that it signed are another matter.
        .exclude(organization__profile__in_directory=False)
    )


def listed(*, country: str = "", organization_type: str = "", query: str = "") -> QuerySet[SignOn]:
    """The newest such sign-on of each organization; of one country (or scope), type, or with the query's words.

    Read in order, each row is looked at whether its organization has a newer one: a page reads its own rows. Raises
    word_search.TooMany.
    """
    newer = Q(decided_at__gt=OuterRef("decided_at")) | Q(decided_at=OuterRef("decided_at"), pk__gt=OuterRef("pk"))
    # Of one table alone, which is asked by organization, also where the database has not counted yet what is new.
    public = list(Statement.objects.public().order_by().values_list("pk", flat=True))
    same = SignOn.objects.filter(IN_DIRECTORY, newer, statement__in=public, organization=OuterRef("organization"))
    found = stands().filter(~Exists(same.order_by())).order_by("sort_key", "pk")
    if country:
        found = found.annotate(place=PLACE).filter(place=country)
    if organization_type:
        found = found.filter(organization__organization_type=organization_type)
    code = "" if country in SCOPES else country
    return name_search.with_words(found, query, code).select_related("organization")


def newest_names() -> list[QuerySet[Any]]:
    """Names that strangers may read, the newest NEWEST of each sort: as listed, and as they call themselves."""
    newest = stands().order_by("-decided_at", "-pk").values("pk")[:NEWEST]
    standing = Exists(stands().filter(organization=OuterRef("profile")).order_by())
    own = ProfileName.objects.filter(standing, profile__in_directory=True).order_by("-pk").values("pk")[:NEWEST]
    return [
        SignOn.objects.filter(pk__in=newest).values_list("listed_name", flat=True),
        ProfileName.objects.filter(pk__in=own).values_list("name", flat=True),
    ]


def places(language: str) -> Places:
    """Where organizations are: international, regional, then countries by name. Very many are counted now and then."""
    figures = kept.read(FIGURES, count)
    numbers = figures.told
    there = chain(SCOPES, (code for code, _name in countries.choices(language)))
    found = [Place(code, place_name(code, language), numbers[code]) for code in there if code in numbers]
    return Places(found, figures.counted_at)


def count() -> dict[str, int]:
    """How many organizations there are by country, or scope.

    Of all at once the newest sign-on of each is found by sorting, whatever the database knows of its tables yet.
    """
    newest = stands().order_by("organization_id", "-decided_at", "-pk").distinct("organization_id")
    sql, given = newest.annotate(place=PLACE).values("place").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT place, count(*) FROM ({sql}) AS newest GROUP BY place", given)  # noqa: S608  Django's
        return dict(cursor.fetchall())


def place_name(code: str, language: str) -> str:
    """A country, or a scope where the organization has none, in words."""
    if code == Organization.Scope.REGIONAL:
        return pgettext("signatories", "Regional")
    if code == Organization.Scope.INTERNATIONAL:
        return pgettext("signatories", "International")
    return countries.name(code, language)


def page(
    found: QuerySet[SignOn], language: str, *, query: str = "", before: str = "", after: str = "", size: int = PAGE
) -> Page:
    """The `size` organizations after (or before) one of them, by its slug; one that left the list begins it anew.

    `query` is what `found` was asked for.
    """
    edge = found.filter(organization__slug=before or after).first() if before or after else None
    if edge is None:
        rows, more = _cut(found, size)
        return _page(rows, language, query, more_before=False, more_after=more)
    keys = Row(F("sort_key"), F("pk")), Row(Value(edge.sort_key, CharField()), Value(edge.pk))
    if before:
        rows, more = _cut(found.filter(LessThan(*keys)).order_by("-sort_key", "-pk"), size)
        return _page(rows[::-1], language, query, more_before=more, more_after=True)
    rows, more = _cut(found.filter(GreaterThan(*keys)), size)
    return _page(rows, language, query, more_before=True, more_after=more)


def as_listed(sign_on: SignOn, language: str, *, found_by: str = "") -> Listed:
    """An organization by one of the sign-ons that it stands by."""
    organization = organization_of(sign_on)
    return Listed(
        name=sign_on.listed_name,
        path=path_of(organization),
        place=place_name(sign_on.country or sign_on.scope, language),
        type=type_of(organization),
        found_by=found_by,
    )


def path_of(organization: Organization) -> str:
    """The address of its page, in the language that is set."""
    return reverse("organization", args=[organization.slug])


def type_of(organization: Organization) -> str:
    """In words; "" where it is of another type than those, or of none that is known."""
    is_other = organization.organization_type == Organization.Type.OTHER
    return "" if is_other else organization.get_organization_type_display()


def organization_of(sign_on: SignOn) -> Organization:
    """Its organization, which an accepted one has."""
    assert sign_on.organization, "an accepted organization is in the directory"  # noqa: S101
    return sign_on.organization


def _cut(found: QuerySet[SignOn], size: int) -> tuple[list[SignOn], bool]:
    rows = list(found[: size + 1])
    return rows[:size], len(rows) > size


def _page(rows: list[SignOn], language: str, query: str, *, more_before: bool, more_after: bool) -> Page:
    why = name_search.why_found(rows, query)
    return Page(
        [as_listed(each, language, found_by=why.get(organization_of(each).pk, "")) for each in rows],
        before=organization_of(rows[0]).slug if rows and more_before else "",
        after=organization_of(rows[-1]).slug if rows and more_after else "",
    )
