"""Posts and events as lists show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from campaigns.excerpts import excerpt_of
from campaigns.models import Piece, Words


@dataclass(frozen=True)
class PieceCard:
    """A post or an event in a list, in the words that this reader gets."""

    piece: Any
    text: Words
    url: str

    @property
    def excerpt(self) -> str:
        return excerpt_of(self.text)


def cards(pieces: Iterable[Piece]) -> list[PieceCard]:
    """Those that have words; ask for `with_words()`, and what a card shows of it, or it costs queries each."""
    language = get_language()
    found = ((piece, piece.text(language)) for piece in pieces)
    return [PieceCard(piece, text, piece.get_absolute_url()) for piece, text in found if text]  # type: ignore[attr-defined]
