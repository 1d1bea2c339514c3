"""The mended tree in Markdown, by markdownify."""

from __future__ import annotations

import re

from bs4 import NavigableString, Tag
from markdownify import ATX, BACKSLASH, MarkdownConverter

from campaigns.pasting.soup import BLOCKS

# What Markdown would take for a sign: everywhere, at the beginning of words, and in a table's cell.
_ALWAYS = re.compile(r"([\\`*\[\]<])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_AT_START = re.compile(r"^(\s*)([#>+=~|-])")
_NUMBER_AT_START = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)")


def markdown_of(root: Tag) -> str:
    """Markdown (CommonMark, tables, marks of footnotes) of a tree that campaigns.pasting mended."""
    text = _Writer(heading_style=ATX, bullets="-", newline_style=BACKSLASH, table_infer_header=True).convert_soup(root)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?:\\\n)+(?=\n|\Z)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


class _Writer(MarkdownConverter):
    _begins = True

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        """A sign or a number is one only where a line begins."""
        self._begins = _begins(el)
        return str(super().process_text(el, parent_tags))  # type: ignore[misc]  # its stub leaves it out

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Only what would be read as a sign: a text that people compare shall not be full of strokes."""
        text = text.replace("\r", " ").replace("\n", " ")
        text = _ENTITY.sub(r"\&", _UNDERSCORE.sub(r"\_", _ALWAYS.sub(r"\\\1", text)))
        if self._begins:
            text = _NUMBER_AT_START.sub(r"\1\\\2", _AT_START.sub(r"\1\\\2", text))
        return text.replace("|", "\\|") if {"td", "th"} & parent_tags and not text.lstrip().startswith("\\|") else text

    def convert_footnote_mark(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"[^{el['number']}]"

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words, href = text.strip(), str(el.get("href") or "")
        if not words or not href:
            return text
        href = re.sub(r"[()<>\\\s\"]", lambda found: f"%{ord(found[0]):02X}", href)
        before, after = " " * text.startswith(" "), " " * text.endswith(" ")
        return f"{before}[{words}]({href}){after}"

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = text.strip()
        return f"*{words}*" if words else ""

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = text.strip()
        sign = "-"
        parent = el.parent
        if parent is not None and parent.name == "ol":
            place = len(el.find_previous_siblings("li"))
            sign = f"{_start(parent) + place}{parent.get('delimiter') or '.'}"
        elif parent is not None and parent.get("delimiter"):
            sign = "+" if parent["delimiter"] == ")" else "-"
        indent = " " * (len(sign) + 1)
        lines = words.split("\n")
        rest = "".join(f"\n{indent}{line}" if line else "\n" for line in lines[1:])
        return f"{sign} {lines[0]}{rest}\n"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\\\n"


def _start(ordered: Tag) -> int:
    words = str(ordered.get("start") or "1")
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 9 else 1


def _begins(text: NavigableString) -> bool:
    current: NavigableString | Tag = text
    while True:
        before = current.previous_sibling
        while before is not None and not before.get_text().strip() and getattr(before, "name", None) is None:
            before = before.previous_sibling
        if before is not None:
            return getattr(before, "name", None) in BLOCKS | {"br"}
        parent = current.parent
        if parent is None or parent.name not in ("strong", "em", "a"):
            return True
        current = parent
