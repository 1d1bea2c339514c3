"""The privacy page: the network's own words, and under them what this installation keeps, made from its settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import heads, markdown
from campaigns.models import Page
from signon.privacy import in_force


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    written = Page.objects.published().with_words().filter(slug="privacy").first()
    text = written.text(get_language()) if written else None
    shown = {
        "text": text,
        "html": markdown.render(text.body) if text else "",
        "kept": in_force.read(),
        "head": heads.head(request.path, title=""),
    }
    return render(request, "signon/privacy.html", shown)
