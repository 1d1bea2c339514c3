"""What signon puts on an event's page: the way to register, and whether places are free."""

from __future__ import annotations

from typing import Any

from django import template

from campaigns.models import Event
from signon.events import registering

register = template.Library()


@register.inclusion_tag("signon/_registration.html")
def registration(event: Event) -> dict[str, Any]:
    """Nothing while it is a draft, or where people do not register here; that it is closed, once it is."""
    is_open = event.is_open_to_register()
    is_full = is_open and registering.is_full(event)
    return {"event": event, "is_open": is_open, "is_full": is_full, "is_over": event.is_registration_over}
