"""The network's own colors as a style sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaigns import network


@require_safe
def colors(request: HttpRequest) -> HttpResponse:
    """Kept for ever under an address that names these colors, for a minute where none are named.

    Whoever names others is to ask again: another process may know them already.
    """
    current, named = network.current(), request.GET.get("v", "")
    response = HttpResponse(current.css, content_type="text/css; charset=utf-8")
    if named:
        is_this = named == current.css_digest
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_this else "no-cache"
    else:
        response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
