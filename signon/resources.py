"""The columns of an exported list: one place names them, their headers and who may see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from import_export.fields import Field
from import_export.resources import Resource

from signon import countries
from signon.models import SignOn

# The columns that the right `export_contacts` adds.
CONTACTS = ("representative_name", "representative_title", "email", "language", "consent_updates")


class SignatoryResource(Resource):
    """What whoever may export sees. A name that its owner keeps back is not in it."""

    number = Field("pk", "number")
    statement = Field("statement__slug", "statement")
    state = Field("state", "state")
    organization = Field(column_name="organization")
    acronym = Field(column_name="acronym")
    country = Field("country", "country")
    country_name = Field(column_name="country_name")
    scope = Field("scope", "scope")
    organization_type = Field("organization_type", "organization_type")
    website = Field(column_name="website")
    individual = Field(column_name="individual")
    affiliation = Field(column_name="affiliation")
    listing = Field("listing", "listing")
    text_language = Field("text__language", "text_language")
    text_digest = Field("text__digest", "text_digest")
    source = Field("source", "source")
    signed_at = Field(column_name="signed_at")
    confirmed_at = Field(column_name="confirmed_at")
    decided_at = Field(column_name="decided_at")

    @classmethod
    def get_display_name(cls) -> str:
        return cls.__name__

    def _told(self, sign_on: SignOn, words: str) -> str:
        return words if sign_on.listing == SignOn.Listing.NAME else ""

    def dehydrate_organization(self, sign_on: SignOn) -> str:
        name = sign_on.organization.name if sign_on.organization else sign_on.organization_name
        return self._told(sign_on, name)

    def dehydrate_acronym(self, sign_on: SignOn) -> str:
        acronym = sign_on.organization.acronym if sign_on.organization else sign_on.acronym
        return self._told(sign_on, acronym)

    def dehydrate_website(self, sign_on: SignOn) -> str:
        return self._told(sign_on, sign_on.website)

    def dehydrate_individual(self, sign_on: SignOn) -> str:
        return self._told(sign_on, sign_on.representative_name) if sign_on.is_individual else ""

    def dehydrate_affiliation(self, sign_on: SignOn) -> str:
        return self._told(sign_on, sign_on.affiliation)

    def dehydrate_country_name(self, sign_on: SignOn) -> str:
        return countries.name(sign_on.country, "en")

    def dehydrate_signed_at(self, sign_on: SignOn) -> str:
        return moment(sign_on.created_at)

    def dehydrate_confirmed_at(self, sign_on: SignOn) -> str:
        return moment(sign_on.confirmed_at)

    def dehydrate_decided_at(self, sign_on: SignOn) -> str:
        return moment(sign_on.decided_at)


class ContactResource(SignatoryResource):
    """With names that are kept back, and whom to write to: for those with the right `export_contacts`."""

    representative_name = Field("representative_name", "representative_name")
    representative_title = Field("representative_title", "representative_title")
    email = Field("email", "email")
    language = Field("language", "language")
    consent_updates = Field(column_name="consent_updates")

    def _told(self, sign_on: SignOn, words: str) -> str:
        return words

    def dehydrate_consent_updates(self, sign_on: SignOn) -> str:
        return "yes" if sign_on.consent_updates else "no"


def moment(at: datetime | None) -> str:
    """ISO 8601 in UTC to the second, "" for none: 2026-03-08T12:00:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def resource_for(user: Any) -> type[SignatoryResource]:
    """The columns that this user may export."""
    return ContactResource if user.has_perm("signon.export_contacts") else SignatoryResource
