"""The beginning of a text, for lists."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from campaigns import markdown
from campaigns.models import Words

LENGTH = 280
_END = re.compile(r"[.!?…؟。](?=[\s”»’\")\]]|$)[”»’\")\]]*")


def excerpt_of(text: Words) -> str:
    """What staff wrote as its excerpt, or its beginning, cut at a sentence."""
    return text.excerpt.strip() or cut(plain(text.body))


def plain(source: str) -> str:
    """Markdown as words in one line, without footnotes and their marks."""
    soup = BeautifulSoup(markdown.render(source), "html.parser")
    for note in soup.select(".footnotes, .footnotes-sep, .footnote-ref, table"):
        note.decompose()
    return " ".join(soup.get_text().split())


def cut(words: str, length: int = LENGTH) -> str:
    """At most `length` characters: whole sentences if the first one fits, else whole words and an ellipsis."""
    if len(words) <= length:
        return words
    ends = [found.end() for found in _END.finditer(words[: length + 1]) if found.end() <= length]
    if ends and ends[-1] >= length // 3:
        return words[: ends[-1]]
    return words[:length].rsplit(" ", 1)[0].rstrip(",;:–— ") + " …"
