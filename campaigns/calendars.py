"""Events for calendars (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.excerpts import excerpt_of
from campaigns.heads import whole
from campaigns.models import Event, EventWords
from campaigns.models.piece import PieceQuerySet

if TYPE_CHECKING:
    from icalendar import Event as Entry

# A subscribed calendar keeps what was for so long.
KEPT = timedelta(days=366)


def subscribed() -> PieceQuerySet:
    """Published events, the coming ones and those of a year before."""
    since = timezone.now() - KEPT
    found: PieceQuerySet = Event.objects.published().filter(ends_at__gt=since).order_by("starts_at", "pk").with_words()
    return found


def calendar(events: Iterable[Event], language: str, *, is_private: bool = False) -> bytes:
    """Events with their words in a language (or the original's), and the rules of their time zones.

    `is_private`: for somebody who registered, with the link to take part that others do not get; one that was called
    off says so.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Undersigned//EN")
    made.add("version", "2.0")
    for event in events:
        if entry := _entry(event, language, is_private=is_private):
            made.add_component(entry)
    made.add_missing_timezones()
    return made.to_ical()


def _entry(event: Event, language: str, *, is_private: bool) -> Entry | None:
    link = (event.link if event.is_published() else "") if is_private else event.public_link
    text = event.text(language)
    if text is None:
        return None
    from icalendar import Event as Entry

    made = Entry()
    # It stays the same whatever the event is called and wherever it is moved to.
    made.add("uid", f"event-{event.pk}@{urlsplit(settings.SITE_URL).hostname}")
    changed = max(filter(None, [text.changed_at, event.moved_at]))
    made.add("dtstamp", changed.astimezone(UTC))
    made.add("last-modified", changed.astimezone(UTC))
    made.add("sequence", event.sequence)
    if is_private:
        made.add("status", "CONFIRMED" if event.is_published() else "CANCELLED")
    made.add("summary", text.title, parameters={"LANGUAGE": text.language})
    made.add("dtstart", event.starts_at.astimezone(event.time_zone))
    made.add("dtend", event.ends_at.astimezone(event.time_zone))
    made.add("url", whole(event.get_absolute_url()))
    place = ", ".join(filter(None, [text.told_place.words, *event.address.splitlines()]))
    if location := place or link:
        made.add("location", location)
    parts = (excerpt_of(text), prepares(text), link, whole(event.get_absolute_url()))
    description = "\n\n".join(each for each in parts if each)
    made.add("description", description)
    return made


def prepares(text: EventWords) -> str:
    """What an event prepares as a sentence in the language that is set; "" where it prepares nothing."""
    told = text.told_preparation.words
    return _("Prepares: %(what)s") % {"what": told} if told else ""
