"""What a text lost on its way into Markdown, counted and told in sentences."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import ngettext_lazy

# By code, in the order in which they are told. What was changed without a loss of words stands last.
_WORDS = {
    "too_long": ngettext_lazy(
        "The text is longer than we read; its end is missing.",
        "The text is longer than we read; its end is missing.",
        "number",
    ),
    "images": ngettext_lazy("%(number)s picture was left out.", "%(number)s pictures were left out.", "number"),
    "objects": ngettext_lazy(
        "%(number)s embedded object (a drawing, a chart, a video, a formula) was left out.",
        "%(number)s embedded objects (drawings, charts, videos, formulas) were left out.",
        "number",
    ),
    "scripts": ngettext_lazy("%(number)s script was left out.", "%(number)s scripts were left out.", "number"),
    "fields": ngettext_lazy("%(number)s form field was left out.", "%(number)s form fields were left out.", "number"),
    "comments": ngettext_lazy("%(number)s comment was left out.", "%(number)s comments were left out.", "number"),
    "deleted": ngettext_lazy(
        "%(number)s passage marked as deleted (tracked changes) was left out.",
        "%(number)s passages marked as deleted (tracked changes) were left out.",
        "number",
    ),
    "inserted": ngettext_lazy(
        "%(number)s passage marked as inserted (tracked changes) was taken as accepted.",
        "%(number)s passages marked as inserted (tracked changes) were taken as accepted.",
        "number",
    ),
    "hidden": ngettext_lazy(
        "%(number)s hidden passage was left out.", "%(number)s hidden passages were left out.", "number"
    ),
    "margins": ngettext_lazy(
        "The page’s header or footer was left out.",
        "%(number)s headers and footers of pages were left out.",
        "number",
    ),
    "links": ngettext_lazy(
        "%(number)s link led to no page of the web (inside the document, or to a file); its words stay, the link is"
        " gone.",
        "%(number)s links led to no page of the web (inside the document, or to a file); their words stay, the links"
        " are gone.",
        "number",
    ),
    "merged": ngettext_lazy(
        "%(number)s table has merged cells; they were taken apart: look at it.",
        "%(number)s tables have merged cells; they were taken apart: look at them.",
        "number",
    ),
    "tables": ngettext_lazy(
        "%(number)s table held lists or another table in its cells; they became lines: look at it.",
        "%(number)s tables held lists or other tables in their cells; they became lines: look at them.",
        "number",
    ),
    "letters": ngettext_lazy(
        "%(number)s list counted with letters or Roman numerals now counts with digits.",
        "%(number)s lists counted with letters or Roman numerals now count with digits.",
        "number",
    ),
    "colors": ngettext_lazy(
        "Colors and highlights were left out (%(number)s passage).",
        "Colors and highlights were left out (%(number)s passages).",
        "number",
    ),
    "underlined": ngettext_lazy(
        "%(number)s underlined passage is underlined no more.",
        "%(number)s underlined passages are underlined no more.",
        "number",
    ),
    "struck": ngettext_lazy(
        "%(number)s passage was struck through; its words stay, without the line: look whether they should.",
        "%(number)s passages were struck through; their words stay, without the line: look whether they should.",
        "number",
    ),
    "raised": ngettext_lazy(
        "%(number)s raised or lowered passage stands on the line now.",
        "%(number)s raised or lowered passages stand on the line now.",
        "number",
    ),
    "bold": ngettext_lazy(
        "%(number)s passage lost its bold or italic letters, which began or ended inside a word.",
        "%(number)s passages lost their bold or italic letters, which began or ended inside a word.",
        "number",
    ),
    "typed": ngettext_lazy(
        "%(number)s line that began with a typed number became a numbered demand.",
        "%(number)s lines that began with typed numbers became numbered demands.",
        "number",
    ),
}


class Losses(Counter[str]):
    """How often each was met, by code."""

    def add(self, code: str, number: int = 1) -> None:
        """Count one more, or several."""
        if number:
            self[code] += number

    def sentences(self) -> list[str]:
        """What was lost, in the language that is active now."""
        return [str(words % {"number": self[code]}) for code, words in _WORDS.items() if self[code]]
