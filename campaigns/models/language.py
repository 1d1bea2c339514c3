from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns import languages

RIGHT_TO_LEFT = frozenset(
    {
        "apc", "ar", "arc", "bal", "bgn", "ckb", "dv", "fa", "ha", "he", "ks", "ku", "lrc", "mzn", "nqo", "ps",
        "rhg", "sd", "sdh", "skr", "syr", "trw", "ug", "ur", "yi",
    }
)  # fmt: skip


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
        """The language's name in itself, or its code where nobody knows it."""
        return languages.own_name_of(self.language)
