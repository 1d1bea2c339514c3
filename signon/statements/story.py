"""What became of a statement, as its page tells it for years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from campaigns import markdown
from campaigns.models import AddresseeAnswer, RevisionText, Statement
from signon.letters.letter import in_words
from signon.models import LetterPack


@dataclass(frozen=True)
class Chapter:
    """One thing that happened: "delivered" (with its letter; later ones are addenda) or "answered"."""

    kind: str
    at: datetime
    pack: LetterPack | None = None
    counts: str = ""
    is_addendum: bool = False
    answer: AddresseeAnswer | None = None
    html: str = ""
    direction: str = "ltr"


def story(statement: Statement) -> list[Chapter]:
    """Deliveries and answers, the first first; nothing of a statement that nobody delivered. Two queries."""
    told = [
        Chapter("delivered", pack.delivered_at, pack, in_words(pack.counts), is_addendum=number > 0)
        for number, pack in enumerate(LetterPack.objects.light().filter(statement=statement).delivered())
        if pack.delivered_at
    ]
    if not told:
        return []
    zone = statement.time_zone
    for each in statement.answers.all():
        at = datetime.combine(each.received_on, time.max, zone)  # of a day, after what else happened on it
        direction = RevisionText(language=each.language).direction
        told.append(Chapter("answered", at, answer=each, html=markdown.render(each.words), direction=direction))
    return sorted(told, key=lambda chapter: chapter.at)
