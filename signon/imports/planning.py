"""What an import would do, row by row; making a plan writes nothing."""

from __future__ import annotations

import gc
from collections import Counter as Numbers
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.imports import columns, question_cells, remarks, tables
from signon.imports.recognizing import Recognized, Recognizer
from signon.imports.rows import Row
from signon.imports.spreadsheets import read
from signon.imports.tables import Table, Unreadable
from signon.mail import addresses
from signon.mail.asking import QUIET_AFTER_NOT_ME
from signon.models import Import, ImportRow, SignOn
from signon.naming.names import search_key

Status = ImportRow.Status

# What of a row is kept to be imported.
VALUES = (
    "signer", "organization_name", "acronym", "country", "scope", "website", "email", "representative_name",
    "representative_title", "affiliation", "organization_type", "language", "listing", "consent_updates",
)  # fmt: skip
_LIMITED = ("organization_name", "acronym", "website", "representative_name", "representative_title", "affiliation")


@dataclass
class Plan:
    """The rows of a list and what would become of each, as rows of an import that are not saved."""

    statement: Statement
    file_name: str = ""
    consent: str = Import.Consent.PUBLISHED
    mapping: dict[str, str] = field(default_factory=dict)
    rows: list[ImportRow] = field(default_factory=list)

    def number_of(self, status: str) -> int:
        return Numbers(row.status for row in self.rows)[status]

    @property
    def blocking(self) -> int:
        """How many rows have problems that somebody must look at; a heading is none."""
        return sum(row.status == Status.PROBLEM and not is_heading(row) for row in self.rows)

    def as_report(self) -> dict[str, Any]:
        """The import's report (docs/importing.md), with what each column was taken for."""
        return {"columns": self.mapping, "rows": [as_report(row) for row in self.rows]}


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Spare the garbage collector: a plan's rows live to its end, and looking through them took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_nothing_collected()
def plan(
    statement: Statement,
    source: Path | Table,
    told: Mapping[str, str] | None = None,
    *,
    consent: str = Import.Consent.PUBLISHED,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Plan:
    """Read a list and say of each row what would become of it. Raises Unreadable.

    `told` maps columns to fields before any guess; `progress` is called with how many rows of how many are done.
    """
    if statement.text() is None:
        words = _("The statement “%(slug)s” has no text that could have been signed.")
        raise Unreadable(words % {"slug": statement.slug})
    check_consent(statement, consent)
    table = source if isinstance(source, Table) else tables.read(source)
    asked = question_cells.asked(statement)
    told = question_cells.told(table, told, asked)
    found = columns.find(table, told)
    rows = read(table, told)
    question_cells.read(rows, asked)
    share_countries(rows)
    check(rows, statement, consent)
    made = Plan(statement, getattr(source, "name", ""), consent)
    made.mapping = {column: name for name, column in found.fields.items()}
    recognizer = Recognizer(statement, within=not found.ours)
    for row, recognized in zip(rows, recognizer.recognize(rows), strict=True):
        made.rows.append(as_planned(row, recognized))
        if len(made.rows) % 250 == 0 or len(made.rows) == len(rows):
            progress(len(made.rows), len(rows))
    return made


def check_consent(statement: Statement, consent: str) -> None:
    """Raise Unreadable where nobody who is asked could confirm."""
    if consent == Import.Consent.ASK and not statement.takes_sign_ons():
        raise Unreadable(_("The statement takes no sign-ons now: nobody who is asked could confirm."))


def check(rows: list[Row], statement: Statement, consent: str) -> None:
    """Say of rows that the database would refuse, or nobody could use, why."""
    waiting, unwanted = _addresses(statement) if consent == Import.Consent.ASK else (set(), set())
    seen: dict[str, int] = {}
    for row in rows:
        if row.is_individual and not statement.accepts_individuals and not row.problems:
            row.refuse("no_individuals")
        _check_values(row)
        email = row.email.lower()
        once = consent == Import.Consent.ASK or row.is_individual
        if row.problems or row.same_as or not once:
            continue
        if consent == Import.Consent.ASK and not email:
            row.refuse("needs_address")
        elif email in waiting:
            row.refuse("address_waits")
        elif email in unwanted:
            row.refuse("unwanted")
        elif email and seen.setdefault(email, row.number) != row.number:
            row.refuse("address_twice", number=seen[email])


def share_countries(rows: list[Row]) -> None:
    """Where one organization stands in two rows and one of them has no country, the other's is its country."""
    by_number = {row.number: row for row in rows}
    for row in rows:
        first = by_number.get(row.same_as or 0)
        if first and row.country and not first.country:
            first.set_country(row.country)
            first.notes = [each for each in first.notes if each["code"] not in ("judged", "heading_scope")]
            first.note("from_row", of=row.country, number=row.number)


def as_planned(row: Row, recognized: Recognized) -> ImportRow:
    """The row as it is kept, with what it was recognized as."""
    return ImportRow(
        number=row.number,
        raw=list(row.raw.items()),
        values={name: getattr(row, name) for name in VALUES} | ({"answers": row.answers} if row.answers else {}),
        notes=[*row.notes, *recognized.notes],
        problems=row.problems,
        reasons=recognized.reasons,
        status=recognized.status,
        same_as=recognized.same_as,
        organization=recognized.organization,
        links=recognized.links,
        score=recognized.score,
        why=recognized.why[:300],
        takes=recognized.status == Status.NEW,
    )


def as_report(row: ImportRow) -> dict[str, Any]:
    """One row of the report."""
    return {
        "number": row.number,
        "status": str(row.status),
        "country": row.values["country"] or None,
        "scope": row.values["scope"],
        "signer": row.values["signer"],
        "organization": row.values["organization_name"],
        "acronym": row.values["acronym"],
        "individual": row.values["representative_name"] if row.values["signer"] == SignOn.Signer.INDIVIDUAL else "",
        "how": remarks.say_all(row.notes),
        "reason": remarks.say_all([*row.problems, *row.reasons]),
        "duplicate_of": row.same_as,
        "match": row.organization and {"id": row.organization.pk, "name": str(row.organization), "same": row.links},
        "score": row.score,
        "why": row.why,
    }


def is_heading(row: ImportRow) -> bool:
    """Whether the row is a line that stands over others ("Regional")."""
    return any(each["code"] == "heading" for each in row.problems)


def _check_values(row: Row) -> None:
    for name in _LIMITED:
        longest = getattr(SignOn._meta.get_field(name), "max_length", None)
        if longest and len(getattr(row, name)) > longest:
            row.refuse("too_long", field=name.replace("_", " "), most=longest)
            return
    try:
        row.email = row.email and addresses.clean(row.email)
    except ValidationError:
        row.refuse("no_address", printed=row.email)
    try:
        row.website = row.website and forms.URLField(assume_scheme="https").clean(row.website)
    except ValidationError:
        row.refuse("no_website", printed=row.website)


def _addresses(statement: Statement) -> tuple[set[str], set[str]]:
    """Addresses of which something waits on this statement, and whose owners said today that they did not sign."""
    own = SignOn.objects.filter(statement=statement).exclude(email="")
    waiting = own.filter(state=SignOn.State.UNCONFIRMED)
    today = timezone.now() - max(QUIET_AFTER_NOT_ME, timedelta(days=1))
    unwanted = own.filter(ending=SignOn.Ending.NOT_ME, ended_at__gt=today)
    return _lowered(waiting), _lowered(unwanted)


def _lowered(sign_ons: QuerySet[SignOn]) -> set[str]:
    return {email.lower() for email in sign_ons.values_list("email", flat=True).iterator()}


def listed_values(row: ImportRow) -> Iterator[tuple[str, Any]]:
    """Fields of the sign-on that a row becomes."""
    values = row.values
    yield from ((name, values[name]) for name in VALUES if name != "language")
    yield "language", values["language"] or "en"
    yield "consent_publish", values["listing"] != SignOn.Listing.COUNT


def key_of(row: ImportRow) -> tuple[str, str]:
    """The name and country by which the row's organization is found to the letter."""
    return search_key(row.values["organization_name"]), row.values["country"]
