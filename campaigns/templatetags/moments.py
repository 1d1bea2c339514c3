"""How moments are told."""

from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def zone_name(zone: str) -> str:
    """A time zone as people say it, in the reader's language: "New York time", by CLDR's name of its city."""
    from babel.dates import get_timezone_location

    if zone in ("", "UTC", "Etc/UTC"):
        return "UTC"
    city = get_timezone_location(ZoneInfo(zone), locale=get_language() or "en", return_city=True)
    return _("%(city)s time") % {"city": city}
