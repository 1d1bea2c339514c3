"""Whether a body without a country is regional or international."""

from __future__ import annotations

import re
from typing import Literal

from signon.naming.names import search_key

# Stems of what names a region, over search keys; two continents are no region ("Africa Europe Network").
_CONTINENTS = {
    "africa": r"afri(?:ca|que|ka|cain)|sahel|افريقي",
    "asia and pacific": r"asia|asie|asiat|pacifi|oceani|himalaya|mekong|asean|اسيا",
    "europe": r"europ|balkan|nordic|اوروب",
    "america": r"americas?\b|amerique|latinoamerica|latin america|centroamerica|carib|caraib|mercosu"
    "|andin|andean",
}
_REGIONAL = "regional|arab|maghreb|magreb|middle east|moyen orient|oriente medio|mediterran|euromed|عربي|اقليم"
_INTERNATIONAL = (
    "(?:inter|trans|multi)na[ct]ional|intercontinental|global(?! south)|world|mondial|mundial|planet|دولي|عالمي"
)
_WORD = r"\b(?:pan|ال)?"


def judge_scope(name: str, description: str) -> Literal["regional", "international"]:
    """Whether a body without a country works in one region: by its name, else by its description."""
    name, description = search_key(name), search_key(description)
    continents = sum(bool(re.search(f"{_WORD}(?:{stems})", name)) for stems in _CONTINENTS.values())
    if continents > 1:
        return "international"
    if continents or re.search(f"{_WORD}(?:{_REGIONAL})", name):
        return "regional"
    if re.search(f"{_WORD}(?:{_INTERNATIONAL})", name):
        return "international"
    regional = "|".join([_REGIONAL, *_CONTINENTS.values()])
    first = re.search(f"{_WORD}(?:(?P<regional>{regional})|{_INTERNATIONAL})", description)
    return "regional" if first and first["regional"] else "international"
