"""A letter's list of signatories: read at one moment, grouped and in the order of the letter's language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter as Numbers
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Statement
from signon import countries
from signon.manifest import Entry
from signon.models import LetterPack, Organization, SignOn, User

Grouping, Listing, Scope = LetterPack.Grouping, SignOn.Listing, Organization.Scope
FIELDS = (
    "pk", "signer", "listing", "listed_name", "organization_type", "country", "scope", "source", "decided_by_id",
    "representative_name", "representative_title",
)  # fmt: skip


@dataclass
class Roll:
    """Who stands in a letter, in no order yet, and its numbers (`manifest` says what they mean)."""

    entries: list[Entry] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    # Everybody who is counted, those who are not listed too.
    sign_ons: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """A part of the list under its title, "" where it has none; `tells_country` is whether the title does not."""

    title: str
    entries: list[Entry]
    tells_country: bool = False


def read(
    statement: Statement,
    language: str,
    before: Collection[int] | None = None,
    *,
    with_representatives: bool = False,
) -> Roll:
    """The signatories of this moment, by one query, so that names and numbers are of one moment.

    `before` is whom the letter delivered before held, None where there was none. Words are in the active language,
    countries' names in `language`. Who represents whom is read only where it is asked for.
    """
    rule = User.objects.rule().pk
    roll, organizations, individuals, lands, accepted = Roll(), 0, 0, set(), Numbers[str]()
    known = None if before is None else set(before)
    rows = SignOn.objects.public().filter(statement=statement).values_list(*FIELDS)
    for pk, signer, listing, name, kind_of, country, scope, source, by, person, title in rows:
        is_individual = signer == SignOn.Signer.INDIVIDUAL
        individuals, organizations = individuals + is_individual, organizations + (not is_individual)
        roll.sign_ons.append(pk)
        accepted[_way(source, by == rule)] += 1
        if listing == Listing.COUNT:
            continue
        if country and not is_individual:
            lands.add(country)
        withheld = listing != Listing.NAME
        speaks = with_representatives and not withheld and not is_individual
        roll.entries.append(
            Entry(
                name=_withheld(is_individual) if withheld else unicodedata.normalize("NFC", name),
                kind=signer,
                type="" if withheld or is_individual else kind_of,
                country=country,
                country_name=countries.name(country, language),
                scope="" if country else scope,
                later=known is not None and pk not in known,
                sign_on=pk,
                withheld=withheld,
                representative=person if speaks else "",
                representative_title=title if speaks else "",
            )
        )
    roll.counts = {
        "organizations": organizations,
        "countries": len(lands),
        "individuals": individuals,
        "not_listed": len(roll.sign_ons) - len(roll.entries),
        "later": sum(entry.later for entry in roll.entries),
        "accepted": dict(sorted(accepted.items())),
    }
    return roll


def _way(source: str, by_rule: bool) -> str:
    """How a signatory was accepted; docs/verifying-a-letter.md says what each means."""
    if source == SignOn.Source.FORM:
        return "confirmed_then_accepted_by_rule" if by_rule else "confirmed_then_accepted_by_staff"
    return "taken_from_a_list" if source == SignOn.Source.IMPORT else "entered_by_staff"


def _withheld(is_individual: bool) -> str:
    return _("an individual (name withheld)") if is_individual else _("an organization (name withheld)")


def grouped(entries: Iterable[Entry], grouping: str, language: str) -> list[Group]:
    """The list in its parts, each in the order of `language`; who stands without a name comes last in it.

    Conveners, once statements have them, are a group of their own before all others.
    """
    key = _collation(language)
    ordered = sorted(entries, key=lambda entry: (entry.withheld, key(entry.name), entry.country, entry.sign_on))
    if grouping == Grouping.ALPHABET:
        return [Group("", ordered, tells_country=True)] if ordered else []
    place, tells_country = _PLACES[grouping], grouping != Grouping.COUNTRY
    parts: dict[tuple[int, Any, str], list[Entry]] = {}
    for entry in ordered:
        rank, title = place(entry, language)
        parts.setdefault((rank, key(title), title), []).append(entry)
    return [Group(title, parts[rank, by, title], tells_country) for rank, by, title in sorted(parts)]


def _by_country(entry: Entry, language: str) -> tuple[int, str]:
    return (2, entry.country_name) if entry.country else _beyond(entry)


def _by_region(entry: Entry, language: str) -> tuple[int, str]:
    return (2, countries.name(_region(entry.country), language)) if entry.country else _beyond(entry)


def _by_type(entry: Entry, language: str) -> tuple[int, str]:
    if entry.type:
        return Organization.Type.values.index(entry.type), str(Organization.Type(entry.type).label)
    if entry.kind == SignOn.Signer.INDIVIDUAL:
        return 98, _("Individuals")
    return 97, _("Type not told")


_PLACES: dict[str, Callable[[Entry, str], tuple[int, str]]] = {
    Grouping.COUNTRY: _by_country,
    Grouping.REGION: _by_region,
    Grouping.TYPE: _by_type,
}


def _beyond(entry: Entry) -> tuple[int, str]:
    if entry.scope == Scope.REGIONAL:
        return 1, pgettext("signatories", "Regional")
    return 0, pgettext("signatories", "International")


def _region(country: str) -> str:
    """The UN's subregion (M49) of a country, as CLDR has it: with Taiwan and Kosovo."""
    import icu

    return str(icu.Region.getInstance(country).getContainingRegion(icu.URegionType.SUBCONTINENT))


def _collation(language: str) -> Callable[[str], bytes]:
    """Keys in the order of a language, as `names.sort_key` has them in that of none: leading marks do not count."""
    import icu

    collator = icu.Collator.createInstance(icu.Locale(language.replace("-", "_")))
    collator.setAttribute(icu.UCollAttribute.NUMERIC_COLLATION, icu.UCollAttributeValue.ON)
    leading = re.compile(r"^[\W_]+")
    return lambda text: bytes(collator.getSortKey(leading.sub("", text) or text))
