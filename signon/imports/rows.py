"""One row of a list, as it is read: who signs, from where, and what there is to say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from signon.imports import remarks
from signon.imports.remarks import Remark, remark
from signon.models import SignOn
from signon.naming.names import split_acronym


@dataclass
class Row:
    """One organization or individual as read. `number` counts rows that are not blank, from 1.

    `notes` say how values were found, `problems` why the row cannot be taken; `same_as` is the number of an earlier
    row with the same organization.
    """

    number: int
    raw: dict[str, str]
    signer: str = SignOn.Signer.ORGANIZATION
    organization_name: str = ""
    acronym: str = ""
    country: str = ""
    scope: Literal["national", "regional", "international"] = "international"
    website: str = ""
    email: str = ""
    representative_name: str = ""
    representative_title: str = ""
    affiliation: str = ""
    organization_type: str = ""
    description: str = ""
    language: str = ""
    listing: str = SignOn.Listing.NAME
    consent_updates: bool = False
    # By the names of fields, as signon.imports.question_cells reads them: cells first, answers then.
    answers: dict[str, Any] = field(default_factory=dict)
    notes: list[Remark] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)
    same_as: int | None = None

    @property
    def is_individual(self) -> bool:
        return self.signer == SignOn.Signer.INDIVIDUAL

    @property
    def name(self) -> str:
        """Whoever signs."""
        return self.representative_name if self.is_individual else self.organization_name

    @property
    def problem(self) -> str:
        """Why it cannot be taken, as sentences; "" where it can."""
        return remarks.say_all(self.problems)

    def note(self, code: str, **facts: Any) -> None:
        self.notes.append(remark(code, **facts))

    def refuse(self, code: str, **facts: Any) -> None:
        self.problems.append(remark(code, **facts))

    def set_country(self, code: str) -> None:
        self.country, self.scope = code, "national"

    def split_acronym(self) -> None:
        """Take a printed acronym out of the organization's name."""
        printed = self.organization_name
        self.organization_name, self.acronym = split_acronym(printed)
        if self.acronym:
            self.note("acronym", acronym=self.acronym, printed=printed)
