"""What every page links to: pages that staff put at the top or at the foot."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import get_language

from campaigns.models import Page, PageWords


@dataclass(frozen=True)
class Menu:
    main: list[PageWords] = field(default_factory=list)
    footer: list[PageWords] = field(default_factory=list)


def menu() -> Menu:
    """Published pages by where they are linked, each in the reader's language or its original's; one query."""
    words = (
        PageWords.objects.filter(piece__published_at__lte=timezone.now())
        .exclude(piece__menu=Page.Menu.NONE)
        .select_related("piece")
        .defer("body", "excerpt")
        .order_by("piece__position", "piece__slug")
    )
    language = get_language()
    chosen: dict[int, PageWords] = {}
    for text in words:
        if text.language == language or (text.is_original and text.piece_id not in chosen):
            chosen[text.piece_id] = text
        # A later translation takes the original's place, and keeps the page's.
    found = Menu()
    for text in chosen.values():
        (found.main if text.piece.menu == Page.Menu.MAIN else found.footer).append(text)
    return found
