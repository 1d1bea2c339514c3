"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import front, heads, markdown


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    publisher = front.publisher()
    words = publisher.text(get_language())
    shown = {
        "publisher": publisher,
        "words": words,
        "about_html": markdown.render(words.about) if words and words.about else "",
        "photos": front.photos(),
        "event": front.next_event(),
        "head": heads.head(
            reverse("home"), title=publisher.name, description=words.tagline if words else "", languages=()
        ),
    }
    return render(request, "campaigns/home.html", shown | front.statements(publisher) | front.posts())
