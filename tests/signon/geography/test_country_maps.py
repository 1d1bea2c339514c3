"""The world with numbers on it: each country is there once, whole and where it belongs."""

import re

import pytest

from signon.geography import countries, country_maps, world_map
from signon.invitations.coverage import Place


def corners(path):
    """West, north, east and south of an outline, in pixels."""
    xs, ys = [], []
    for part in path.split("M")[1:]:
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        x = y = 0
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            xs.append(x)
            ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


def test_each_country_can_be_seen():
    drawn = world_map.outlines()
    assert set(countries.CODES) - set(drawn) == {"AQ"}
    assert [code for code, outline in drawn.items() if not outline.path and not outline.dot] == []


@pytest.mark.parametrize("code", ["RU", "FJ", "US"])
def test_what_crosses_the_last_meridian_is_cut_there_and_makes_no_stripe(code):
    # A stripe would be a step over most of the drawing.
    for part in world_map.outlines()[code].path.split("M")[1:]:
        steps = re.findall(r"-?\d+", part)[2::2]
        assert max(abs(int(step)) for step in steps) < world_map.WIDTH / 4


def test_all_of_it_is_within_the_drawing():
    for code, outline in world_map.outlines().items():
        if outline.path:
            west, north, east, south = corners(outline.path)
            assert west >= 0, code
            assert north >= 0, code
            assert east <= world_map.WIDTH, code
            assert south <= world_map.HEIGHT, code


def test_places_stand_where_they_are():
    assert world_map.project(0, 0)[0] == world_map.WIDTH / 2
    west, north, east, south = corners(world_map.outlines()["UG"].path)
    x, y = world_map.project(32.58, 0.32)  # Kampala
    assert west < x < east
    assert north < y < south
    x, y = world_map.project(34.1, 44.95)  # Simferopol
    west, north, east, south = corners(world_map.outlines()["UA"].path)
    assert north < y < south


@pytest.mark.parametrize(("signed", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_a_country_is_as_dark_as_its_members_signed(signed, level):
    around = Place("014", "Eastern Africa", countries=[Place("UG", "Uganda", members=4, signed=signed)])
    found = country_maps.of_members([around])
    assert [(area.code, area.level, area.says) for area in found.drawing.areas] == [
        ("UG", level, f"Uganda: {signed} of 4")
    ]
    assert found.shades[0][1] == "No member signed"


def test_signatories_are_shaded_by_steps_and_stand_in_a_table():
    found = country_maps.of_signatories({"UG": 1, "KE": 4, "TZ": 19, "FR": 20, "RE": 2})
    assert {area.code: area.level for area in found.drawing.areas} == {"UG": 0, "KE": 1, "TZ": 2, "FR": 3, "RE": 1}
    assert found.shades == [(0, "1"), (1, "2–4"), (2, "5–19"), (3, "20 or more")]
    assert found.rows[0] == ("France", 20)
    assert found.rows[-1] == ("Uganda", 1)
    # Réunion is drawn within France's outlines, and has a dot.
    assert next(area for area in found.drawing.areas if area.code == "RE").dot
