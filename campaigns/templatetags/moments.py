"""How moments are told on a page."""

from datetime import datetime

from django import template

from campaigns import moments
from campaigns.countdown import until

register = template.Library()
register.simple_tag(moments.moment)
register.filter("day", moments.day, expects_localtime=True)
register.filter("minute", moments.minute, expects_localtime=True)
register.filter("zone_name", moments.zone_name)


@register.simple_tag
def countdown(at: datetime | None) -> str:
    """How long there is until an aware moment: "in 3 days"; "" for none, and once it is over."""
    return until(at) if at else ""
