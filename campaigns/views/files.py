"""Photos and documents: what a network publishes as files."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaigns import documents
from campaigns.models import Document

# What a file of ours may do when it is opened by itself: nothing.
POLICY = "default-src 'none'; sandbox"
PHOTO = re.compile(r"photos/[A-Za-z0-9_-]{1,32}/[1-9][0-9]{0,4}\.webp")


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def media(request: HttpRequest, name: str) -> FileResponse:
    """A photo in one of its widths; a photo's files are never written again."""
    if not PHOTO.fullmatch(name) or not default_storage.exists(name):
        raise Http404
    return _file(name, content_type="image/webp")


@require_safe
@cache_control(public=True, max_age=300)
def document(request: HttpRequest, key: str) -> FileResponse:
    """A PDF, to be kept; each fetch of it counts, and nothing of who fetched it."""
    found = get_object_or_404(Document.objects.published(), key=key)
    if not default_storage.exists(found.file_name):
        raise Http404
    name = slugify(found.title, allow_unicode=True)[:80].strip("-") or "document"
    response = _file(found.file_name, content_type="application/pdf", as_attachment=True, filename=f"{name}.pdf")
    if request.method == "GET":
        documents.count_fetch(found)
    return response


def _file(name: str, **options: Any) -> FileResponse:
    response = FileResponse(default_storage.open(name), **options)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
