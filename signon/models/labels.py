"""What a sign-on says of itself in words, for pages and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language

from signon.geography import countries

if TYPE_CHECKING:
    from collections.abc import Callable


class SignOnLabels:
    """The words for a sign-on's codes, in the language that is active."""

    if TYPE_CHECKING:
        country: str
        get_organization_type_display: Callable[[], str]
        get_state_display: Callable[[], str]
        get_listing_display: Callable[[], str]

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
