"""The sitemap (sitemaps.org) with each page's other languages, of what strangers may read now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import islice
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.xmlutils import SimplerXMLGenerator

from campaigns.heads import Head, head
from campaigns.models import Campaign, Event, Page, Post, Statement
from campaigns.statement_cards import with_texts

# What the protocol allows in one file.
MOST = 50_000
NAMESPACES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}


@dataclass(frozen=True)
class Entry:
    """A page with all its languages; `changed` is aware, or None where nobody knows."""

    head: Head
    changed: datetime | None = None


def entries() -> Iterator[Entry]:
    """Every page of words that strangers may read at this moment."""
    for name in ("home", "statements", "news", "events", "organizations", "privacy"):
        yield Entry(head(_plain(reverse(name)), title=""))
    for statement in with_texts(Statement.objects.public()):
        if statement.revision and (texts := statement.revision.current_texts):
            yield Entry(
                _head(statement.get_absolute_url(), [text.language for text in texts], texts[0].language),
                max(filter(None, [*(text.created_at for text in texts), statement.opens_at, statement.embargo_until])),
            )
    for campaign in Campaign.objects.filter(statements__in=Statement.objects.public()).distinct():
        yield Entry(head(_plain(campaign.get_absolute_url()), title=""))
    for kind in (Post, Event, Page):
        for piece in kind.objects.published().with_words():
            if words := list(piece.words.all()):
                languages = [text.language for text in words]
                changed = max(piece.published_at, *(text.changed_at for text in words))
                yield Entry(_head(piece.get_absolute_url(), languages, piece.original_language), changed)


def sitemap() -> bytes:
    """The file: one url element for each language of a page, each with links to all of them."""
    out = StringIO()
    made = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    made.startDocument()
    made.startElement("urlset", AttributesImpl(NAMESPACES))
    for entry, address in islice(_addresses(), MOST):
        made.startElement("url", AttributesImpl({}))
        made.addQuickElement("loc", address)
        if entry.changed:
            made.addQuickElement("lastmod", entry.changed.isoformat(timespec="seconds"))
        for code, other in [*entry.head.languages.items(), ("x-default", entry.head.default)]:
            made.addQuickElement("xhtml:link", "", {"rel": "alternate", "hreflang": code, "href": other})
        made.endElement("url")
    made.endElement("urlset")
    return out.getvalue().encode()


def robots() -> str:
    """What programs that read the whole site leave alone: what is staff's, and links that are one person's."""
    prefixes = ["", *(f"/{code}" for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)]
    private = [
        "accounts/",
        "desk/",
        "sign-ons/",
        "invitations/",
        "mail/",
        "drafts/",
        "statements/*/draft/",
        "statements/*/late/",
        "privacy/your-data/*/",
    ]
    lines = ["User-agent: *", "Disallow: /admin/"]
    lines += [f"Disallow: {prefix}/{path}" for prefix in prefixes for path in private]
    return "\n".join([*lines, "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""])


def _addresses() -> Iterator[tuple[Entry, str]]:
    for entry in entries():
        for address in entry.head.languages.values() or [entry.head.default]:
            yield entry, address


def _head(path: str, languages: list[str], original: str) -> Head:
    return head(_plain(path), title="", languages=languages, original=original)


def _plain(path: str) -> str:
    """Without a language's prefix, whatever language is set."""
    return translate_url(path, settings.LANGUAGE_CODE)
