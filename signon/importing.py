"""Lists in: from a spreadsheet's rows to signatories, reported row by row and applied in one transaction."""

from __future__ import annotations

from collections import Counter as Numbers
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from campaigns.models import Statement
from signon import addresses, announcing, candidates, directory, names
from signon.models import Counter, LedgerEntry, Organization, OrganizationName, SignOn, User
from signon.spreadsheets import Row, Unreadable, read

NEW, SAME, DUPLICATE, PROBLEM = "new", "same", "duplicate", "problem"


class HasProblems(Exception):
    """Rows of the plan have problems and nobody said to take the rest."""


@dataclass
class Planned:
    """A row and what would become of it.

    "new", "same" (stands on the statement already), "duplicate" (of an earlier row) or "problem".
    """

    row: Row
    status: str

    def as_report(self) -> dict[str, Any]:
        """One row of the import's report (DESIGN.md, "Fixed points")."""
        return {
            "number": self.row.number,
            "status": self.status,
            "country": self.row.country or None,
            "scope": self.row.scope,
            "organization": self.row.organization_name,
            "acronym": self.row.acronym,
            "how": self.row.how_country,
            "reason": self.row.problem,
            "duplicate_of": self.row.same_as,
        }


@dataclass
class Plan:
    """What an import would do. Making one writes nothing."""

    statement: Statement
    rows: list[Planned] = field(default_factory=list)

    def number_of(self, status: str) -> int:
        return Numbers(planned.status for planned in self.rows)[status]

    def as_report(self) -> dict[str, Any]:
        return {"rows": [planned.as_report() for planned in self.rows]}


def plan(statement: Statement, path: Path, columns: Mapping[str, str] | None = None) -> Plan:
    """Read a file and say of each row what would become of it. Raises spreadsheets.Unreadable."""
    if statement.text() is None:
        raise Unreadable(f"The statement “{statement.slug}” has no text that could have been signed.")
    rows = read(path, columns)
    for row in rows:
        row.problem = row.problem or _problem(row)
    _share_countries(rows)
    standing = set(_standing(statement))
    return Plan(statement, [Planned(row, _status(row, standing)) for row in rows])


def apply(planned: Plan, *, by: User, source: str, take_the_rest: bool = False) -> int:
    """Insert the new rows as signatories, in one transaction; returns how many.

    They are taken as published elsewhere already, at `source` (words for people): that is their consent, and `by`
    answers for it. Raises HasProblems where rows have problems, unless told to `take_the_rest`.
    """
    if planned.number_of(PROBLEM) and not take_the_rest:
        raise HasProblems
    text = planned.statement.text()
    assert text, "plan() has seen to it"  # noqa: S101
    with transaction.atomic():
        directory.hold_directory()
        standing = set(_standing(planned.statement))  # again: somebody may have accepted one meanwhile
        rows = [each.row for each in planned.rows if each.status == NEW and _identity(each.row) not in standing]
        text.freeze()
        organizations = _organizations(rows)
        sign_ons = SignOn.objects.bulk_create(
            [
                SignOn(
                    statement=planned.statement,
                    text=text,
                    organization=organization,
                    state=SignOn.State.ACCEPTED,
                    source=SignOn.Source.IMPORT,
                    source_note=source,
                    decided_at=timezone.now(),
                    decided_by=by,
                    **_fields(row),
                )
                for row, organization in zip(rows, organizations, strict=True)
            ]
        )
        LedgerEntry.objects.begin(sign_ons, LedgerEntry.Act.IMPORTED, by=by, text=text.digest)
        announcing.announce(announcing.ACCEPTED, *sign_ons)
        Counter.objects.join(*sign_ons)
    return len(sign_ons)


def _share_countries(rows: list[Row]) -> None:
    """Where one organization stands in two rows and one of them has no country, the other's is its country."""
    by_number = {row.number: row for row in rows}
    for row in rows:
        first = by_number.get(row.same_as or 0)
        if first and row.country and not first.country:
            first.country, first.scope = row.country, row.scope
            first.how_country = f"{row.how_country} (row {row.number})"


def _standing(statement: Statement) -> Iterator[tuple[str, str]]:
    """Under which names and countries organizations stand on the statement, other names among them."""
    stand = SignOn.objects.public().filter(statement=statement, organization__isnull=False)
    yield from stand.values_list("organization__search_key", "organization__country").iterator()
    standing = stand.values("organization")
    others = OrganizationName.objects.filter(organization__in=standing)
    yield from others.values_list("search_key", "organization__country").iterator()
    merged = Organization.objects.filter(merged_into__in=standing)
    yield from merged.values_list("search_key", "country").iterator()


def _identity(row: Row) -> tuple[str, str]:
    return names.search_key(row.organization_name), row.country


def _problem(row: Row) -> str:
    """Why the database would refuse this row, or nobody could use it, as a sentence; "" where it is good."""
    for name in ("organization_name", "acronym", "website", "representative_name", "representative_title"):
        longest = getattr(SignOn._meta.get_field(name), "max_length", None)
        if longest and len(getattr(row, name)) > longest:
            return f"The {name.replace('_', ' ')} is longer than {longest} characters."
    try:
        row.email = row.email and addresses.clean(row.email)
    except ValidationError:
        return f"“{row.email}” is no e-mail address."
    try:
        row.website = row.website and forms.URLField(assume_scheme="https").clean(row.website)
    except ValidationError:
        return f"“{row.website}” is no address of a website."
    return ""


def _status(row: Row, standing: set[tuple[str, str]]) -> str:
    if row.problem:
        return PROBLEM
    if row.same_as:
        return DUPLICATE
    return SAME if _identity(row) in standing else NEW


def _organizations(rows: list[Row]) -> list[Organization]:
    """The directory's entry for each row, found by name, or other name, and country, or made."""
    keys = [names.search_key(row.organization_name) for row in rows]
    others = OrganizationName.objects.filter(search_key__in=keys, organization__merged_into=None).order_by("-pk")
    entries = {
        (other.search_key, other.organization.country): other.organization
        for other in others.select_related("organization")
    }
    # Over other names stand the entries' own; an entry that was merged away leads to the one it was merged into.
    own = Organization.objects.filter(search_key__in=keys).order_by(F("merged_into").desc(nulls_last=True), "-pk")
    entries |= {(entry.search_key, entry.country): directory.current(entry) for entry in own}
    taken = set(Organization.objects.values_list("slug", flat=True))
    made = []
    for row, key in zip(rows, keys, strict=True):
        if (key, row.country) not in entries:
            slug = directory.free_slug(row.organization_name, taken)
            taken.add(slug)
            entries[key, row.country] = _organization(row, key, slug)
            made.append(entries[key, row.country])
    Organization.objects.bulk_create(made)
    candidates.index(made)
    return [entries[key, row.country] for row, key in zip(rows, keys, strict=True)]


def _organization(row: Row, key: str, slug: str) -> Organization:
    return Organization(
        slug=slug,
        name=row.organization_name,
        acronym=row.acronym,
        country=row.country,
        scope=row.scope,
        organization_type=_type(row),
        website=row.website,
        search_key=key,
    )


def _fields(row: Row) -> dict[str, Any]:
    typed = {
        "organization_name": row.organization_name,
        "acronym": row.acronym,
        "country": row.country,
        "scope": row.scope,
        "organization_type": _type(row),
        "website": row.website,
        "representative_name": row.representative_name,
        "representative_title": row.representative_title,
        "email": row.email,
        "consent_publish": True,
    }
    return typed | SignOn.listed_as(SignOn(**typed).name_as_typed)


def _type(row: Row) -> str:
    return row.organization_type if row.organization_type in Organization.Type.values else Organization.Type.OTHER
