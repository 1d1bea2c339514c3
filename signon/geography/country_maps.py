"""Numbers by country as a map of the world. A table with the same numbers stands beside each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from signon.geography import countries, world_map
from signon.geography.world_map import WorldMap
from signon.invitations.coverage import Place
from signon.naming import names

# From how many signatories on a country is a step darker.
_STEPS = (1, 2, 5, 20)


@dataclass(frozen=True)
class CountryMap:
    """A drawing, what it is called for who does not see it, and what its shades mean, the lightest first."""

    drawing: WorldMap
    title: str
    shades: list[tuple[int, str]]
    rows: list[tuple[str, int]]  # country and number, the table beside it; a map of shares has a table of its own


def of_members(places: Iterable[Place]) -> CountryMap:
    """How much of a network's members signed, country by country; `places` are Coverage.places."""
    levels, says = {}, {}
    for place in (country for region in places for country in region.countries):
        levels[place.code] = _share(place)
        said = {"country": place.name, "signed": number_format(place.signed), "members": number_format(place.members)}
        says[place.code] = _("%(country)s: %(signed)s of %(members)s") % said
    title = _("The world: how many of the members in each country signed. The table says the same.")
    words = [_("No member signed"), _("Less than half"), _("Half or more"), _("All members signed")]
    return CountryMap(world_map.draw(levels, says), title, list(enumerate(words)), [])


def of_signatories(numbers: Mapping[str, int]) -> CountryMap:
    """How many signatories each country (alpha-2) has, from 1; those of no country are on no map."""
    language = get_language() or "en"
    levels = {code: sum(number >= step for step in _STEPS) - 1 for code, number in numbers.items()}
    rows = [(countries.name(code, language), number) for code, number in numbers.items()]
    rows.sort(key=lambda row: (-row[1], names.sort_key(row[0])))
    says = {code: f"{countries.name(code, language)}: {number_format(number)}" for code, number in numbers.items()}
    title = _("The world: signatories by country. The table says the same.")
    return CountryMap(world_map.draw(levels, says), title, _numbers(), rows)


def _share(place: Place) -> int:
    """0 for nobody, 3 for everybody, and two steps between."""
    if place.signed in (0, place.members):
        return 3 if place.signed else 0
    return 1 + (2 * place.signed >= place.members)


def _numbers() -> list[tuple[int, str]]:
    """The steps in words: 1, 2–4, 5–19, 20 or more."""
    words = []
    for level, (least, above) in enumerate(zip(_STEPS, (*_STEPS[1:], None), strict=True)):
        if above is None:
            words.append((level, _("%(number)s or more") % {"number": number_format(least)}))
        elif above - least == 1:
            words.append((level, number_format(least)))
        else:
            words.append((level, f"{number_format(least)}–{number_format(above - 1)}"))
    return words
