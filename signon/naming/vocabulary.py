"""What the words of organizations' names mean, in a dozen languages, and how much each tells."""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA

from signon.naming.names import search_key

DATA = Path(__file__).parent.parent / "data"
_LANGUAGES = ("en", "fr", "es", "pt", "de", "other")


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a name, kept once and compared by identity; its `stem` is alike in related languages.

    `concepts` are what a common word means, in English; a rare one has none.
    """

    text: str
    stem: str
    concepts: frozenset[str]
    weight: float


def to_latin(text: str) -> str:
    """Write a word in ASCII letters, unless our lists know it in its own script, there without Arabic's particles."""
    if text.isascii():
        return text
    for particle in ("", "ال", "وال", "بال", "لل", "ل", "و", "ب"):
        word = text.removeprefix(particle)
        if (not particle or word != text) and (word in _concepts()[0] or word.startswith(_places_in_their_script())):
            return word
    return search_key(re.sub("['ʹʺ’]", "", _transliterator().transliterate(text.removeprefix("ال")))) or text


@functools.cache
def _places_in_their_script() -> tuple[str, ...]:
    return tuple(stem for line in lines("places.txt") for stem in line.split()[1:] if not stem.isascii())


@functools.cache
def _transliterator() -> Any:
    import icu

    return icu.Transliterator.createInstance("Russian-Latin/BGN; Greek-Latin/UNGEGN; Any-Latin; Latin-ASCII")


@functools.cache
def small_words() -> dict[str, frozenset[str]]:
    """For each language the words that say nothing about who is named: articles, prepositions."""
    return _listed("small")


@functools.cache
def all_small_words() -> frozenset[str]:
    """The small words of every language at once, folded as names.search_key folds."""
    return frozenset[str]().union(*small_words().values())


@functools.cache
def legal_forms() -> frozenset[str]:
    """What ends a name and says nothing of who it is: "ev", "inc", "ac"; folded."""
    return _listed("legal")["-"]


@functools.cache
def section_words() -> frozenset[str]:
    """What makes a part of an organization of it: "chapter", "branch"; folded."""
    return _listed("section")["-"]


@functools.cache
def kinds() -> frozenset[str]:
    """The concepts that say what sort of body it is: "network", "union"."""
    return _listed("kind")["-"]


@functools.cache
def scopes() -> frozenset[str]:
    """The concepts that say how far it reaches: "national"."""
    return _listed("scope")["-"]


def _listed(kind: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in lines("name_words.txt"):
        of, language, *words = line.split()
        if of == kind:
            found[language] = found.get(language, frozenset()) | frozenset(words)
    return found


@functools.lru_cache(maxsize=65536)
def meaning_of(text: str) -> Word:
    """The one `Word` of this spelling."""
    concepts = concept(text)[0]
    count = max([_counts().get(key, 0) for key in (text, *concepts)] + ([6] if concepts else []))
    weight = 1 - math.log(1 + count) / math.log(1 + _NAMES)
    return Word(text, _stem(text), concepts, weight)


_NAMES = 600


@functools.cache
def _counts() -> dict[str, int]:
    """In how many of 600 real names a word or concept stands, where that is more than twice."""
    pairs = (line.split() for line in lines("word_counts.txt"))
    return {word: int(count) for word, count in pairs}


def lines(file: str) -> list[str]:
    """The lines of one of our word lists, without its remarks."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@functools.cache
def _concepts() -> tuple[dict[str, tuple[set[str], set[str]]], dict[str, tuple[set[str], set[str]]]]:
    """Whole words, and stems that take an ending: each with its concepts and the languages that have it."""
    whole: dict[str, tuple[set[str], set[str]]] = {}
    stems: dict[str, tuple[set[str], set[str]]] = {}
    for line in lines("concepts.txt"):
        concept = line.split()[0].rstrip("*")
        for language, column in zip(_LANGUAGES, line.split("|"), strict=False):
            for word in column.split():
                table = stems if word.endswith("*") else whole
                concepts, languages = table.setdefault(word.rstrip("*"), (set(), set()))
                concepts.add(concept)
                languages.add(language)
    return whole, stems


_NO_CONCEPT: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


@functools.lru_cache(maxsize=65536)
def concept(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a word means, by the first words of lines in concepts.txt, and the languages that have it."""
    whole, stems = _concepts()
    found = [whole[word]] if word in whole else []
    for end in range(len(word), max(2, len(word) - 6), -1):
        if word[:end] in stems:
            found.append(stems[word[:end]])
            break
    if not found:
        return _NO_CONCEPT
    return frozenset().union(*(concepts for concepts, _ in found)), frozenset().union(*(names for _, names in found))


def languages_of(words: Iterable[str]) -> frozenset[str]:
    """The languages that most of these folded words are in; none where no word tells."""
    votes: Counter[str] = Counter()
    for word in words:
        votes.update(language for language, small in small_words().items() if word in small)
        votes.update(concept(word)[1])
    most = max(votes.values(), default=0)
    return frozenset(language for language, number in votes.items() if number > most - 1)


@functools.cache
def _stems_of_places() -> dict[str, str]:
    return {stem: line.split()[0] for line in lines("places.txt") for stem in line.split()[1:]}


@functools.lru_cache(maxsize=65536)
def place_of_adjective(word: str) -> str:
    """The code of a country, or the region ("+asia"), that a word in places.txt names, with any ending; or ""."""
    stems = _stems_of_places()
    for end in range(len(word), max(3, len(word) - 7), -1):
        if (place := stems.get(word[:end])) and not concept(word[end:])[0]:  # no "Swissaid"
            return place
    return ""


@functools.cache
def _by_size() -> dict[tuple[str, int], list[str]]:
    """Long words of the concept table by their first letter and length."""
    found: dict[tuple[str, int], list[str]] = {}
    for word in _concepts()[0].keys() | {"international", "internacional", "internationale"}:
        if len(word) > 6 and word.isascii():
            found.setdefault((word[0], len(word)), []).append(word)
    return found


@functools.lru_cache(maxsize=65536)
def mended(word: str) -> str:
    """The common word that a long unknown word is one slip of typing away from: "developmnt"; or the word itself."""
    if len(word) < 7 or not word.isascii() or concept(word)[0]:
        return word
    near = [other for size in (-1, 0, 1) for other in _by_size().get((word[0], len(word) + size), ())]
    return next((other for other in near if OSA.distance(word, other, score_cutoff=1) == 1), word)


@functools.lru_cache(maxsize=65536)
def uncompounded(word: str) -> tuple[str, ...]:
    """Take "freihandelsabkommen" apart, where each piece is a word of the concept table."""
    whole = bool(concept(word)[0])
    if len(word) < 9 or (whole and (len(word) < 14 or word in _concepts()[0])):
        return (word,)
    for cut in range(len(word) - 4, 3, -1):
        head, tail = word[:cut], word[cut:]
        for stem in (head, head.removesuffix("s"), head.removesuffix("n")):
            if len(stem) > 3 and concept(stem)[0] and not (whole and tail not in _concepts()[0]):
                rest = uncompounded(tail)
                if all(concept(piece)[0] for piece in rest):
                    return (stem, *rest)
    return (word,)


# Endings that one Latin or Greek root takes in English and in the languages around it.
_ENDINGS = [
    (re.compile(pattern), ending)
    for pattern, ending in (
        (r"(?:ph)", "f"),
        (r"(?:th)", "t"),
        (r"(?:ck|qu|k)", "c"),
        (r"(.)\1", r"\1"),
        (r"(?:tions?|ciones|cion|coes|cao|zione|zioni|sjon|sion|siones|sions)$", "cion"),
        (r"(?:ities|ity|ites?|idades|idade|idad|itat|tad|ita)$", "it"),
        (r"(?:ments?|mientos?|mentos?)$", "ment"),
        (r"(?:ncies|ncy|ncias?|nces?|nzen|nz|nza)$", "nc"),
        (r"(?:ists?|istas?|istes?|isten)$", "ist"),
        (r"(?:ical|icals|icos?|icas?|iques?|isch|ische|ischer|ics?|ix)$", "ic"),
        (r"(?:ogies|ogy|ogias?|ogies?|ogie)$", "og"),
        (r"(?:ales|als?|aux|elles?|els?|ais)$", "al"),
        (r"(?:ings?|andos?|iendos?|endo|ants?|ents?|antes?|entes?)$", "nt"),
        (r"(?:ers?|eurs?|euses?|ores?|oras?|eres?|ors?|eras?|eros?)$", "er"),
        (r"(?:ies|y|ias?|ie)$", "i"),
        (r"(?:es|os|as|s|e|o|a)$", ""),
        (r"y", "i"),
    )
]


@functools.lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    if len(word) < 5 or not word.isascii():
        return word
    for pattern, ending in _ENDINGS[:4]:
        word = pattern.sub(ending, word)
    for pattern, ending in _ENDINGS[4:-2]:
        ended = pattern.sub(ending, word)
        if ended != word and len(ended) > 3:
            return ended
    stem = _ENDINGS[-2][0].sub("", word)
    return (stem if len(stem) > 3 else word).replace("y", "i")


@functools.lru_cache(maxsize=65536)
def spells(acronym: str, words: tuple[str, ...]) -> float:
    """Which share of the words that tell something begin what an acronym is written of, in their order; or 0.

    Each gives one letter or a syllable: FENTAP is the Federación Nacional de Trabajadores del Agua Potable. Some give
    two: TNI is the Transnational Institute.
    """
    if any(map(_TWO_IN_ONE.match, words)):
        split = tuple(part for word in words for part in _TWO_IN_ONE.sub(r"\1 \2", word).split())
        return max(spells(acronym, split), _spells(acronym, words))
    return _spells(acronym, words)


_TWO_IN_ONE = re.compile(r"(trans|inter|multi|agro|euro)([a-z]{5,})$")


def _spells(acronym: str, words: tuple[str, ...]) -> float:
    telling = sum(word not in all_small_words() for word in words)
    if not 3 <= len(acronym) <= 14 or not acronym.isalpha() or telling < 2 or len(words) > 20:
        return 0.0
    used = {0: 0}
    for word in words:
        tells = word not in all_small_words()
        for start, count in sorted(used.items(), reverse=True):
            for length in range(1, min(12, len(word), len(acronym) - start) + 1):
                if word[length - 1] != acronym[start + length - 1]:
                    break
                used[start + length] = max(used.get(start + length, 0), count + tells)
    taken = used.get(len(acronym), 0)
    return taken / telling if taken > 1 else 0.0
