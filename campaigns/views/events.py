"""Events: coming and past, each with its page, and as calendars."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaigns import calendars, heads, markdown, piece_cards
from campaigns.models import Event
from campaigns.views.leading import lead_on

PAST = 50


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Coming ones and the latest that are past; `after`, the last that was shown, leads to older ones."""
    published = Event.objects.published().with_words()
    mark = _shown_last(request)
    older = published.past()
    if mark:
        older = older.filter(Q(starts_at__lt=mark.starts_at) | Q(starts_at=mark.starts_at, pk__lt=mark.pk))
    past = list(older[: PAST + 1])
    path = reverse("events")
    shown = {
        "coming": [] if mark else piece_cards.cards(published.coming()),
        "past": piece_cards.cards(past[:PAST]),
        "is_older": mark is not None,
        "older": f"{path}?{urlencode({'after': past[PAST - 1].slug})}" if len(past) > PAST else "",
        "head": heads.head(path + (f"?{urlencode({'after': mark.slug})}" if mark else ""), title=_("Events")),
    }
    return render(request, "campaigns/events.html", shown)


def _shown_last(request: HttpRequest) -> Event | None:
    slug = request.GET.get("after", "").replace("\0", "")
    found: Event | None = Event.objects.published().past().filter(slug=slug).first() if slug else None
    return found


@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    published = Event.objects.published().with_words().select_related("campaign", "statement", "photo")
    found = published.prefetch_related("photo__words").filter(slug=slug).first()
    if found is None:
        return lead_on(Event, slug)
    text = found.text(get_language())
    if text is None:
        raise Http404
    prepared = found.statement if found.statement and found.statement.is_reachable else None
    shown = {
        "event": found,
        "text": text,
        "html": markdown.render(text.body),
        "calendar_url": reverse("event-calendar", args=[found.slug]),
        "is_past": found.ends_at <= timezone.now(),
        "statement": prepared,
        "statement_text": prepared.text(get_language()) if prepared else None,
        "head": heads.of_piece(found, text),
    }
    return render(request, "campaigns/event.html", shown)


@require_safe
@cache_control(public=True, max_age=300)
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Event.objects.published().with_words(), slug=slug)
    return calendar_file(calendars.calendar([found], get_language() or "en"), f"{found.slug}.ics")


@require_safe
@cache_control(public=True, max_age=300)
def calendar(request: HttpRequest) -> HttpResponse:
    found = calendars.subscribed()
    return calendar_file(calendars.calendar(found, get_language() or "en"), "events.ics")


def calendar_file(data: bytes, name: str) -> HttpResponse:
    """iCalendar's bytes as a file to be kept."""
    return HttpResponse(
        data,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
