"""Which organization of the directory, of the statement, or of the list itself each row of a list is."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from campaigns.models import Statement
from signon.casework import directory, domains
from signon.imports.remarks import Remark, remark
from signon.imports.rows import Row
from signon.matching import Judgment, Party, judge
from signon.models import ImportRow, Invitation, Organization, OrganizationName, SignOn
from signon.naming import candidates, name_keys
from signon.naming.candidates import Candidate
from signon.naming.names import search_key

Status = ImportRow.Status
Identity = tuple[str, str]

# Taken for the same without asking, and shown: so sure, and of the same country. Less sure is only shown.
SURE_FROM, SHOWN_FROM = 0.9, 0.5
BATCH = 500
# Of earlier rows that share enough keys the likeliest so many are judged.
_MOST_JUDGED, _MOST_OF_A_KEY = 3, 20


@dataclass
class Recognized:
    """What a row is: its status and why, and whom of the directory it is (`links`) or resembles."""

    status: str = Status.NEW
    reasons: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    organization: Organization | None = None
    links: bool = False
    score: float | None = None
    why: str = ""
    same_as: int | None = None


@dataclass(frozen=True)
class _LookedUp:
    """What a row is judged as, by which keys, and whom of the directory it may be."""

    party: Party
    keys: dict[int, float]
    likely: list[Candidate]


class Recognizer:
    """Looks rows of one list up, a batch at a time and in order: what came before is part of what is looked at."""

    def __init__(self, statement: Statement, *, within: bool = True) -> None:
        self.standing, self.gone = Standing(statement), Gone(statement)
        self.within = within  # a list of ours has each organization once: none of its rows is another's double
        self._rows: dict[int, Row] = {}
        self._parties: dict[int, Party] = {}
        self._by_key: dict[int, list[int]] = {}
        self._by_organization: dict[int, int] = {}

    def recognize(self, rows: Sequence[Row]) -> Iterator[Recognized]:
        """What each of these rows is."""
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            known = entries(identity(row) for row in batch if not row.is_individual)
            unknown = [row for row in batch if self._is_asked(row) and identity(row) not in known]
            looked_up = self._look_up(unknown)
            for row in batch:
                found = self._one(row, known.get(identity(row)), looked_up.get(row.number))
                if found.links and found.status == Status.NEW and found.organization:
                    self._by_organization.setdefault(found.organization.pk, row.number)
                yield found

    def _look_up(self, rows: list[Row]) -> dict[int, _LookedUp]:
        parties = [party_of(row) for row in rows]
        keys = [name_keys.telling_keys(party) for party in parties]
        found = candidates.find_many(parties, keys, least=SHOWN_FROM)
        looked_up = map(_LookedUp, parties, keys, found)
        return {row.number: each for row, each in zip(rows, looked_up, strict=True)}

    def _is_asked(self, row: Row) -> bool:
        told = row.problems or row.is_individual or row.same_as
        return not told and not self.standing.has(row) and not self.gone.why(row)

    def _one(self, row: Row, known: Organization | None, looked_up: _LookedUp | None) -> Recognized:
        if row.problems:
            return Recognized(Status.PROBLEM)
        if self.standing.has(row) or (known and known.pk in self.standing.organizations):
            return Recognized(Status.SAME, [remark("stands")], organization=known, links=known is not None)
        if why := self.gone.why(row, known.pk if known else None):
            return Recognized(Status.DUPLICATE, [why], organization=known, links=known is not None)
        if row.same_as:
            return Recognized(Status.DUPLICATE, [remark("same_row", number=row.same_as)], same_as=row.same_as)
        if known:
            return self._of(row, known, Recognized(organization=known, links=True, notes=[
                remark("known", name=str(known))]))  # fmt: skip
        if looked_up is None:
            return Recognized()
        found = self._by_likeness(row, looked_up.likely)
        return self._among_rows(row, looked_up, found) if self.within else found

    def _of(self, row: Row, organization: Organization, found: Recognized) -> Recognized:
        """A row that is this entry of the directory, unless it is gone, or an earlier row is."""
        if why := self.gone.organizations.get(organization.pk):
            found.status, found.reasons = Status.DUPLICATE, [why]
            return found
        if earlier := self._by_organization.get(organization.pk):
            return Recognized(Status.DUPLICATE, [remark("same_row", number=earlier)], same_as=earlier)
        return found

    def _by_likeness(self, row: Row, likely: list[Candidate]) -> Recognized:
        for each in likely:
            if each.same and each.organization.pk in self.standing.organizations:
                reason = remark("likely_stands", **_facts(each))
                return Recognized(Status.DUPLICATE, [reason], **_entry(each))
        best = next(iter(likely), None)
        if best is None:
            return Recognized()
        if best.score >= SURE_FROM and best.organization.country == row.country:
            notes = [remark("likely", **_facts(best))]
            return self._of(row, best.organization, Recognized(notes=notes, links=True, **_entry(best)))
        return Recognized(notes=[remark("resembles", **_facts(best))], **_entry(best))

    def _among_rows(self, row: Row, looked_up: _LookedUp, found: Recognized) -> Recognized:
        """Look at the rows above, and remember this one for those below."""
        number, judgment = self._nearest(looked_up)
        self._remember(row, looked_up.party)
        if judgment is None or not judgment.same or found.status != Status.NEW:
            return found
        other = self._rows[number]
        facts = {"number": number, "name": other.name, "score": round(judgment.score, 2), "why": judgment.why}
        if judgment.score >= SURE_FROM and other.country == row.country:
            found.status, found.same_as = Status.DUPLICATE, number
            found.reasons = [remark("likely_row", **facts)]
            if found.score is None:
                found.score, found.why = judgment.score, judgment.why
        else:
            found.notes.append(remark("resembles_row", **facts))
        return found

    def _nearest(self, looked_up: _LookedUp) -> tuple[int, Judgment | None]:
        shared: dict[int, float] = {}
        for key, weight in looked_up.keys.items():
            for number in self._by_key.get(key, ()):
                shared[number] = shared.get(number, 0.0) + weight
        enough = ((weight, number) for number, weight in shared.items() if weight >= name_keys.ENOUGH)
        likeliest = heapq.nlargest(_MOST_JUDGED, enough)
        judged = ((judge(looked_up.party, self._parties[number]), number) for _weight, number in likeliest)
        best = max(judged, key=lambda each: (each[0].score, -each[1]), default=None)
        return (best[1], best[0]) if best else (0, None)

    def _remember(self, row: Row, party: Party) -> None:
        self._rows[row.number], self._parties[row.number] = row, party
        for key in name_keys.telling_keys_of(party):
            numbers = self._by_key.setdefault(key, [])
            if len(numbers) < _MOST_OF_A_KEY:
                numbers.append(row.number)


class Standing:
    """Who stands on a statement: organizations by their entries and names, individuals by their names and addresses."""

    def __init__(self, statement: Statement) -> None:
        stand = SignOn.objects.public().filter(statement=statement)
        entered = stand.filter(organization__isnull=False)
        self.organizations: set[int] = set(entered.values_list("organization", flat=True))
        typed = entered.values_list("organization_name", "country").iterator()
        self.names: set[Identity] = {(search_key(name), country) for name, country in typed}
        self.names |= {name for _pk, name in _names_of(entered.values("organization"))}
        people = stand.filter(signer=SignOn.Signer.INDIVIDUAL)
        self.people = {_person(*each) for each in people.values_list("representative_name", "affiliation", "country")}
        self.addresses = {email.lower() for email in people.values_list("email", flat=True) if email}

    def has(self, row: Row | SignOn) -> bool:
        """Whether this row's organization, or person, stands under this name and country."""
        if row.is_individual:
            person = _person(row.representative_name, row.affiliation, row.country)
            return person in self.people or (row.email.lower() in self.addresses)
        return identity(row) in self.names


class Gone:
    """Who withdrew from a statement, or was declined on it, and why they are not simply taken from a list again.

    Organizations are known as Standing knows them; individuals by their address, or by name and country.
    """

    def __init__(self, statement: Statement) -> None:
        self.organizations: dict[int | None, Remark] = {}
        self._names: dict[Identity, Remark] = {}
        self._people: dict[Identity, Remark] = {}
        self._addresses: dict[str, Remark] = {}
        left = Q(state=SignOn.State.WITHDRAWN, ending__in=[SignOn.Ending.SIGNER, SignOn.Ending.NOT_ME])
        gone = SignOn.objects.filter(left | Q(state=SignOn.State.DECLINED), statement=statement)
        for each in gone.order_by("pk"):  # the newest reason is told
            why = _why_gone(each, statement)
            if each.is_individual:
                if each.representative_name:  # it may have been blanked
                    self._people[search_key(each.representative_name), each.country] = why
                if each.email:
                    self._addresses[each.email.lower()] = why
            elif each.organization_name:
                self._names[identity(each)] = why
            if each.organization_id:
                self.organizations[each.organization_id] = why
        self._names |= {name: self.organizations[pk] for pk, name in _names_of(self.organizations)}

    def why(self, row: Row | SignOn, organization: int | None = None) -> Remark | None:
        """Why this row's organization, or person, is gone; None where it is not."""
        if row.is_individual:
            person = search_key(row.representative_name), row.country
            return self._people.get(person) or self._addresses.get(row.email.lower())
        return self._names.get(identity(row)) or self.organizations.get(organization)


GONE = {"withdrew", "not_me", "declined"}


def is_gone(row: ImportRow) -> bool:
    """Whether a row is left out because who stands in it withdrew or was declined; it is nobody else."""
    return any(each["code"] in GONE for each in row.reasons)


def _why_gone(sign_on: SignOn, statement: Statement) -> Remark:
    if sign_on.state == SignOn.State.DECLINED:
        return remark("declined")
    on = sign_on.ended_at and timezone.localtime(sign_on.ended_at, statement.time_zone).date().isoformat()
    return remark("not_me" if sign_on.ending == SignOn.Ending.NOT_ME else "withdrew", on=on)


def _names_of(organizations: Any) -> Iterator[tuple[int | None, Identity]]:
    """Each entry's own name, the others that it is known by, and those of entries that were merged into it."""
    own = Organization.objects.filter(pk__in=organizations).values_list("pk", "search_key", "country")
    others = OrganizationName.objects.filter(organization__in=organizations)
    merged = Organization.objects.filter(merged_into__in=organizations)
    for pk, key, country in itertools.chain(
        own,
        others.values_list("organization", "search_key", "organization__country"),
        merged.values_list("merged_into", "search_key", "country"),
    ):
        yield pk, (key, country)


def identity(row: Row | SignOn) -> Identity:
    """The name and country by which an organization is found to the letter."""
    return search_key(row.organization_name), row.country


def entries(wanted: Iterable[Identity]) -> dict[Identity, Organization]:
    """The directory's entry for each name and country that has one, by its own name or another that it is known by.

    Over other names stand the entries' own; an entry that was merged away leads to the one it was merged into.
    """
    asked = set(wanted)
    keys = {key for key, _country in asked}
    others = OrganizationName.objects.filter(search_key__in=keys, organization__merged_into=None).order_by("-pk")
    found = {
        (key, country): pk
        for key, country, pk in others.values_list("search_key", "organization__country", "organization")
    }
    own = Organization.objects.filter(search_key__in=keys).order_by(F("merged_into").desc(nulls_last=True), "-pk")
    found |= {(key, country): pk for key, country, pk in own.values_list("search_key", "country", "pk")}
    loaded = Organization.objects.in_bulk({found[name] for name in asked if name in found})
    entry = {pk: directory.current(one) if one.merged_into_id else one for pk, one in loaded.items()}
    return {name: entry[found[name]] for name in asked if name in found}


def party_of(row: Row | SignOn | Invitation) -> Party:
    """A row to be judged; providers' domains and pages that anybody can have tell nothing."""
    domain, website = domains.of_address(row.email), domains.of_website(row.website)
    return Party(
        row.organization_name,
        row.country,
        row.acronym,
        "" if domains.is_shared(website) else website,
        domain if domains.is_somebodys(domain) else "",
    )


def _person(name: str, affiliation: str, country: str) -> tuple[str, str, str]:
    return search_key(name), search_key(affiliation), country


def _facts(found: Candidate) -> dict[str, Any]:
    return {"name": str(found.organization), "score": round(found.score, 2), "why": found.why}


def _entry(found: Candidate) -> dict[str, Any]:
    return {"organization": found.organization, "score": found.score, "why": found.why}
