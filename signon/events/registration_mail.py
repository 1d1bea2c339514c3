"""What mails about a registration say of an event, and whether it is still so when they are sent."""

from __future__ import annotations

import hashlib
from copy import copy
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Event
from campaigns.moments import minute, zone_name
from signon import tokens
from signon.models import Message, Registration

Kind, State = Message.Kind, Registration.State
# Of which registrations each kind tells the truth.
TRUE_OF: dict[str, list[str]] = {
    Kind.REGISTRATION: [State.UNCONFIRMED],
    Kind.REGISTERED: [State.REGISTERED],
    Kind.PLACE_FREE: [State.REGISTERED],
    Kind.WAITING_LIST: [State.WAITING],
    Kind.EVENT_REMINDER: [State.REGISTERED],
    Kind.EVENT_CHANGED: [State.REGISTERED, State.WAITING],
    Kind.EVENT_CALLED_OFF: [State.REGISTERED, State.WAITING],
    Kind.REGISTRATION_CANCELED: [State.CANCELED],
}
KINDS = set(TRUE_OF)
# What is told of an event that is not public any more.
CALLED_OFF = "called off"


def facts(event: Event, language: str) -> str:
    """A digest of what somebody who comes must know: when, where, by which link; or that it was called off.

    The place is the one that mails in this language name.
    """
    if not event.is_published():
        return CALLED_OFF
    text = event.text(language)
    told = [
        event.starts_at, event.ends_at, event.zone, text and text.told_place.words, event.address, event.link
    ]  # fmt: skip
    return hashlib.sha256("\0".join(map(str, told)).encode()).hexdigest()


def all_facts(event: Event) -> dict[str, str]:
    """The facts in each language that mails are written in, in one query."""
    own = copy(event)  # what is fetched ahead grows old: nothing of it stays with the event
    prefetch_related_objects([own], "words")
    return {code: facts(own, code) for code, _name in settings.LANGUAGES}


def mark_of(event: Event) -> str:
    """A digest of all_facts, for a page that shows them."""
    if not event.is_published():
        return CALLED_OFF
    return hashlib.sha256("\0".join(all_facts(event).values()).encode()).hexdigest()


def when(event: Event) -> str:
    """From when to when in the event's own zone, as a line of text in the active language."""
    begins, ends = (moment.astimezone(event.time_zone) for moment in (event.starts_at, event.ends_at))
    end = f"{ends:%H:%M}" if begins.date() == ends.date() else minute(ends)
    span = _("%(start)s to %(end)s") % {"start": minute(begins), "end": end}
    return f"{span} ({zone_name(event.zone)})"


def day(event: Event) -> str:
    """The day on which it begins, in its own zone (ISO 8601)."""
    return event.starts_at.astimezone(event.time_zone).date().isoformat()


def context(message: Message) -> dict[str, Any]:
    """What the templates of KINDS are given, in the message's language; nothing for a sample."""
    registration = message.registration
    if registration is None:
        return {}
    own = tokens.make(registration, tokens.OWN_PLACE)
    confirm = tokens.make(registration, tokens.TAKE_PLACE)
    return {
        "registration": registration,
        "event": told(registration.event, message.language),
        "confirm_url": _link("registration-confirm", confirm),
        "manage_url": _link("registration", own),
        "calendar_url": _link("registration-calendar", own),
        "events_url": settings.SITE_URL + reverse("events"),
    }


def told(event: Event, language: str) -> dict[str, str]:
    """An event in a mail's words; the link to take part is for who has a place."""
    text = event.text(language)
    where = [text.told_place.words if text else "", *event.address.splitlines()]
    return {
        "title": text.title if text else event.slug,
        "url": settings.SITE_URL + event.get_absolute_url(),
        "when": when(event),
        "where": ", ".join(filter(None, (part.strip() for part in where))),
        "link": event.link,
    }


def is_true(message: Message) -> bool:
    """Whether what a message of KINDS says is so at this moment, and goes to the address that it is of now."""
    registration = message.registration
    if registration is None:
        return True
    event = registration.event
    if registration.state not in TRUE_OF[message.kind] or registration.email != message.to_address:
        return False
    if message.kind == Kind.REGISTRATION_CANCELED:
        return True
    if message.kind == Kind.EVENT_CALLED_OFF:
        return not event.is_published()
    if message.kind == Kind.REGISTRATION and not event.is_open_to_register():
        return False
    if message.kind == Kind.EVENT_REMINDER and not message.key.endswith(day(event)):
        return False
    return event.is_published() and timezone.now() < event.starts_at


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(name, args=[token])
