"""A time zone is found as people type it, and what could be several is asked."""

import pytest
from django.forms import ValidationError

from signon.site.zone_fields import ZoneField, meant


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("dakar", "Africa/Dakar"),
        ("Senegal", "Africa/Dakar"),
        ("Sénégal", "Africa/Dakar"),
        ("kenya", "Africa/Nairobi"),
        ("New York", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("UTC", "UTC"),
        ("utc", "UTC"),
    ],
)
def test_what_is_typed_is_a_zone(typed, zone):
    assert ZoneField().clean(typed) == zone


def test_a_country_with_several_names_them():
    assert {"America/Mexico_City", "America/Tijuana"} <= {*meant("Mexico")}
    with pytest.raises(ValidationError, match=r"has several time zones: .*America/Mexico_City"):
        ZoneField().clean("Mexico")


@pytest.mark.parametrize("typed", ["Nowhere", "Mars/Base", "12", "٣"])
def test_what_is_none_is_refused(typed):
    with pytest.raises(ValidationError, match="is no time zone"):
        ZoneField().clean(typed)
