"""Markdown of statements: numbered demands and footnotes that link there and back."""

from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

ATTRIBUTES = {
    "a": {"href", "id", "class", "title"},
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
def _parser() -> MarkdownIt:
    # No raw HTML; a statement's own title is the page's h1, so its headings begin at h2.
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table").use(footnote_plugin)


def render(source: str) -> SafeString:
    """Markdown (CommonMark, tables, footnotes) as HTML that is safe to show; links go to http, https and mailto.

    nh3 cleans what the parser made, so that a fault in either alone opens nothing.
    """
    html = _parser().render(source).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(cleaned)  # noqa: S308
