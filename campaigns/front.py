"""What stands on the front page."""

from __future__ import annotations

from typing import Any

from campaigns import piece_cards, statement_cards
from campaigns.models import Event, Photo, Post, Publisher, Statement
from campaigns.piece_cards import PieceCard

NEWS, STORIES, STATEMENTS = 5, 3, 4


def publisher() -> Publisher:
    """The network, as its settings say; by its defaults while nobody wrote any."""
    return Publisher.objects.prefetch_related("words").first() or Publisher(pk=1)


def photos() -> list[Photo]:
    """The pictures in their order."""
    chosen = Photo.objects.filter(front_place__isnull=False).order_by("front_place", "pk")
    return list(chosen.prefetch_related("words"))


def statements(network: Publisher) -> dict[str, Any]:
    """The one that stands first (`featured`: the network's choice, or the newest open one) and other open ones."""
    public = Statement.objects.public()
    current = statement_cards.cards(public.filter(state=Statement.State.OPEN))["open_statements"]
    first = next((card for card in current if card.statement.phase() == "open"), None)
    if network.featured_id:
        chosen = statement_cards.cards(public.filter(pk=network.featured_id))
        first = next(iter(chosen["open_statements"] + chosen["past_statements"]), first)
    others = [card for card in current if first is None or card.statement.pk != first.statement.pk]
    return {"featured": first, "other_statements": others[:STATEMENTS]}


def next_event() -> PieceCard | None:
    """The next one that has not ended."""
    coming = Event.objects.published().coming().with_words()[:1]
    return next(iter(piece_cards.cards(coming)), None)


def posts() -> dict[str, list[PieceCard]]:
    """The latest news and updates, and the latest stories."""
    published = Post.objects.published().with_words()
    return {
        "news": piece_cards.cards(published.exclude(kind=Post.Kind.STORY)[:NEWS]),
        "stories": piece_cards.cards(published.filter(kind=Post.Kind.STORY)[:STORIES]),
    }
