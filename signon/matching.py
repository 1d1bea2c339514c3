"""Is this the same organization? Judges two names with what is known beside them, and says why.

Purely in Python: whoever asks brings the candidates.
"""

import functools
import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from signon.geography import countries
from signon.naming.likeness import Prepared, grounds
from signon.naming.name_parts import country_of_town, take_apart

# Above a half: to join two that differ harms more than to show a person two that are one.
SAME_FROM = 0.65


@dataclass(frozen=True)
class Party:
    """What is known of one organization; `country` is an alpha-2 code, "" for unknown, regional or international.

    `domains` are others that are known to be its own, beside its website's and its address's.
    """

    name: str
    country: str = ""
    acronym: str = ""
    website: str = ""
    email_domain: str = ""
    other_names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgment:
    """`score` is a chance in [0, 1], `same` whether it passes `SAME_FROM`, `why` the grounds in words."""

    score: float
    same: bool
    why: str


@functools.lru_cache(maxsize=20_000)
def prepare(party: Party) -> Prepared:
    """Take a party's names apart. The last 20,000 are kept, so one name meets many candidates quickly."""
    parts = [take_apart(party.name, party.acronym), *map(take_apart, party.other_names)]
    address = frozenset[str]().union(*(part.address for part in parts))
    home = party.country or (min(address) if len(address) == 1 else "")
    return Prepared(
        tuple(form for part in parts for form in part.forms),
        frozenset[str]().union(*(part.acronyms for part in parts)),
        frozenset[str]().union(*(part.spelled for part in parts)),
        address | {party.country, "+america" if party.country == "US" else ""} - {""},
        address,
        home,
        _domains(party),
    )


def printed(name: str, country: str) -> Party:
    """A party as a list prints it: the country in words, the acronym in or after the name."""
    return Party(name, countries.resolve(country).code or country_of_town(country))


def judge(a: Party, b: Party) -> Judgment:
    """Weigh what speaks for one organization and what against. The order of the two does not matter."""
    features = max(readings(a, b), key=_points, default={"start": 1.0})
    score = round(1 / (1 + math.exp(-_points(features))), 4)
    return Judgment(score, score >= SAME_FROM, _in_words(features))


def readings(a: Party, b: Party) -> list[dict[str, float]]:
    """The grounds of each way to read the two, before they are weighed."""
    one, other = prepare(a), prepare(b)
    pairs = ((first, second) for first in one.forms for second in other.forms)
    return [found for first, second in pairs for found in grounds(one, first, other, second)]


# What each ground adds to the logarithm of the odds, for one unit of it.
POINTS = {
    "start": -1.4,
    "overlap": 3.4,
    "clash": -3.1,
    "acronym": 2.9,
    "translated acronym": 1.2,
    "leading word": 5.1,
    "contained": 0.8,
    "acronym alone": 8.7,
    "initials alone": 8.9,
    "other acronym": -2.4,
    "same country": 0.6,
    "other country": -6.2,
    "other place": -7.2,
    "place": -7.6,
    "town": -2.9,
    "same place": 0.4,
    "other topic": -4.2,
    "other kind": -4.4,
    "extra scope": -3.0,
    "translated other topic": -2.3,
    "beside": -1.7,
    "section": -6.2,
    "domain": 3.0,
}


def _points(features: dict[str, float]) -> float:
    return sum(POINTS[name] * value for name, value in features.items() if name in POINTS)


_TOLD = {
    "acronym alone": "one is the other's acronym",
    "initials alone": "one spells the other's initials",
    "leading word": "one is the other's first word",
    "acronym": "same acronym",
    "other acronym": "different acronyms",
    "same country": "same country",
    "other country": "different countries",
    "other place": "their names name different places",
    "place": "one name names a place that the other does not",
    "town": "one name names a town that the other does not",
    "section": "one is a section",
    "worldwide": "one name says that it is international",
    "part": "one half of a double name",
    "domain": "same domain",
}


def _in_words(features: dict[str, float]) -> str:
    told = [words for name, words in _TOLD.items() if features.get(name)]
    if "words" in features:
        told.append(_words_in_words(features))
    return ", ".join(told)


def _words_in_words(features: dict[str, float]) -> str:
    if differing := int(features["differing"]):
        return f"{differing} of {int(features['words'])} words differ"
    if spelled := int(features["spelled"]):
        return (
            "same words in another language" if features["foreign"] else f"same words with {spelled} spelled otherwise"
        )
    return "same words in another order" if features["moved"] else "same words"


# What these hosts carry tells nothing about who stands behind it.
_SHARED_HOSTS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.fr",
        "yahoo.es",
        "yahoo.co.uk",
        "hotmail.com",
        "hotmail.fr",
        "outlook.com",
        "live.com",
        "icloud.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.ru",
        "yandex.ru",
        "proton.me",
        "protonmail.com",
        "riseup.net",
        "facebook.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "linkedin.com",
        "youtube.com",
        "linktr.ee",
        "sites.google.com",
        "wordpress.com",
        "medium.com",
        "github.io",
    ]
)


def _domains(party: Party) -> frozenset[str]:
    website = party.website if "//" in party.website else f"//{party.website}"
    hosts = {(urlsplit(website).hostname or ""), party.email_domain, *party.domains}
    return frozenset(host.lower().removeprefix("www.") for host in hosts if host) - _SHARED_HOSTS
