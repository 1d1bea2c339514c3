"""Atom feeds (RFC 4287) of posts, statements and events, one a language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import markdown
from campaigns.excerpts import excerpt_of
from campaigns.heads import whole
from campaigns.models import Event, Piece, Post, Publisher, Statement
from campaigns.statement_cards import with_texts

SIZE = 20


class Feed(Atom1Feed):
    """Each entry says its own language, and holds its whole text beside the excerpt."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        item["description"] = None  # it would be HTML; the summary is text
        super().add_item_elements(handler, item)
        handler.addQuickElement("summary", item["summary"])
        handler.addQuickElement("content", item["html"], {"type": "html"})


def posts() -> bytes:
    """The newest posts, in the language that is set, each in it or in its original's."""
    feed = _feed(_("News"), "feed-posts", "news")
    for post in Post.objects.published().with_words()[:SIZE]:
        _add_piece(feed, post, author=post.author, categories=[str(post.get_kind_display())])
    return _written(feed)


def events() -> bytes:
    """Coming events and past ones, as they were announced, the newest first."""
    feed = _feed(_("Events"), "feed-events", "events")
    for event in Event.objects.published().with_words().order_by("-published_at", "-pk")[:SIZE]:
        _add_piece(feed, event)
    return _written(feed)


def statements() -> bytes:
    """Public statements, those that opened last first."""
    feed = _feed(_("Statements"), "feed-statements", "statements")
    for statement in with_texts(Statement.objects.public().order_by("-opens_at", "-pk"))[:SIZE]:
        text = statement.text(get_language())
        if text and statement.phase() != "before":
            _add(
                feed,
                statement,
                title=text.title,
                link=statement.get_absolute_url(),
                language=text.language,
                summary=text.lead,
                html=markdown.render(text.body),
                published=max(filter(None, [statement.opens_at, statement.embargo_until]), default=text.created_at),
                updated=max(filter(None, [text.created_at, statement.opens_at, statement.embargo_until])),
            )
    return _written(feed)


FEEDS: dict[str, Callable[[], bytes]] = {"posts": posts, "statements": statements, "events": events}


def _feed(title: str, feed: str, page: str) -> Feed:
    network = Publisher.objects.only("name").first() or Publisher()
    return Feed(
        title=f"{title} · {network.name}",
        link=whole(reverse(page)),
        description=title,
        language=get_language(),
        author_name=network.name,
        feed_url=whole(reverse(feed)),
    )


def _add_piece(feed: Feed, piece: Piece, **more: Any) -> None:
    text = piece.text(get_language())
    if text and piece.published_at:
        before = ""
        if isinstance(piece, Event):
            before = render_to_string("campaigns/_event_in_feed.html", {"event": piece, "text": text})
        _add(
            feed,
            piece,
            title=text.title,
            link=piece.get_absolute_url(),  # type: ignore[attr-defined]
            language=text.language,
            summary=excerpt_of(text),
            html=before + markdown.render(text.body),
            published=piece.published_at,
            updated=max(filter(None, [text.changed_at, piece.published_at, getattr(piece, "moved_at", None)])),
            **more,
        )


def _add(
    feed: Feed,
    of: Any,
    *,
    title: str,
    link: str,
    language: str,
    summary: str,
    html: str,
    published: datetime,
    updated: datetime,
    author: str = "",
    categories: list[str] | None = None,
) -> None:
    feed.add_item(
        title=title,
        link=whole(link),
        # It stays the same whatever its address becomes (RFC 4151).
        unique_id=f"tag:{urlsplit(settings.SITE_URL).hostname},{of.created_at:%Y-%m-%d}:"
        f"{of._meta.model_name}/{of.pk}/{get_language()}",
        description="",
        summary=summary,
        language=language,
        html=html,
        pubdate=published,
        updateddate=updated,
        author_name=author or None,
        categories=categories or (),
    )


def _written(feed: Feed) -> bytes:
    return feed.writeString("utf-8").encode()
