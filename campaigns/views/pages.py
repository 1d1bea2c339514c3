"""Pages that stay: about, contact, privacy, imprint."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import heads, markdown
from campaigns.models import Page
from campaigns.views.leading import lead_on


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = Page.objects.published().with_words().filter(slug=slug).first()
    if found is None:
        return lead_on(Page, slug)
    text = found.text(get_language())
    if text is None:
        raise Http404
    shown = {"piece": found, "text": text, "html": markdown.render(text.body), "head": heads.of_piece(found, text)}
    return render(request, "campaigns/page.html", shown)
