"""How moments are told: a day, a minute, a time zone, in the reader's language."""

from __future__ import annotations

from datetime import date as calendar_date
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


def moment(at: datetime | None, zone: str) -> str:
    """An aware moment in a time zone (IANA name) as HTML, for people and, in UTC, for machines; "" for none."""
    if not at:
        return ""
    html = render_to_string("components/moment.html", {"moment": at, "zone": zone or "UTC"})
    return mark_safe(html.strip())  # noqa: S308  a sentence may end after it


def day(at: datetime | calendar_date) -> str:
    """The day of a moment, or a day, as the reader's language writes it: "8 March 2026", "8 de marzo de 2026"."""
    # Translators: how a day is written; see Django's date format characters.
    return date(at, pgettext("date format", "j F Y"))


def minute(at: datetime) -> str:
    """The same to the minute: "8 March 2026, 17:00"."""
    # Translators: how a day and a time are written; see Django's date format characters.
    return date(at, pgettext("date format", "j F Y, H:i"))


def zone_name(zone: str) -> str:
    """A time zone as people say it, in the reader's language: "New York time", by CLDR's name of its city."""
    from babel.dates import get_timezone_location

    if zone in ("", "UTC", "Etc/UTC"):
        return "UTC"
    city = get_timezone_location(ZoneInfo(zone), locale=get_language() or "en", return_city=True)
    return _("%(city)s time") % {"city": city}
