"""Which organization of the directory, of the statement, or of the list itself each row of a list is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from campaigns.models import Statement
from signon import candidates, directory, domains, name_keys
from signon.candidates import Candidate
from signon.matching import Judgment, Party, judge
from signon.models import ImportRow, Organization, OrganizationName, SignOn
from signon.names import search_key
from signon.remarks import Remark, remark
from signon.rows import Row

Status = ImportRow.Status
Identity = tuple[str, str]

# Taken for the same without asking, and shown: so sure, and of the same country. Less sure is only shown.
SURE_FROM, SHOWN_FROM = 0.9, 0.5
BATCH = 500
# Of earlier rows that share enough keys the likeliest so many are judged.
_MOST_JUDGED, _MOST_OF_A_KEY = 4, 20


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
        self.standing = Standing(statement)
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
        return not row.problems and not row.is_individual and not row.same_as and not self.standing.has(row)

    def _one(self, row: Row, known: Organization | None, looked_up: _LookedUp | None) -> Recognized:
        if row.problems:
            return Recognized(Status.PROBLEM)
        if self.standing.has(row) or (known and known.pk in self.standing.organizations):
            return Recognized(Status.SAME, [remark("stands")], organization=known, links=known is not None)
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
        """A row that is this entry of the directory, unless an earlier one is."""
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
        likeliest = sorted((weight, number) for number, weight in shared.items() if weight >= name_keys.ENOUGH)[
            -_MOST_JUDGED:
        ]
        judged = ((judge(looked_up.party, self._parties[number]), number) for _weight, number in likeliest)
        best = max(judged, key=lambda each: (each[0].score, -each[1]), default=None)
        return (best[1], best[0]) if best else (0, None)

    def _remember(self, row: Row, party: Party) -> None:
        self._rows[row.number], self._parties[row.number] = row, party
        for key in name_keys.keys_of(party):
            numbers = self._by_key.setdefault(key, [])
            if len(numbers) < _MOST_OF_A_KEY:
                numbers.append(row.number)


class Standing:
    """Who stands on a statement: organizations by their entries and names, individuals by their names and addresses."""

    def __init__(self, statement: Statement) -> None:
        stand = SignOn.objects.public().filter(statement=statement)
        entered = stand.filter(organization__isnull=False)
        self.organizations: set[int] = set(entered.values_list("organization", flat=True))
        self.names: set[Identity] = set(entered.values_list("organization__search_key", "organization__country"))
        typed = entered.values_list("organization_name", "country").iterator()
        self.names |= {(search_key(name), country) for name, country in typed}
        others = OrganizationName.objects.filter(organization__in=entered.values("organization"))
        self.names |= set(others.values_list("search_key", "organization__country"))
        merged = Organization.objects.filter(merged_into__in=entered.values("organization"))
        self.names |= set(merged.values_list("search_key", "country"))
        people = stand.filter(signer=SignOn.Signer.INDIVIDUAL)
        self.people = {_person(*each) for each in people.values_list("representative_name", "affiliation", "country")}
        self.addresses = {email.lower() for email in people.values_list("email", flat=True) if email}

    def has(self, row: Row) -> bool:
        """Whether this row's organization, or person, stands under this name and country."""
        if row.is_individual:
            person = _person(row.representative_name, row.affiliation, row.country)
            return person in self.people or (row.email.lower() in self.addresses)
        return identity(row) in self.names


def identity(row: Row) -> Identity:
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
        (other.search_key, other.organization.country): other.organization
        for other in others.select_related("organization")
    }
    own = Organization.objects.filter(search_key__in=keys).order_by(F("merged_into").desc(nulls_last=True), "-pk")
    for entry in own:
        found[entry.search_key, entry.country] = directory.current(entry) if entry.merged_into_id else entry
    return {name: found[name] for name in asked if name in found}


def party_of(row: Row) -> Party:
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
