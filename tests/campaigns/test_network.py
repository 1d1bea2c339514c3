"""The network's settings are at hand for every page; colors that cannot be read are measured."""

import re

import pytest

from campaigns import colors, network
from campaigns.models import Publisher


def test_contrast_is_measured_as_wcag_does():
    assert colors.ratio("#ffffff", "#000000") == pytest.approx(21)
    assert colors.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("color", ["#ffcc00", "#f3eee5", "#00ff00", "#ffffff", "#e91e63"])
def test_a_color_that_cannot_be_read_has_one_near_it_that_can(color):
    for papers in (colors.DAY, colors.NIGHT):
        near = colors.passing(color, papers)
        assert colors.least(near, papers) >= colors.LEAST
        assert colors.passing(near, papers) == near


def test_colors_take_the_tokens_places_by_day_and_by_night_and_not_in_print():
    sheet = colors.css("#00558c", "#9fd0ff")
    assert "@media screen { :root { --accent: #00558c;" in sheet
    assert "(prefers-color-scheme: dark) { :root { --accent: #9fd0ff;" in sheet
    assert "print" not in sheet
    assert colors.css("#00558c", "").startswith("@media screen and (prefers-color-scheme: light)")
    assert colors.css("", "") == ""


@pytest.mark.parametrize("day", ["#00558c", "#006644", "#8a1c1c", "#333333"])
def test_what_follows_from_a_color_that_is_read_is_read_too(day):
    sheet = colors.css(day, "")
    tokens = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6})", sheet))
    assert colors.ratio(tokens["--on-accent"], day) >= colors.LEAST
    assert colors.ratio(tokens["--accent-strong"], tokens["--accent-tint"]) >= colors.LEAST


@pytest.mark.django_db
def test_what_is_saved_is_seen_at_once_and_read_once(django_assert_num_queries, settings):
    network.forget()
    assert network.current().name == settings.NETWORK_NAME
    network.change(name="Roses", country_names={"TW": {"en": "Taiwan!"}})
    with django_assert_num_queries(1):
        assert network.current().name == "Roses"
        assert network.current().country_names == {"TW": {"en": "Taiwan!"}}
    assert Publisher.objects.count() == 1
