"""A statement's Markdown as plain data, for what is printed: whoever lays it out reads words, never code.

A block or an inline is a dict whose `is` says what it is and whose `of` holds what is in it.
"""

from __future__ import annotations

from typing import Any

from markdown_it.tree import SyntaxTreeNode

from campaigns.markdown import parser

Node = dict[str, Any]
SCHEMES = ("http://", "https://", "mailto:")
# The statement's own title is the first level.
FIRST, DEEPEST = 2, 4
_EMPTY: Node = {"is": "paragraph", "of": []}


def blocks(source: str) -> list[Node]:
    """Paragraphs, headings, lists, quotes, tables, code and rules, in order.

    Headings begin at level 2 and skip none. A footnote stands where it is marked: its first mark holds its blocks,
    the later ones only its number.
    """
    return _Reader(SyntaxTreeNode(parser().parse(source))).read()


class _Reader:
    def __init__(self, root: SyntaxTreeNode) -> None:
        self._root = root
        self._level = FIRST - 1
        self._notes: dict[int, SyntaxTreeNode] = {}
        self._marked: set[int] = set()

    def read(self) -> list[Node]:
        for block in self._root.children:
            if block.type == "footnote_block":
                self._notes = {note.meta["id"]: note for note in block.children}
        return self._blocks(self._root)

    def _blocks(self, parent: SyntaxTreeNode) -> list[Node]:
        found = [self._block(child) for child in parent.children]
        return [block for block in found if block]

    def _block(self, node: SyntaxTreeNode) -> Node | None:
        if node.type == "paragraph":
            return {"is": "paragraph", "of": self._words(node)}
        if node.type == "heading":
            if not (words := self._words(node)):
                return None  # a heading without words leads nowhere
            self._level = min(max(int(node.tag[1]), FIRST), self._level + 1, DEEPEST)
            return {"is": "heading", "level": self._level, "of": words}
        if node.type in ("ordered_list", "bullet_list"):
            ordered = node.type == "ordered_list"
            start = int(node.attrs.get("start", 1)) if ordered else 0
            items = [self._blocks(item) for item in node.children]
            return {"is": "list", "ordered": ordered, "start": start, "items": items}
        if node.type == "blockquote":
            return {"is": "quote", "of": self._blocks(node)}
        if node.type == "table":
            rows = [[self._words(cell) for cell in row.children] for part in node.children for row in part.children]
            return {"is": "table", "head": rows[0], "rows": rows[1:]}
        if node.type in ("fence", "code_block"):
            return {"is": "code", "text": node.content.rstrip("\n")}
        return {"is": "rule"} if node.type == "hr" else None

    def _words(self, node: SyntaxTreeNode) -> list[Node]:
        inline = node.children[0].children if node.children else []
        return [word for child in inline for word in self._inline(child)]

    def _inline(self, node: SyntaxTreeNode) -> list[Node]:
        plain = {"text": node.content, "code_inline": node.content, "softbreak": " "} if not node.children else {}
        if node.type in plain:
            return [{"is": "code" if node.type == "code_inline" else "text", "text": plain[node.type]}]
        if node.type == "hardbreak":
            return [{"is": "break"}]
        if node.type == "footnote_ref":
            return [self._note(node.meta["id"])]
        inside = [word for child in node.children for word in self._inline(child)]
        if node.type in ("strong", "em"):
            return [{"is": "strong" if node.type == "strong" else "emphasis", "of": inside}]
        if node.type == "link" and str(node.attrs["href"]).startswith(SCHEMES):
            return [{"is": "link", "url": node.attrs["href"], "of": inside}]
        return inside  # of a picture, the words that stand for it

    def _note(self, key: int) -> Node:
        if key in self._marked:
            return {"is": "note", "number": key + 1, "of": []}
        self._marked.add(key)
        return {"is": "note", "number": key + 1, "of": self._blocks(self._notes[key]) or [_EMPTY]}
