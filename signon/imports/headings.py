"""Lines of a list that stand over others and are no organization: "Regional", "National organizations:", "Kenya"."""

from __future__ import annotations

from dataclasses import dataclass

from signon.geography import countries
from signon.naming.names import search_key

_NATIONAL = {"national", "nationals", "nationaux", "nationales", "nacional", "nacionales", "local", "وطني", "وطنيه"}
# What may stand beside the one word: "Regional organizations", "Organizaciones internacionales".
_BESIDE = {"organization", "organizations", "organisation", "organisations", "organizacion", "organizaciones", "ngo",
           "ngos", "ong", "ongs", "cso", "csos", "network", "networks", "reseaux", "redes", "groups", "level", "منظمات",
           "and", "the", "of", "by"}  # fmt: skip
_PLURALS = {"internationaux": "international", "internationales": "international", "regionaux": "regional",
            "regionales": "regional", "globales": "global", "mundiales": "mundial"}  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A heading and what it says of the rows below it: a scope, or a country."""

    printed: str
    scope: str = ""
    country: str = ""


def heading_of(line: str) -> Heading | None:
    """Read a line as a heading; None where it may well be somebody's name."""
    printed = " ".join(line.split())
    if not printed or len(printed) > 80:
        return None
    words = [_PLURALS.get(word, word) for word in search_key(printed).split() if word not in _BESIDE]
    key = " ".join(words)
    if key in _NATIONAL:
        return Heading(printed, "national")
    resolved = countries.resolve(key, mends=False)
    if resolved.scope:
        return Heading(printed, resolved.scope)
    bare = countries.resolve(printed.strip(":. "), mends=False)
    if bare.code and bare.how in ("name", "other name"):
        return Heading(printed, country=bare.code)
    return None
