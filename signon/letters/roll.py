"""A letter's list of signatories: read at one moment, grouped and in the order of the letter's language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter as Numbers
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.models import Statement
from signon.geography import countries
from signon.letters.manifest import Entry
from signon.models import LedgerEntry, LetterPack, Organization, SignOn, User
from signon.models.sign_on import BEHIND
from signon.questions import own_answers

Grouping, Listing, Scope = LetterPack.Grouping, SignOn.Listing, Organization.Scope
FIELDS = (
    "pk", "signer", "listing", "listed_name", "organization_type", "country", "scope", "source", "decided_by_id",
    "representative_name", "representative_title", "convener_place",
)  # fmt: skip


@dataclass(frozen=True)
class Roll:
    """Who stands in a letter, in no order yet, and its numbers (docs/verifying-a-letter.md says what they mean)."""

    entries: list[Entry]
    counts: dict[str, Any]
    # Everybody who is counted, those who are not listed too.
    sign_ons: list[int]


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
    with_answers: bool = False,
) -> Roll:
    """The signatories of this moment, by one query, so that names and numbers are of one moment.

    `before` is whom the letter delivered before held, None where there was none. Words are in the active language,
    countries' names in `language`. Who represents whom, and what was answered to public questions, is read only where
    it is asked for.
    """
    answers = own_answers.public_answers(statement, language) if with_answers else {}
    by_link = LedgerEntry.objects.filter(sign_on=OuterRef("pk"), act=LedgerEntry.Act.CONFIRMED, facts__how="invitation")
    found = SignOn.objects.public().filter(statement=statement).annotate(by_link=Exists(by_link))
    rows = list(found.values_list(*FIELDS, "by_link", named=True))
    known = None if before is None else set(before)
    entries = [
        _entry(
            row,
            language,
            later=known is not None and row.pk not in known,
            speaks=with_representatives,
            answers=answers.get(row.pk, ()),
        )
        for row in rows
        if row.listing != Listing.COUNT
    ]
    return Roll(entries, _counts(rows, entries), [row.pk for row in rows])


def _entry(row: Any, language: str, *, later: bool, speaks: bool, answers: tuple[str, ...]) -> Entry:
    is_individual, withheld = row.signer == SignOn.Signer.INDIVIDUAL, row.listing != Listing.NAME
    speaks = speaks and not withheld and not is_individual
    return Entry(
        name=_withheld(is_individual) if withheld else unicodedata.normalize("NFC", row.listed_name),
        kind=row.signer,
        type="" if withheld or is_individual else row.organization_type,
        country=row.country,
        country_name=countries.name(row.country, language),
        scope="" if row.country else row.scope,
        later=later,
        sign_on=row.pk,
        convener="convener" if row.convener_place < BEHIND else "",
        place=row.convener_place,
        withheld=withheld,
        representative=row.representative_name if speaks else "",
        representative_title=row.representative_title if speaks else "",
        answers=() if withheld else answers,
    )


def _counts(rows: list[Any], entries: list[Entry]) -> dict[str, Any]:
    """The counters' numbers, of these rows; who is only counted has no country told."""
    rule = User.objects.rule().pk
    organizations = [row for row in rows if row.signer == SignOn.Signer.ORGANIZATION]
    told = {row.country for row in organizations if row.listing != Listing.COUNT}
    return {
        "organizations": len(organizations),
        "countries": len(told - {""}),
        "individuals": len(rows) - len(organizations),
        "not_listed": len(rows) - len(entries),
        "later": sum(entry.later for entry in entries),
        "accepted": dict(Numbers(_way(row.source, row.decided_by_id == rule, row.by_link) for row in rows)),
    }


def _way(source: str, by_rule: bool, by_link: bool) -> str:
    """How a signatory was accepted; docs/verifying-a-letter.md says what each means."""
    if source == SignOn.Source.FORM and by_link:
        return "confirmed_by_invitation_then_accepted_by_staff"
    if source == SignOn.Source.FORM:
        return "confirmed_then_accepted_by_rule" if by_rule else "confirmed_then_accepted_by_staff"
    return "taken_from_a_list" if source == SignOn.Source.IMPORT else "entered_by_staff"


def _withheld(is_individual: bool) -> str:
    return _("an individual (name withheld)") if is_individual else _("an organization (name withheld)")


def grouped(entries: Iterable[Entry], grouping: str, language: str) -> list[Group]:
    """The list in its parts, each in the order of `language`; who stands without a name comes last in it.

    Conveners are a group of their own before all others, in the order that staff set.
    """
    known = list(entries)
    conveners = sorted((entry for entry in known if entry.convener), key=lambda entry: entry.place)
    first = [Group(_("Conveners"), conveners, tells_country=True)] if conveners else []
    return first + _in_parts([entry for entry in known if not entry.convener], grouping, language, bool(first))


def _in_parts(entries: list[Entry], grouping: str, language: str, is_second: bool) -> list[Group]:
    key = _collation(language)
    ordered = sorted(entries, key=lambda entry: (entry.withheld, key(entry.name), entry.country, entry.sign_on))
    if grouping == Grouping.ALPHABET:
        title = _("All other signatories") if is_second else ""
        return [Group(title, ordered, tells_country=True)] if ordered else []
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
