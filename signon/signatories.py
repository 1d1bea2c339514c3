"""The public list as plain rows: grouped, sorted, a page at a time. It starts at `SignOn.objects.named()` alone."""

from __future__ import annotations

from collections import Counter as Numbers
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Statement
from signon.finding.list_order import Place, following, ordered, preceding
from signon.finding.list_search import with_words
from signon.geography import countries
from signon.models import Counter, Organization, SignOn
from signon.models.counter import UNDISCLOSED
from signon.models.sign_on import BEHIND

PAGE = 200
# The scope of the group that conveners stand in, which is no place.
CONVENERS = "conveners"


@dataclass(frozen=True)
class Row:
    """One signatory as strangers see it; `name` is already what they agreed to."""

    name: str
    note: str = ""
    country_name: str = ""
    is_individual: bool = False
    country: str = ""
    scope: str = ""
    # Names this signatory for programs, whatever becomes of its name; "" where the name is withheld.
    id: str = ""
    is_convener: bool = False
    # Its page in the directory, in the language that is set; "" where it has none, or the name is withheld.
    path: str = ""


@dataclass
class Group:
    """A country's (or the international, regional, unlisted) signatories, in order."""

    code: str
    scope: str
    title: str
    total: int
    rows: list[Row] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return (self.code or self.scope).lower()

    @property
    def is_only_counted(self) -> bool:
        """Whether it is those who are counted without a name: no list has them."""
        return self.code == UNDISCLOSED

    @property
    def query(self) -> str:
        """The query string that shows this group on the list's page, "" for conveners, who begin the whole list.

        "" also for those who are only counted.
        """
        if self.scope == CONVENERS or self.is_only_counted:
            return ""
        return f"country={self.code}" if self.code else f"scope={self.scope}"


def groups(statement: Statement, language: str) -> list[Group]:
    """Every group with its number: conveners, international, regional, then countries by name.

    Numbers are the counters', less the conveners of each place: each signatory stands in one group, and the numbers
    add up. Names of countries and their order are the reader's language's.
    """
    places = listed(statement).filter(convener_place__lt=BEHIND).order_by().values_list("country", "scope")
    conveners = Numbers((country, "" if country else scope) for country, scope in places)
    found = groups_of(statement.counters.all(), language)
    for group in found:
        group.total -= conveners[group.code, group.scope]
    first = [Group("", CONVENERS, _("Conveners"), conveners.total())] if conveners else []
    return first + [group for group in found if group.total > 0]


def groups_of(counters: Iterable[Counter], language: str) -> list[Group]:
    """The same from counters that were read already."""
    found = [
        Group(
            row.country,
            row.scope,
            _title(row.country, row.scope, language),
            row.organizations + row.individuals,
        )
        for row in counters
        if row.organizations + row.individuals
    ]
    return sorted(found, key=lambda group: _place(group, language))


def grouped(statement: Statement, language: str, places: Iterable[Group] | None = None) -> list[Group]:
    """The same with every name, by one query more; `places` are the groups where the caller has them."""
    by_place = {
        (group.code, group.scope): group for group in (groups(statement, language) if places is None else places)
    }
    for sign_on in ordered(listed(statement)):
        group = by_place.get(("", CONVENERS) if sign_on.is_convener else _place_of(sign_on))
        if group:  # else it was accepted since the numbers were read
            group.rows.append(as_row(sign_on, language))
    return list(by_place.values())


def listed(
    statement: Statement, *, country: str = "", scope: str = "", query: str = "", signer_type: str = ""
) -> QuerySet[SignOn]:
    """Those who stand in the list, of one country, scope or type, or whose name holds the words of `query`.

    `signer_type` is an organization's type, or "individual". Who asked to stand without a name is found neither by
    it nor by a type. Raises TooMany where more have the words than are judged.
    """
    found = _with_slug(SignOn.objects.named().filter(statement=statement))
    if country:
        found = found.filter(country=country)
    if scope:
        found = found.filter(country="", scope=scope)
    if signer_type:
        found = found.filter(listing=SignOn.Listing.NAME)
    if signer_type == SignOn.Signer.INDIVIDUAL:
        found = found.filter(signer=SignOn.Signer.INDIVIDUAL)
    elif signer_type:
        found = found.filter(signer=SignOn.Signer.ORGANIZATION, organization__organization_type=signer_type)
    if signer_type == Organization.Type.OTHER:
        found = found.exclude(organization_type="")  # nobody said a type
    if query:
        found = with_words(found.filter(listing=SignOn.Listing.NAME), statement, query, country)
    return found


@dataclass(frozen=True)
class Page:
    """A page of the list; `before` and `after` are the cursors of its neighbors, "" at the ends."""

    rows: list[Row]
    before: str = ""
    after: str = ""


def page(
    sign_ons: QuerySet[SignOn],
    language: str,
    *,
    before: str = "",
    after: str = "",
    letter: str = "",
    size: int = PAGE,
) -> Page:
    """The `size` rows after (or before) a sign-on's id, or from a letter on; an id not in the list begins it anew."""
    edge = sign_ons.filter(pk=before or after).first() if (before or after).isdigit() else None
    if edge and before:
        found, more = preceding(sign_ons, Place.of(edge), size)
        return _page(found, language, more_before=more, more_after=True)
    place = Place.of(edge) if edge else None
    if letter and not place:
        place = Place.before_letter(letter)
    found, more = following(sign_ons, place, size)
    some_before = edge is not None or (place is not None and bool(preceding(sign_ons, place, 1)[0]))
    shown = _page(found, language, more_before=some_before, more_after=more)
    if some_before and not found:  # nobody comes after this letter: the list's end is shown
        ends, more = preceding(sign_ons, place, size) if place else ([], False)
        return _page(ends, language, more_before=more, more_after=False)
    return shown


def _page(rows: list[SignOn], language: str, *, more_before: bool, more_after: bool) -> Page:
    return Page(
        [as_row(sign_on, language) for sign_on in rows],
        before=str(rows[0].pk) if rows and more_before else "",
        after=str(rows[-1].pk) if rows and more_after else "",
    )


def latest(statement: Statement, language: str, number: int = 5) -> list[Row]:
    """The latest who stand in the list by name, newest first; an import's came all at once and are not latest."""
    newest = SignOn.objects.named().filter(statement=statement, listing=SignOn.Listing.NAME)
    of_itself = _with_slug(newest.exclude(source=SignOn.Source.IMPORT))
    return [as_row(sign_on, language) for sign_on in of_itself.order_by("-decided_at", "-pk")[:number]]


def as_row(sign_on: SignOn, language: str) -> Row:
    """What strangers see of one signatory."""
    place = _place_of(sign_on)
    country_name = countries.name(sign_on.country, language) or _scope_title(sign_on.scope)
    if sign_on.listing == SignOn.Listing.NAME:
        note = _("individual") if sign_on.is_individual else ""
        return Row(
            sign_on.listed_name,
            note,
            country_name,
            sign_on.is_individual,
            *place,
            id=sign_on.public_id,
            is_convener=sign_on.is_convener,
            path=_path(sign_on),
        )
    name = _("an individual") if sign_on.is_individual else _("an organization")
    return Row(name, _("name withheld"), country_name, sign_on.is_individual, *place)


def _with_slug(sign_ons: QuerySet[SignOn]) -> QuerySet[SignOn]:
    """With the directory's short name of each organization that has a page, so that a link there costs no query."""
    is_hidden = When(organization__profile__in_directory=False, then=None)
    return sign_ons.annotate(organization_slug=Case(is_hidden, default=F("organization__slug")))


def _path(sign_on: SignOn) -> str:
    """An organization that stands by name has a page; see profiles.stands for the condition on its statement."""
    slug = getattr(sign_on, "organization_slug", None)
    return reverse("organization", args=[slug]) if slug and not sign_on.is_individual else ""


def _place_of(sign_on: SignOn) -> tuple[str, str]:
    return sign_on.country, "" if sign_on.country else sign_on.scope


def _scope_title(scope: str) -> str:
    if scope == Organization.Scope.REGIONAL:
        return pgettext("signatories", "Regional")
    return pgettext("signatories", "International")


def _title(country: str, scope: str, language: str) -> str:
    if country == UNDISCLOSED:
        return _("Counted without name")
    return countries.name(country, language) if country else _scope_title(scope)


def _place(group: Group, language: str) -> tuple[int, Any]:
    if group.code == UNDISCLOSED:
        return 3, ""
    if group.code:
        return 2, _order_of_countries(language)[group.code]
    return (1 if group.scope == Organization.Scope.REGIONAL else 0), ""


@cache
def _order_of_countries(language: str) -> dict[str, int]:
    return {code: place for place, (code, _name) in enumerate(countries.choices(language))}
