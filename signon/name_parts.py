"""What an organization's printed name is made of: words, places, acronyms, and its other halves."""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from signon import countries
from signon.names import search_key, split_acronym
from signon.vocabulary import (
    Word,
    all_small_words,
    concept,
    legal_forms,
    lines,
    meaning_of,
    section_words,
    small_words,
    to_latin,
    uncompounded,
)

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
_LEGAL_PHRASES = re.compile(
    r" (?:asociacion civil|sociedad civil|eingetragener verein|association loi 1901|not for profit)$"
)


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a name. `places` holds alpha-2 codes and regions ("+asia"); a `part` is half of a double name."""

    words: tuple[Word, ...]
    places: frozenset[str]
    sections: frozenset[str]
    languages: frozenset[str]
    initials: frozenset[str]
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
)
_TOKEN = re.compile(r"[^\s,;/|()\"“”]+")


def take_apart(printed: str, acronym: str = "") -> Parts:
    """Read a name as a list prints it, with its acronym, address and translation in it or not."""
    acronyms = {_letters(acronym)} if acronym else set()
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
    shouted = name == name.upper() and " " in name
    if not shouted:
        name = _without_own_acronym(name, acronyms)
    pieces = [piece for piece in _JOINTS.split(name) if piece and search_key(piece)]
    forms = [_form(" ".join(pieces), part=False)] if pieces else []
    if len(pieces) > 1 and all(_form(piece, part=True).words for piece in pieces):  # no "Oxfam - Asia"
        forms += [form for form in (_form(piece, part=True) for piece in pieces) if not form.bare]
    forms += [form for form in (_form(other, part=True) for other in others) if not form.bare]
    unique = tuple(dict.fromkeys(form for form in forms if form.words or form.places))
    return Parts(unique, frozenset(acronyms - {""}), frozenset(spelled & acronyms - {""}), frozenset(address))


def _bracket(inner: str, acronyms: set[str], address: set[str], others: list[str]) -> str:
    """Sort what stands in brackets: an acronym, an address, another name, or words of the name."""
    head, *tail = [part.strip() for part in inner.split(",")]
    if _is_acronym(head):
        acronyms.update(_acronyms_in(head))
        return " " + " ".join(part for part in tail if not _form(part, part=True).bare)
    if code := country_named(inner):
        address.add(code)
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
    if comma and head.strip() and (code := country_named(tail)):
        address.add(code)
        return head
    return name


def _without_own_acronym(name: str, acronyms: set[str]) -> str:
    """Note capitals in the name; take them out where the other words spell them, or hang on a dash before them."""
    for token in _TOKEN.findall(name):
        head, dash, tail = token.partition("-")
        if not _is_acronym(token) and not (dash and _is_acronym(head) and tail[:1].isupper()):
            continue
        letters = _letters(head)
        acronyms |= {letters, _letters(token)} if _is_acronym(token) else {letters}
        rest = " ".join(name.replace(token, f" {tail} " if dash else " ", 1).split())
        words = search_key(rest).split()
        spelled = len(words) > 1 and letters in _initials(words)
        if spelled or (tail[:1].isalpha() and len(words) > 2 and name.startswith(token)):
            name = rest
    return name


def _acronyms_in(text: str) -> Iterator[str]:
    if text:
        yield _letters(text)
        head = re.split(r"[\s-]", text)[0]
        if len(_letters(head)) > 2:
            yield _letters(head)


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
    initials = _initials(key.split())
    for phrase, short in _PHRASES:
        key = phrase.sub(short, key)
    spoken = key.split()
    while len(spoken) > 1 and spoken[-1] in legal_forms():
        spoken.pop()
    latin = [word for token in spoken for word in to_latin(token).split()] if not key.isascii() else spoken
    kept = [word for word in latin if word not in all_small_words()]
    words, places = _places(kept)
    texts = dict.fromkeys(text for word in words if word not in section_words() for text in uncompounded(word))
    meant = list({meaning_of(text).concepts or text: meaning_of(text) for text in texts}.values())
    return Form(
        tuple(meant),
        frozenset(places),
        frozenset(word for word in words if word in section_words()),
        _languages(latin),
        initials | _initials(latin),
        part,
        sum(word.weight for word in meant),
    )


def _initials(words: list[str]) -> frozenset[str]:
    """What an acronym of these words may be: with small words and places or without."""
    kept = [word for word in words if word not in all_small_words()]
    written = {"".join(word[0] for word in some) for some in (words, kept, _places(kept)[0])}
    written |= {letters[:-1] for letters in written if len(letters) > 4}  # the last word is often left out
    return frozenset(letters for letters in written if len(letters) > 2)


def _languages(words: Iterable[str]) -> frozenset[str]:
    votes: Counter[str] = Counter()
    for word in words:
        votes.update(language for language, small in small_words().items() if word in small)
        votes.update(concept(word)[1])
    most = max(votes.values(), default=0)
    return frozenset(language for language, number in votes.items() if number > most - 1)


def country_named(text: str) -> str:
    """The code of a country, where the text is nothing but its name; or ""."""
    place = _country_index().get(_place_key(search_key(text).split()), "")
    return "" if place.startswith("+") else place


def _place_key(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word not in all_small_words())


def _countries_in(words: list[str]) -> set[str]:
    return {place for place in _places(words)[1] if not place.startswith("+")}


def _places(words: list[str]) -> tuple[list[str], set[str]]:
    """Part words from countries, their adjectives, and regions."""
    index, rest, places, at = _country_index(), [], set[str](), 0
    while at < len(words):
        for length in range(min(5, len(words) - at), 0, -1):
            if code := index.get(" ".join(words[at : at + length])):
                places.add(code)
                at += length
                break
        else:
            if place := _adjective(words[at]):
                places.add(place)
            else:
                rest.append(words[at])
            at += 1
    return rest, places


@functools.cache
def _country_index() -> dict[str, str]:
    index = _SHORT_COUNTRIES | {part: f"+{part}" for part in ("scotland", "wales", "england", "northern ireland")}
    for code in countries.CODES:
        for language in ("en", "fr", "es", "pt", "de", "ar"):
            for name in (countries.name(code, language), *countries.other_names(code, language)):
                key = _place_key(search_key(name).split())
                if len(key) > 3:
                    index.setdefault(key, code)
    return index


@functools.cache
def _stems_of_places() -> dict[str, str]:
    return {stem: line.split()[0] for line in lines("places.txt") for stem in line.split()[1:]}


@functools.lru_cache(maxsize=65536)
def _adjective(word: str) -> str:
    stems = _stems_of_places()
    for end in range(len(word), max(3, len(word) - 7), -1):
        if place := stems.get(word[:end]):
            return place
    return ""
