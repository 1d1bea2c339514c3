"""Tables as Markdown can say them: a line a row, words alone in every cell."""

from __future__ import annotations

from bs4 import BeautifulSoup, NavigableString, Tag

from campaigns.pasting.losses import Losses

_IN_CELLS = ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "ul", "li", "blockquote", "hr", "br"]


def mend(root: Tag, losses: Losses) -> None:
    """Make every table one that Markdown can say: no cell merged, no lists, no table in a table."""
    for table in root.find_all("table"):
        if table.find_parent("table"):
            continue
        inner = table.find_all("table")
        losses.add("tables", int(bool(inner or table.find(["li"]))))
        for nested in inner:
            for tag in nested.find_all(["tr", "td", "th", "thead", "tbody", "caption"]):
                tag.name = "div"
            nested.name = "div"
        cells = table.find_all(["td", "th"])
        if any(str(cell.get(name) or "1") != "1" for cell in cells for name in ("colspan", "rowspan")):
            losses.add("merged")
        _take_apart(cells)
        for cell in cells:
            for block in cell.find_all(_IN_CELLS):
                block.insert_before(NavigableString(" "))
                block.insert_after(NavigableString(" "))
                block.unwrap()
        if len(cells) < 2:  # a frame around words
            for tag in [*table.find_all(["tr", "td", "th", "thead", "tbody", "caption"]), table]:
                tag.name = "div"


def _take_apart(cells: list[Tag]) -> None:
    """Put empty cells where a merged one reached, so that every column keeps its place."""
    for cell in cells:
        wide, high = (_reach(cell, name) for name in ("colspan", "rowspan"))
        place = len(cell.find_previous_siblings(["td", "th"]))
        for row in [cell.parent, *cell.parent.find_next_siblings("tr")][:high] if cell.parent is not None else []:
            there = row.find_all(["td", "th"], recursive=False)
            for _empty in range(wide - 1 if row is cell.parent else wide):
                made = BeautifulSoup("", "html.parser").new_tag("td")
                if row is cell.parent:
                    cell.insert_after(made)
                elif place < len(there):
                    there[place].insert_before(made)
                else:
                    row.append(made)
        cell.attrs = {}


def _reach(cell: Tag, name: str) -> int:
    words = str(cell.get(name) or "1")
    return min(int(words), 20) if words.isascii() and words.isdecimal() and 0 < len(words) < 5 else 1
