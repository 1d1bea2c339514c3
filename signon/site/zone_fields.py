"""A time zone as people type it: its name, its city ("dakar"), or a country that has one zone alone ("Senegal")."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _

from campaigns.models.statement import check_zone
from signon.geography import countries
from signon.naming.names import search_key

# As many as a sentence can name.
MOST = 12


class ZoneField(forms.CharField):
    """The zone's name in the IANA database; where what was typed means several, refused with which."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "dir": "ltr"})
        super().__init__(**{"max_length": 64, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        found = meant(typed)
        if len(found) > 1:
            raise forms.ValidationError(
                _("“%(typed)s” has several time zones: %(zones)s. Write one of them."),
                params={"typed": typed, "zones": ", ".join(found[:MOST]) + (", …" if len(found) > MOST else "")},
            )
        if not found:
            check_zone(typed)
        return found[0]


def meant(typed: str) -> list[str]:
    """The zones that may be meant: one, several, or none."""
    key = _key(typed)
    by_name = _by_name()
    if key in by_name:
        return [by_name[key]]
    cities = [zone for zones in _by_country().values() for zone in zones if _key(zone.rpartition("/")[2]) == key]
    if cities:
        return sorted({*cities})
    code = countries.resolve(typed, mends=False).code
    return _by_country().get(code, []) if code else []


def _key(words: str) -> str:
    return search_key(words.replace("_", " ").replace("/", " / "))


@functools.cache
def _by_name() -> dict[str, str]:
    """Whole names; names without a continent ("Cuba", "Israel") are the country's, whose zone is found by it."""
    return {_key(zone): zone for zone in available_timezones() if "/" in zone or zone == "UTC"}


@functools.cache
def _by_country() -> dict[str, list[str]]:
    """By country code, as the database's own table has them."""
    found: dict[str, list[str]] = {}
    for line in resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _place, zone = line.split("\t")[:3]
            found.setdefault(code, []).append(zone)
    return {code: sorted(zones) for code, zones in found.items()}
