"""The network's own colors as a style sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campaigns import network


@require_safe
def colors(request: HttpRequest) -> HttpResponse:
    """Kept for ever under an address that names these colors, for a short time under any other."""
    current = network.current()
    is_named = bool(current.css_digest) and request.GET.get("v") == current.css_digest
    response = HttpResponse(current.css, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_named else "public, max-age=60"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
