from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language_info

RIGHT_TO_LEFT = frozenset({"ar", "arc", "dv", "fa", "ha", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


class InALanguage:
    """What is written in one language, and reads in that language's direction whatever the page's is."""

    if TYPE_CHECKING:
        language: str

    @property
    def direction(self) -> str:
        """For the dir attribute."""
        return "rtl" if self.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"

    @property
    def language_name(self) -> str:
        """The language's name in itself, or its code where Django does not know it."""
        try:
            return get_language_info(self.language)["name_local"]
        except KeyError:
            return self.language
