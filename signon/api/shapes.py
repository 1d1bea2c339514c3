"""What the API takes and gives, as its OpenAPI document says it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.conf import settings
from ninja import Schema
from pydantic import AfterValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from signon.geography import countries
from signon.naming import names

if TYPE_CHECKING:
    Language = StrEnum
else:
    Language = StrEnum("Language", {code: code for code, _name in settings.LANGUAGES})

Phase = Literal["before", "open", "closed", "delivered", "answered"]
Digest = Annotated[str, Field(description="SHA-256 of the canonical text.", pattern="^[0-9a-f]{64}$")]


def _is_country(code: str) -> str:
    if code not in countries.CODES:
        raise PydanticCustomError("country", "There is no country with this code.")
    return code


def _is_clean(words: str) -> str:
    try:
        return names.clean(words)
    except names.Refused as error:
        raise PydanticCustomError("words", str(error.message)) from error


class Asked(Schema):
    """The query string. What we do not know is refused: a misspelled filter must not answer with everything."""

    language: Language = Field(
        Language(settings.LANGUAGE_CODE),
        description="Of titles and of names of countries. Where a text is not there in it, the original stands.",
    )

    @model_validator(mode="before")
    @classmethod
    def know_all_parameters(cls, data: Any, info: ValidationInfo) -> Any:
        """The request comes along as the context of validation (django-ninja)."""
        for name in info.context["request"].GET if info.context else ():
            if name not in cls.model_fields:
                raise PydanticCustomError("unknown", "There is no parameter “{name}” here.", {"name": name})
        return data


class AskedForStatements(Asked):
    after: str = Field("", description="The short name (slug) of the statement before the first one wanted.")
    limit: int = Field(50, ge=1, le=100)


class AskedForSignatories(Asked):
    country: Annotated[str, AfterValidator(_is_country)] | None = Field(
        None, description="ISO 3166-1 alpha-2, and XK.", json_schema_extra={"enum": list(countries.CODES)}
    )
    scope: Literal["international", "regional"] | None = Field(None, description="Those that stand for no country.")
    q: Annotated[str, AfterValidator(_is_clean)] = Field(
        "", max_length=100, description="Words of a name or their beginnings, in any case, with or without accents."
    )
    after: str = Field("", max_length=5000, description="From `next` of the page before.")
    limit: int = Field(100, ge=1, le=200)


class Counts(Schema):
    organizations: int
    countries: int = Field(description="From how many countries the organizations are.")
    individuals: int


class Place(Schema):
    """A country, or those who stand for none; both null: who asked to be counted only."""

    country: str | None
    scope: Literal["international", "regional"] | None
    name: str
    organizations: int
    individuals: int


class CountsByPlace(Counts):
    places: list[Place]


class Campaign(Schema):
    slug: str
    title: str


class Statement(Schema):
    slug: str
    url: str
    api_url: str
    title: str
    lead: str
    language: str = Field(description="Of title, lead and addressee.")
    direction: Literal["ltr", "rtl"]
    addressee: str
    phase: Phase
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str = Field(description="The IANA time zone in which the statement tells its moments.")
    accepts_individuals: bool
    campaign: Campaign | None
    counts: Counts


class TextFacts(Schema):
    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    digest: Digest
    is_original: bool
    url: str


class WholeStatement(Statement):
    revision: int
    texts: list[TextFacts] = Field(description="The original first.")


class Text(TextFacts):
    revision: int
    lead: str
    markdown: str
    html: str
    canonical: str = Field(description="What the digest is of, encoded as UTF-8.")


class Statements(Schema):
    items: list[Statement]
    next: str | None = Field(description="The address of the next page, null on the last.")


class Signatory(Schema):
    """One signatory as the public list has it. Where the name is withheld, it and the id are null."""

    id: str | None = Field(description="Stays the same when the listed name is corrected.")
    name: str | None
    kind: Literal["organization", "individual"]
    country: str | None
    country_name: str | None
    scope: str | None
    convener: bool = Field(description="Whether it initiated the statement. Conveners come first, in their order.")


class Signatories(Schema):
    items: list[Signatory]
    next: str | None = Field(description="The address of the next page, null on the last.")


class Index(Schema):
    statements: str
    openapi: str


class WrongParameter(Schema):
    parameter: str | None
    detail: str


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[WrongParameter] | None = None
