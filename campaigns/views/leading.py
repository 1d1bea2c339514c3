"""Whoever comes to an address that a piece once had is led to the one that it has."""

from __future__ import annotations

from django.http import Http404, HttpResponsePermanentRedirect

from campaigns import publishing
from campaigns.models import Piece


def lead_on(model: type[Piece], slug: str) -> HttpResponsePermanentRedirect:
    """To where the piece is now. Raises Http404 where none had this short name."""
    found = publishing.moved(model, slug)
    if found is None:
        raise Http404
    return HttpResponsePermanentRedirect(found.get_absolute_url())  # type: ignore[attr-defined]
