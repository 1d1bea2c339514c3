"""Bold and italic as Markdown can say them: joined where they touch, and never closed in the middle of a word."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from bs4 import NavigableString, Tag

from campaigns import markdown
from campaigns.pasting.losses import Losses
from campaigns.pasting.writer import markdown_of

_BLANKS = re.compile("[ \t\r\n\f]+|[ \t\r\n\f]*\xa0[ \t\r\n\f\xa0]+")


def mend(root: Tag, losses: Losses) -> None:
    """Make bold and italic passages simple: none in its own kind, none empty, none side by side."""
    for tag in root.find_all(["strong", "em"]):
        in_heading = tag.name == "strong" and tag.find_parent(["h1", "h2", "h3", "h4", "h5", "h6"])
        if in_heading or tag.find_parent(tag.name):
            tag.unwrap()
    for tag in root.find_all(["strong", "em"]):
        if tag.parent is not None and tag.find(["p", "div", "ol", "ul", "table", "blockquote", "h1", "h2", "h3", "h4"]):
            tag.unwrap()
    root.smooth()
    for text in root.find_all(string=True):
        text.replace_with(NavigableString(_BLANKS.sub(_blank, text)))
    for name in ("em", "strong"):
        _join(root, name)
    for name in ("strong", "em"):
        for tag in root.find_all(name):
            if not _fit(tag):
                losses.add("bold")
                tag.unwrap()
    for block in {id(tag.parent): tag.parent for tag in root.find_all(["strong", "em"])}.values():
        if block is not None and not _reads_the_same(block):
            losses.add("bold")
            for tag in block.find_all(["strong", "em"]):
                tag.unwrap()
    root.smooth()


def _reads_the_same(block: Tag) -> bool:
    """Whether Markdown's reader finds the words that were written, and no stray sign among them."""
    shown = unescape(re.sub(r"<[^>]+>|\[\^\d+\]", "", markdown.render(markdown_of(block))))
    return _letters(shown) == _letters(block.get_text())


def _letters(words: str) -> str:
    return "".join(words.replace("|", "").split())  # a cell alone is written with its edge


def _blank(found: re.Match[str]) -> str:
    return "\xa0" if found[0] == "\xa0" else " "


def _join(root: Tag, name: str) -> None:
    for tag in root.find_all(name):
        if tag.decomposed or tag.parent is None:
            continue
        following = tag.next_sibling
        while isinstance(following, Tag) and following.name == name:
            tag.extend(list(following.contents))
            following.extract()
            following = tag.next_sibling
        tag.smooth()


def _fit(tag: Tag) -> bool:
    """Move what stands at the edges outside until Markdown can open and close there; False where it cannot."""
    for end in (0, -1):
        for _step in range(20):
            words = tag.get_text()
            if not words.strip():
                return False
            edge, beside = words[end], _beside(tag, end)
            if edge.isspace() or (_is_mark(edge) and _is_word(beside)):
                if not _move_out(tag, end):
                    return False
            else:
                break
    return True


def _move_out(tag: Tag, end: int) -> bool:
    inner = tag.contents[end]
    if not isinstance(inner, NavigableString) or not inner:
        return False
    moved = NavigableString(inner[end])
    rest = inner[1:] if end == 0 else inner[:-1]
    inner.replace_with(NavigableString(rest))
    if end == 0:
        tag.insert_before(moved)
    else:
        tag.insert_after(moved)
    if not rest:
        tag.contents[end].extract()
    return bool(tag.contents)


def _beside(tag: Tag, end: int) -> str:
    """The letter that touches it there, "" at the edge of a block."""
    current: Tag = tag
    while True:
        sibling = current.previous_sibling if end == 0 else current.next_sibling
        while sibling is not None and not sibling.get_text() and getattr(sibling, "name", None) != "br":
            if getattr(sibling, "name", None) == "footnote-mark":
                return "["
            sibling = sibling.previous_sibling if end == 0 else sibling.next_sibling
        if sibling is not None:
            words = sibling.get_text()
            return (words[-1] if end == 0 else words[0]) if words else ""
        parent = current.parent
        if parent is None or parent.name not in ("strong", "em", "a"):
            return ""
        current = parent


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


def _is_word(letter: str) -> bool:
    return bool(letter) and not letter.isspace() and not _is_mark(letter)
