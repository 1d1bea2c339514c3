"""Of a network's members, how many signed a statement, where, and who is missing.

What matching is sure of counts as signed. What is only likely is shown to staff and counts once they say so; what they
say is kept (signon.invitations.networks) and stands over every score.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from campaigns.models import Statement
from signon.exports.cells import harmless
from signon.geography import countries, regions
from signon.imports.recognizing import SHOWN_FROM, SURE_FROM
from signon.invitations.networks import key_of
from signon.matching import Party
from signon.models import Distinction, Invitation, Member, Network, Organization, SignOn
from signon.naming import candidates, names
from signon.naming.candidates import Candidate

SIGNED, PERHAPS, MISSING = "signed", "perhaps", "missing"
_MOST_SHOWN = 3


@dataclass
class Line:
    """One member and what is known of it: `organization` is the signatory's entry where it signed.

    `by_staff`: they said which entry it is, or that there is none among the likely ones. `near` are likely signatories
    that nobody decided on, the likeliest first.
    """

    member: Member
    state: str
    organization: Organization | None = None
    score: float | None = None
    why: str = ""
    by_staff: bool = False
    near: list[Candidate] = field(default_factory=list)


@dataclass
class Place:
    """Numbers of a region or country."""

    code: str
    name: str
    members: int = 0
    signed: int = 0
    perhaps: int = 0
    countries: list[Place] = field(default_factory=list)

    @property
    def percent(self) -> int:
        return round(100 * self.signed / self.members) if self.members else 0

    def count(self, line: Line) -> None:
        self.members += 1
        self.signed += line.state == SIGNED
        self.perhaps += line.state == PERHAPS


@dataclass
class Coverage:
    """A network against a statement, member by member in the list's order."""

    network: Network
    statement: Statement
    lines: list[Line]

    def of(self, state: str) -> list[Line]:
        """The members in this state: SIGNED, PERHAPS or MISSING."""
        return [line for line in self.lines if line.state == state]

    def whole(self) -> Place:
        """The numbers of the whole network."""
        whole = Place("", "")
        for line in self.lines:
            whole.count(line)
        return whole

    def places(self, language: str) -> list[Place]:
        """By region (UN M49) and in it by country, by name; what is international or regional comes last."""
        by_region: dict[str, Place] = {}
        by_country: dict[str, Place] = {}
        for line in self.lines:
            country = line.member.country
            code = regions.of(country)
            around = by_region.setdefault(code, Place(code, regions.name(code, language)))
            around.count(line)
            if code:
                if country not in by_country:
                    by_country[country] = Place(country, countries.name(country, language))
                    around.countries.append(by_country[country])
                by_country[country].count(line)
        for around in by_region.values():
            around.countries.sort(key=lambda place: names.sort_key(place.name))
        return sorted(by_region.values(), key=lambda place: (not place.code, names.sort_key(place.name)))


def compute(network: Network, statement: Statement) -> Coverage:
    """Look every member up among the statement's signatories; a fixed number of queries, and nothing is written."""
    members = list(network.members.select_related("organization").order_by("number"))
    signed = SignOn.objects.public().filter(statement=statement, organization__isnull=False)
    standing = set(signed.values_list("organization", flat=True))
    asked = [member for member in members if not member.organization_id]
    found = candidates.find_among([_party(member) for member in asked], _entries(signed), least=SHOWN_FROM)
    near = dict(zip([member.pk for member in asked], found, strict=True))
    apart = _told_apart(asked)
    lines = []
    for member in members:
        if member.organization:
            lines.append(_said(member, member.organization, standing))
        else:
            lines.append(_found(member, near[member.pk], apart))
    return Coverage(network, statement, lines)


def missing_as_csv(found: Coverage, *, contacts: bool) -> Iterator[str]:
    """Who is missing, as lines of a CSV file; `contacts` adds whom their invitation went to, and what came of it."""
    header = ["number", "organization", "acronym", "country", "country_name", "scope", "website", "perhaps"]
    invited = _invited(found.statement) if contacts else {}
    yield "\ufeff" + _line([*header, *(["invitation", "contact_name", "email", "language"] if contacts else [])])
    for line in found.lines:
        if line.state == SIGNED:
            continue
        member, asked = line.member, invited.get(key_of(line.member))
        cells = [
            member.number, member.organization_name, member.acronym, member.country,
            countries.name(member.country, "en"), member.scope, member.website,
            str(line.near[0].organization) if line.near else "",
        ]  # fmt: skip
        if contacts:
            cells += [asked.state, asked.contact_name, asked.email, asked.language] if asked else [""] * 4
        yield _line(cells)


def _line(cells: list[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(map(harmless, cells))
    return written.getvalue()


def _entries(signed: QuerySet[SignOn]) -> QuerySet[Organization]:
    return Organization.objects.current().filter(pk__in=signed.values("organization"))


def _said(member: Member, organization: Organization, standing: set[int]) -> Line:
    now = organization.merged_into_id or organization.pk
    stands = now in standing
    return Line(member, SIGNED if stands else MISSING, organization if stands else None, by_staff=True)


def _found(member: Member, near: list[Candidate], apart: set[tuple[int, str, str]]) -> Line:
    left = [each for each in near if (each.organization.pk, *key_of(member)) not in apart]
    best = next(iter(left), None)
    if best is not None and best.same and best.score >= SURE_FROM:
        return Line(member, SIGNED, best.organization, best.score, best.why)
    return Line(member, PERHAPS if left else MISSING, near=left[:_MOST_SHOWN], by_staff=len(left) < len(near))


def _party(member: Member) -> Party:
    return Party(member.organization_name, member.country, member.acronym, member.website)


def _told_apart(members: list[Member]) -> set[tuple[int, str, str]]:
    keys = {key_of(member)[0] for member in members}
    told = Distinction.objects.filter(search_key__in=keys)
    return set(told.values_list("organization", "search_key", "country"))


def _invited(statement: Statement) -> dict[tuple[str, str], Invitation]:
    return {(each.search_key, each.country): each for each in statement.invitations.all()}
