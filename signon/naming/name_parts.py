"""What an organization's printed name is made of: words, places, acronyms, and its other halves."""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from babel import Locale
from babel.core import get_global

from signon.geography import countries
from signon.naming.names import search_key as _search_key
from signon.naming.names import split_acronym
from signon.naming.vocabulary import (
    Word,
    all_small_words,
    concept,
    languages_of,
    legal_forms,
    meaning_of,
    mended,
    place_of_adjective,
    section_words,
    spells,
    to_latin,
    uncompounded,
)

search_key = functools.lru_cache(maxsize=65536)(_search_key)  # names are made of the same words
_LANGUAGES = ("en", "fr", "es", "pt", "de", "ar")
_SHORT_COUNTRIES = {
    "uk": "GB",
    "usa": "US",
    "eeuu": "US",
    "nz": "NZ",
    "png": "PG",
    "drc": "CD",
    "rdc": "CD",
    "uae": "AE",
}
_SHORT_ADDRESSES = _SHORT_COUNTRIES | {"us": "US", "sa": "ZA", "rsa": "ZA"}
_LEGAL_PHRASES = re.compile(
    r" (?:asociacion civil|sociedad civil|eingetragener verein|association loi 1901|not for profit)$"
)


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a name: its `words` and, as an acronym takes them up, the `spoken` ones with and without places.

    `places` holds alpha-2 codes, regions ("+asia") and towns ("KE:nairobi"); a `part` is half of a double name.
    """

    words: tuple[Word, ...]
    places: frozenset[str]
    sections: frozenset[str]
    languages: frozenset[str]
    spoken: tuple[tuple[str, ...], ...]
    part: bool
    weight: float

    @property
    def bare(self) -> bool:
        """Whether nothing of its own stands in it: a place, "farmers' organization"."""
        return self.weight < 0.8 and all(word.concepts for word in self.words)


@dataclass(frozen=True, slots=True)
class Parts:
    """A printed name taken apart.

    Of its acronyms, those `spelled` stand for all of it. `address` holds countries that follow it as an address does.
    """

    forms: tuple[Form, ...]
    acronyms: frozenset[str]
    spelled: frozenset[str]
    address: frozenset[str]


_BRACKETS = re.compile(r"\s*[(（\[]\s*([^()（）\[\]]*?)\s*[)）\]]")
_JOINTS = re.compile(r"\s*[/|;]\s*|\s+[-–—:]+\s*|[–—]|:\s+")
_ENDING = re.compile(r"(?<=\w)[/@](?:as|os|a|o|e|es|n?e|in|innen)\b")  # "trabajadores/as"
_CAMEL = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")
_PHRASES = (
    (re.compile(r"\b(?:trade|labou?r) (?=unions?\b)"), ""),
    (re.compile(r"\bnew south wales\b"), "nsw"),
    (re.compile(r"\bfoe\b"), "friends earth"),
)
_TOKEN = re.compile(r"[^\s,;/|()\"“”]+")


def take_apart(printed: str, acronym: str = "") -> Parts:
    """Read a name as a list prints it, with its acronym, address and translation in it or not."""
    acronyms = {_letters(acronym)} if acronym else set()
    if " " not in printed.strip() and len(_letters(printed)) < 15:  # "ver.di"
        acronyms.add(_letters(printed))
    name, split = split_acronym(printed)
    address: set[str] = set()
    others: list[str] = []
    acronyms |= set(_acronyms_in(split))
    name = _CAMEL.sub(" ", _ENDING.sub("", name))
    if " " in split:  # "(YFEED Foundation)"
        others.append(split)
    if "-" in split:
        address |= _countries_in(search_key(split.rpartition("-")[2]).split()) - {"?"}
    spelled = set(acronyms)
    if printed.rstrip().endswith(")"):
        spelled |= {_letters(inner) for inner in _BRACKETS.findall(name)[-1:]}
    name = _BRACKETS.sub(lambda found: _bracket(found[1], acronyms, address, others), name)
    name = _without_address(name, address)
    shouted = name == name.upper() and " " in name.strip()
    if not shouted:
        name = _without_own_acronym(name, acronyms)
    pieces = [piece for piece in _JOINTS.split(name) if piece and search_key(piece)]
    forms = [_form(" ".join(pieces), part=False)] if pieces else []
    halves = [_form(piece, part=True) for piece in pieces] if len(pieces) > 1 else []
    if all(form.words and not (form.bare and form.places) for form in halves):  # no "Oxfam - Asia"
        forms += [form for form in halves if not form.bare]
    forms += [form for form in (_form(other, part=True) for other in others) if not form.bare]
    head, comma, tail = name.partition(",")
    if (
        comma and len(pieces) == 1 and len(tail.split()) > 1 and len(head.split()) < 4
    ):  # "Al-Haq, Law in the Service of Man"
        forms += [form for form in [_form(head, part=True)] if any(not word.concepts for word in form.words)]
    unique = tuple(dict.fromkeys(form for form in forms if form.words or form.places))
    return Parts(unique, frozenset(acronyms - {""}), frozenset(spelled & acronyms - {""}), frozenset(address))


def _bracket(inner: str, acronyms: set[str], address: set[str], others: list[str]) -> str:
    """Sort what stands in brackets: an acronym, an address, another name, or words of the name."""
    head, *tail = [part.strip() for part in inner.split(",")]
    if _is_acronym(head):
        acronyms.update(_acronyms_in(head))
        return " " + " ".join(part for part in tail if not _form(part, part=True).bare)
    if code := country_named(inner) or country_of_town(inner):
        address.add(code)
        return " "
    if tail and _is_acronym(tail[-1]):  # "(National Network of Farmers' Groups, MVIWATA)"
        acronyms.update(_acronyms_in(tail[-1]))
        others.append(inner.rpartition(",")[0])
        return " "
    if len(inner.split()) > 1 and inner[0].islower():  # "(farmers' organization)"
        return " "
    if len(inner.split()) > 1:
        others.append(inner)
        return " "
    if len(inner) > 3:  # "(Eurodad)", a short name
        acronyms.add(_letters(inner))
        return " "
    return f" {inner} "


def _without_address(name: str, address: set[str]) -> str:
    head, comma, tail = name.rpartition(",")
    code = country_named(tail) or country_of_town(tail) or _SHORT_ADDRESSES.get(search_key(tail), "")
    if comma and head.strip() and code:
        address.add(code)
        return _without_address(head, address)
    return name


def _without_own_acronym(name: str, acronyms: set[str]) -> str:
    """Note capitals in the name; take them out where the other words spell them, or hang on a dash before them."""
    for token in _TOKEN.findall(name):
        if _letters(token) in legal_forms() and not name.startswith(token):
            continue  # "Esperanza A.C."
        head, dash, tail = token.partition("-")
        if _is_acronym(tail) and len(tail) > 2 and not _is_acronym(head) and name.endswith(token):
            acronyms.add(_letters(tail))  # "du Québec-FIQ"
        if not _is_acronym(token) and not (dash and _is_acronym(head) and tail[:1].isupper()):
            continue
        letters = _letters(head)
        acronyms |= {letters, _letters(token)} if _is_acronym(token) else {letters}
        rest = " ".join(name.replace(token, f" {tail} " if dash else " ", 1).split())
        words = search_key(rest).split()
        if spells(letters, tuple(words)) == 1 or (tail[:1].isalpha() and len(words) > 2 and name.startswith(token)):
            name = rest
    return name


def _acronyms_in(text: str) -> Iterator[str]:
    if text:
        yield _letters(text)
        head, *tail = re.split(r"[\s/-]", text)
        others = [part for part in tail if "/" in text or (part.isupper() and not _places([_letters(part)])[1])]
        yield from (_letters(part) for part in [head, *others] if len(_letters(part)) > 2)


def _letters(text: str) -> str:
    return search_key(text).replace(" ", "")


def _is_acronym(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return (
        " " not in word
        and 2 <= len(letters) <= 14
        and capitals >= max(2, (len(letters) + 1) // 2)
        and not re.search(r"[^\W\d_A-ZÀ-Þ]{3}", word)
        and search_key(word) not in _SHORT_COUNTRIES
    )


def _form(text: str, *, part: bool) -> Form:
    key = re.sub(_LEGAL_PHRASES, "", search_key(text).replace("'", " "))
    written = tuple(key.split())
    for phrase, short in _PHRASES:
        key = phrase.sub(short, key)
    spoken = key.split()
    while len(spoken) > 1 and spoken[-1] in legal_forms():
        spoken.pop()
    latin = [word for token in spoken for word in to_latin(token).split()] if not key.isascii() else spoken
    capitals = {
        search_key(token) for token in text.split() if token.isupper() and len(token) > 1 and text != text.upper()
    }
    kept = [word for word in latin if word not in all_small_words() or word in capitals]
    words, places = _places([mended(word) for word in kept])
    texts = dict.fromkeys(text for word in words if word not in section_words() for text in uncompounded(word))
    meant = list({meaning_of(text).concepts or text: meaning_of(text) for text in texts}.values())
    return Form(
        tuple(meant),
        frozenset(places),
        frozenset(word for word in words if word in section_words()),
        languages_of(latin),
        (written if key.isascii() else tuple(latin), tuple(words)),
        part,
        sum(word.weight for word in meant),
    )


def country_named(text: str) -> str:
    """The code of a country, where the text is nothing but its name; or ""."""
    place = place_index().get(_place_key(search_key(text).split()), "")
    return "" if place.startswith("+") else place


def _place_key(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word not in all_small_words())


def _countries_in(words: list[str]) -> set[str]:
    return {place[:2] for place in _places(words)[1] if not place.startswith("+")}


def _places(words: list[str]) -> tuple[list[str], set[str]]:
    """Part words from countries, their adjectives, and regions."""
    index, rest, places, at = place_index(), [], set[str](), 0
    while at < len(words):
        for length in range(min(5, len(words) - at), 0, -1):
            key = " ".join(words[at : at + length])
            if code := index.get(key) or town_index().get(key):
                places.add(code)
                at += length
                break
        else:
            if place := place_of_adjective(words[at]):
                places.add(place)
            else:
                rest.append(words[at])
            at += 1
    return rest, places


@functools.cache
def place_index() -> dict[str, str]:
    """Countries and their parts by their folded names, in six languages."""
    index = _SHORT_COUNTRIES | {part: f"+{part}" for part in ("scotland", "wales", "england", "northern ireland")}
    for code in sorted(countries.CODES, key=lambda code: (code != "KR", code)):  # "Korea"
        for language in _LANGUAGES:
            for name in countries.all_names(code, language):
                key = _place_key(search_key(name).split())
                if len(key) > 3:
                    index.setdefault(key, code)
    return index


@functools.cache
def town_index() -> dict[str, str]:
    """The cities that CLDR names time zones by, most capitals among them, in six languages: "KE:nairobi"."""
    index: dict[str, str] = {}
    for zone, code in get_global("zone_territories").items():
        town = search_key(zone.rpartition("/")[2].replace("_", " "))
        named = (Locale.parse(language).time_zones.get(zone, {}).get("city", "") for language in _LANGUAGES)
        for name in (town, *named):
            key = _place_key(search_key(name).split())
            if len(key) > 3 and code != "AQ" and key not in place_index() and not concept(key)[0]:
                index.setdefault(key, f"{code}:{town}")
    return index


def country_of_town(text: str) -> str:
    """The code of the country of a town, where the text is nothing but its name; or ""."""
    return town_index().get(_place_key(search_key(text).split()), "")[:2]
