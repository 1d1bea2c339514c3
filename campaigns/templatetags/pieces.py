"""How posts, events and photos are shown."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from campaigns import photos
from campaigns.excerpts import excerpt_of
from campaigns.heads import whole
from campaigns.models import Event, EventWords, Photo, Piece, Post, Words
from campaigns.templatetags.structured import as_element, network_said

register = template.Library()


@register.inclusion_tag("components/photo.html")
def photo(photo: Photo, sizes: str = "100vw", is_first: bool = False, is_said: bool = False) -> dict[str, Any]:
    """A photo; `sizes` says how wide it stands. The first on a page comes at once, others when they are near.

    `is_said` where the words beside it say what it shows: whoever hears the page is not told twice.
    """
    text = photo.text(get_language())
    return {
        "photo": photo,
        "text": text,
        "sizes": sizes,
        "is_first": is_first,
        "is_said": is_said,
        **photos.sources(photo),
    }


@register.simple_tag
def photo_text(photo: Photo) -> Any:
    """What it shows and its caption, in the reader's language or the original's."""
    return photo.text(get_language())


@register.simple_tag
def other_languages(piece: Piece, text: Words) -> list[dict[str, str]]:
    """Where the site has its words in other languages than the one that is shown."""
    offered = dict(settings.LANGUAGES)
    path = piece.get_absolute_url()  # type: ignore[attr-defined]
    return [
        {"code": each.language, "name": each.language_name, "url": translate_url(path, each.language)}
        for each in piece.words.all()
        if each.language in offered and each.language != text.language
    ]


@register.simple_tag
def span(event: Event) -> str:
    """From when to when, in the event's own zone, for people and for machines."""
    zone = ZoneInfo(event.zone)
    one_day = event.starts_at.astimezone(zone).date() == event.ends_at.astimezone(zone).date()
    html = render_to_string("components/span.html", {"event": event, "one_day": one_day})
    return mark_safe(html.strip())  # noqa: S308  a sentence may end after it


@register.simple_tag
def post_data(post: Post, text: Words) -> SafeString:
    """A post as schema.org's Article."""
    said: dict[str, Any] = {
        "@type": "NewsArticle" if post.kind == Post.Kind.NEWS else "Article",
        "headline": text.title,
        "description": excerpt_of(text),
        "inLanguage": text.language,
        "url": whole(post.get_absolute_url()),
        "dateModified": text.changed_at.isoformat(),
        "publisher": network_said(),
        "author": {"@type": "Person", "name": post.author} if post.author else network_said(),
    }
    if post.published_at:
        said["datePublished"] = post.published_at.isoformat()
    if post.photo:
        said["image"] = whole(photos.url(post.photo))
    if post.source_url:
        said["isBasedOn"] = post.source_url
    if post.campaign:
        said["about"] = {"@type": "Thing", "name": post.campaign.title}
    return as_element(said)


@register.simple_tag
def event_data(event: Event, text: EventWords) -> SafeString:
    """An event as schema.org's Event."""
    said: dict[str, Any] = {
        "@type": "Event",
        "name": text.title,
        "description": excerpt_of(text),
        "inLanguage": text.language,
        "url": whole(event.get_absolute_url()),
        "startDate": event.starts_at.astimezone(event.time_zone).isoformat(),
        "endDate": event.ends_at.astimezone(event.time_zone).isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "organizer": network_said(),
    }
    places: list[dict[str, Any]] = []
    place = text.told_place.words
    if place or event.address:
        places.append({"@type": "Place", "name": place or event.address, "address": event.address or place})
    if event.link:
        places.append({"@type": "VirtualLocation", "url": event.public_link or whole(event.get_absolute_url())})
    mode = {0: "", 1: "Online" if event.link else "Offline", 2: "Mixed"}[len(places)]
    if places:
        said["location"] = places if len(places) > 1 else places[0]
        said["eventAttendanceMode"] = f"https://schema.org/{mode}EventAttendanceMode"
    if event.photo:
        said["image"] = whole(photos.url(event.photo))
    if event.is_open_to_register():
        said["potentialAction"] = {
            "@type": "RegisterAction",
            "target": whole(reverse("register", args=[event.slug])),
        }
    return as_element(said)


@register.simple_tag
def network_data(words: Any = None) -> SafeString:
    """The network as schema.org's Organization, with what it says of itself."""
    said = network_said()
    if words and words.tagline:
        said["description"] = words.tagline
    return as_element(said)


@register.filter
def words_here(piece: Piece) -> Any:
    """Its words in the reader's language, or the original's."""
    return piece.text(get_language())
