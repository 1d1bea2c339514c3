"""Markdown of statements: numbered demands and footnotes that link there and back."""

from functools import cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import render_footnote_anchor

ATTRIBUTES = {
    "a": {"href", "id", "class", "title", "aria-label"},
    "ol": {"start", "class"},
    "li": {"id", "class"},
    "sup": {"class", "id"},
    "section": {"class"},
    "hr": {"class"},
    "th": {"style"},
    "td": {"style"},
}
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p",
    "pre", "q", "s", "section", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@cache
def parser() -> MarkdownIt:
    """What reads a statement's Markdown, for every form that it takes."""
    # No raw HTML; a statement's own title is the page's h1, so its headings begin at h2.
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table").use(footnote_plugin)
    parser.add_render_rule("footnote_anchor", _way_back)
    return parser


def _way_back(*rendering: Any) -> str:
    """The link from a footnote to its mark, with a name for those who do not see the arrow."""
    label = escape(_("Back to the text"))
    return render_footnote_anchor(*rendering).replace(' class="', f' aria-label="{label}" class="')


def render(source: str) -> SafeString:
    """Markdown (CommonMark, tables, footnotes) as HTML that is safe to show; links go to http, https and mailto.

    nh3 cleans what the parser made, so that a fault in either alone opens nothing.
    """
    html = parser().render(source).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(cleaned)  # noqa: S308
