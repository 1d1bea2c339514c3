"""Headings: the title is taken out, the others begin at the second level, as below a page's own title."""

from __future__ import annotations

from bs4 import Tag

_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def mend(root: Tag) -> str:
    """Take the title away and return it ("" where there is none): a first heading that stands above all others."""
    headings = root.find_all(_HEADINGS)
    title = ""
    if headings and _is_first(headings[0]) and all(other.name > headings[0].name for other in headings[1:]):
        title = " ".join(headings[0].get_text().replace("\xa0", " ").split())[:300]
        if not headings[0].find("footnote-mark"):
            headings.pop(0).decompose()
        else:
            title = ""
    if headings:
        top = min(int(heading.name[1]) for heading in headings)
        for heading in headings:
            heading.name = f"h{min(int(heading.name[1]) - top + 2, 4)}"
    return title


def _is_first(heading: Tag) -> bool:
    return not any(text.strip() for text in heading.find_all_previous(string=True))
