"""A draft by its secret link: what its public page will be, for whoever was given the link, and for no machine."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import calendars, markdown
from campaigns.models import Event, Page, Piece, Post
from campaigns.views.events import calendar_file

KINDS: dict[str, tuple[type[Piece], str, str]] = {
    "posts": (Post, "campaigns/post.html", "post"),
    "events": (Event, "campaigns/event.html", "event"),
    "pages": (Page, "campaigns/page.html", "piece"),
}


@require_safe
@never_cache
def draft(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Once it is published, its link leads to its page."""
    if kind not in KINDS:
        raise Http404
    model, template, name = KINDS[kind]
    found: Any = get_object_or_404(model.objects.with_words(), draft_key=key)  # type: ignore[attr-defined]
    text = found.text(get_language())
    if text is None:
        raise Http404
    if found.is_published():
        response: HttpResponse = redirect(found)
    else:
        shown = {name: found, "text": text, "html": markdown.render(text.body), "template": template}
        if model is Event:
            shown["is_past"] = found.ends_at <= timezone.now()
            shown["calendar_url"] = reverse("draft-calendar", args=[key])
        response = render(request, "campaigns/draft.html", shown)
    return _kept_quiet(response)


@require_safe
@never_cache
def draft_calendar(request: HttpRequest, key: str) -> HttpResponse:
    """A draft event for a calendar, under the same secret; once it is published, the link leads to the public one."""
    found = get_object_or_404(Event.objects.with_words(), draft_key=key)
    if found.is_published():
        return _kept_quiet(redirect("event-calendar", found.slug))
    return _kept_quiet(calendar_file(calendars.calendar([found], get_language() or "en"), "event.ics"))


def _kept_quiet(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
