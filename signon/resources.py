"""The columns of an exported list: one place says what each holds, what it is called, and who may see it.

A column is a database expression, so that a million rows pass through no Python of ours (decision 19).
"""

from __future__ import annotations

import json
from types import FunctionType
from typing import Any

from django.db.models import Case, CharField, F, Func, JSONField, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from import_export.fields import Field
from import_export.resources import Resource

from signon.geography import countries
from signon.models import SignOn
from signon.models.sign_on import BEHIND

# The columns that the right `export_contacts` adds.
CONTACTS = ("representative_name", "representative_title", "email", "language", "consent_updates")


class Column(Field):
    """What the database computes for one column. `typed`: strangers typed it, so a CSV cell of it is guarded.

    `heading` stands over it where that is not its name; `private` ones are only for who may have contacts;
    `is_address`: it may be encrypted, and is read as the column itself.
    """

    def __init__(
        self,
        name: str,
        expression: Any = None,
        *,
        typed: bool = False,
        heading: str = "",
        private: bool = False,
        is_address: bool = False,
    ) -> None:
        self._expression = F(name) if expression is None else expression
        self.typed, self.private, self.is_address = typed, private, is_address
        # import-export reads the annotation that `annotated` makes.
        super().__init__(attribute=f"column_{name}", column_name=heading or name)

    @property
    def expression(self) -> Any:
        """What the database computes; made when it is asked for where that costs memory."""
        return self._expression() if isinstance(self._expression, FunctionType) else self._expression


def _moment(name: str) -> Func:
    """ISO 8601 in UTC to the second: 2026-03-08T12:00:00Z."""
    form = "to_char(timezone('UTC', %(expressions)s), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    return Func(F(name), template=form, output_field=TextField())


def _if(condition: dict[str, Any], expression: Any) -> Case:
    return Case(When(**condition, then=expression), default=Value(""), output_field=TextField())


def told(expression: Any) -> Case:
    """Nothing where its owner keeps the name back."""
    return _if({"listing": SignOn.Listing.NAME}, expression)


def country_name() -> Func:
    """A country's English name by CLDR, nothing where there is none."""
    names = Cast(Value(json.dumps({code: countries.name(code, "en") for code in countries.CODES})), JSONField())
    return Func(names, F("country"), template="(%(expressions)s)", arg_joiner=" ->> ", output_field=TextField())


def _place_among_conveners() -> Case:
    """1 for the first convener, nothing for who is none."""
    return _if({"convener_place__lt": BEHIND}, Cast(F("convener_place"), TextField()))


_ORGANIZATION = Coalesce("organization__name", "organization_name", output_field=TextField())
_ACRONYM = Coalesce("organization__acronym", "acronym", output_field=TextField())
_INDIVIDUAL = _if({"signer": SignOn.Signer.INDIVIDUAL}, F("representative_name"))


class SignatoryResource(Resource):
    """What whoever may export sees. A name that its owner keeps back is not in it."""

    number = Column("number", F("pk"))
    statement = Column("statement", F("statement__slug"))
    state = Column("state")
    organization = Column("organization", told(_ORGANIZATION), typed=True)
    acronym = Column("acronym", told(_ACRONYM), typed=True)
    country = Column("country")
    country_name = Column("country_name", country_name)
    scope = Column("scope")
    organization_type = Column("organization_type")
    website = Column("website", told(F("website")), typed=True)
    individual = Column("individual", told(_INDIVIDUAL), typed=True)
    affiliation = Column("affiliation", told(F("affiliation")), typed=True)
    listing = Column("listing")
    convener = Column("convener", _place_among_conveners)
    text_language = Column("text_language", F("text__language"))
    text_digest = Column("text_digest", F("text__digest"))
    source = Column("source")
    via = Column("via")
    signed_at = Column("signed_at", _moment("created_at"))
    confirmed_at = Column("confirmed_at", _moment("confirmed_at"))
    decided_at = Column("decided_at", _moment("decided_at"))

    @classmethod
    def get_display_name(cls) -> str:
        return cls.__name__

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Its columns by name, in order."""
        return dict(cls.fields)

    @classmethod
    def annotated(cls, sign_ons: QuerySet[SignOn]) -> QuerySet[SignOn]:
        """With every column of this resource, as import-export reads them from each row."""
        return sign_ons.annotate(**{each.attribute: each.expression for each in cls.columns().values()})


class ContactResource(SignatoryResource):
    """With names that are kept back, and whom to write to: for those with the right `export_contacts`."""

    organization = Column("organization", _ORGANIZATION, typed=True)
    acronym = Column("acronym", _ACRONYM, typed=True)
    website = Column("website", typed=True)
    individual = Column("individual", _INDIVIDUAL, typed=True)
    affiliation = Column("affiliation", typed=True)
    representative_name = Column("representative_name", typed=True)
    representative_title = Column("representative_title", typed=True)
    email = Column("email", typed=True, is_address=True)
    language = Column("language")
    consent_updates = Column(
        "consent_updates",
        Case(When(consent_updates=True, then=Value("yes")), default=Value("no"), output_field=CharField()),
    )


# What other programs call a column when they import a list; a column that is not named here keeps its own name. None
# of them takes a whole name: it goes where greetings are made from (docs/exporting.md).
HEADINGS: dict[str, dict[str, str]] = {
    "own": {},
    "action_network": {
        "email": "Email", "representative_name": "First name", "country": "Country", "language": "Language",
        "organization": "Organization", "representative_title": "Title", "website": "Website",
    },
    "civicrm": {
        "organization": "Organization Name", "acronym": "Nickname", "email": "Email", "website": "Website",
        "country": "Country", "representative_name": "First Name", "representative_title": "Job Title",
        "language": "Preferred Language", "number": "External Identifier", "organization_type": "Contact Subtype",
    },
    "mailchimp": {
        "email": "Email Address", "representative_name": "First Name", "organization": "Company",
        "country": "Country", "language": "Language", "website": "Website", "organization_type": "Tags",
    },
}  # fmt: skip


def resource_for(user: Any) -> type[SignatoryResource]:
    """The columns that this user may export."""
    return ContactResource if user.has_perm("signon.export_contacts") else SignatoryResource
