"""What a sign-on says of itself in words, for pages and mails: its name as typed, and its codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.utils.translation import get_language

from signon.geography import countries
from signon.naming import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class SignOnLabels:
    """Its name, and the words for its codes in the language that is active."""

    # Of which a signatory's name is made.
    NAMING: ClassVar = ("signer", "organization_name", "acronym", "representative_name", "affiliation")

    if TYPE_CHECKING:
        country: str
        get_organization_type_display: Callable[[], str]
        get_state_display: Callable[[], str]
        get_listing_display: Callable[[], str]

    @property
    def name_as_typed(self) -> str:
        """What would stand in the list had nobody corrected it: "Third World Network (TWN)", "Asha Rao, a place"."""
        return self.name_of({name: getattr(self, name) for name in self.NAMING})

    @classmethod
    def name_of(cls, typed: Mapping[str, Any]) -> str:
        """The same of fields that are no sign-on yet; those that are missing are empty."""
        signer, name, acronym, person, affiliation = (typed.get(field, "") for field in cls.NAMING)
        if signer == "individual":
            return ", ".join(filter(None, [person, affiliation]))
        return names.with_acronym(name, acronym)

    @property
    def type_label(self) -> str:
        return self.get_organization_type_display()

    @property
    def country_name(self) -> str:
        """The country in the language that is active now, "" where there is none."""
        return countries.name(self.country, get_language() or settings.LANGUAGE_CODE)

    @property
    def state_label(self) -> str:
        return self.get_state_display()

    @property
    def listing_label(self) -> str:
        return self.get_listing_display()
