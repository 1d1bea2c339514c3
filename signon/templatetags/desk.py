"""What the desk's pages ask for."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from campaigns.moments import minute
from signon.mail import lanes
from signon.models import Lane, Message

register = template.Library()


@register.simple_tag
def held_lanes() -> list[Lane]:
    """Lanes of mail that are stopped, or whose server does not answer."""
    return lanes.held()


@register.simple_tag
def undo_url(message: Any) -> str:
    """Where the decision that a message tells of is taken back; "" where there is none."""
    for tag in (message.extra_tags or "").split():
        if tag.startswith("undo-"):
            return reverse("desk-act", args=[int(tag.removeprefix("undo-")), "reopen"])
    return ""


@register.filter
def waits(since: datetime | None) -> str:
    """How long something waits, in words; "" where it is not known since when."""
    if since is None:
        return ""
    if timezone.now() - since < timedelta(minutes=1):
        return _("came just now")
    return _("waits for %(time)s") % {"time": timesince(since)}


@register.filter
def iso_minute(moment: str) -> str:
    """A moment as a message's history keeps it (ISO 8601, UTC), for people."""
    return minute(datetime.fromisoformat(moment))


@register.filter
def message_state(state: str) -> str:
    """A message's state in words."""
    return str(Message.State(state).label) if state in Message.State.values else state
