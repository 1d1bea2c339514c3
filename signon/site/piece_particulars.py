"""A piece of the public site but for its words: its short name, campaign and photo, an event's time and places."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campaigns import marks, publishing
from campaigns.models import Event, Piece
from signon.events import registration_desk
from signon.models import Registration, User


@transaction.atomic
def change(piece: Piece, *, by: User, seen: str, **fields: Any) -> list[Registration]:
    """Save these fields, `slug` among them; `seen` is marks.mark_of them as a page showed them.

    An event's places are given at once, and who moved up comes back; who registered is told of nothing by itself.
    Raises marks.ChangedMeanwhile and publishing.Taken.
    """
    marks.hold(piece, list(fields), seen)
    publishing.rename(piece, fields.pop("slug"), by=by)
    if isinstance(piece, Event):
        return registration_desk.change(piece, by=by, **fields)
    publishing.change(piece, by=by, **fields)
    return []
