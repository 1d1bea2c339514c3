"""What two organizations' names, taken apart, have in common and what not: grounds for a judgment, not yet weighed."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from signon import countries
from signon.name_parts import Form
from signon.vocabulary import Word


@dataclass(frozen=True, slots=True)
class Prepared:
    """A party taken apart once, to be compared many times."""

    forms: tuple[Form, ...]
    acronyms: frozenset[str]
    spelled: frozenset[str]
    countries: frozenset[str]
    address: frozenset[str]
    home: str
    domains: frozenset[str]


def grounds(one: Prepared, first: Form, other: Prepared, second: Form) -> Iterator[dict[str, float]]:
    """What one reading of two names shows, by the names in `POINTS`; "words" and "differing" are for the telling.

    A name that is but an acronym is read twice: as a word, and as short for the other.
    """
    common = {
        "start": 1.0,
        "section": float(first.sections != second.sections),
        "part": float(first.part or second.part),
        "domain": float(bool(one.domains & other.domains)),
    }
    shared = one.acronyms & other.acronyms
    if _stands_for(one, first) != _stands_for(other, second):
        spelled = (_short(one, first) & second.initials) | (_short(other, second) & first.initials)
        texts = {word.text for word in first.words} & {word.text for word in second.words}
        shared |= (_short(one, first) & other.acronyms) | (one.acronyms & _short(other, second))
        if known := (shared or spelled) - texts:
            whole = known & (one.spelled | other.spelled)
            places = _of_places(one, first, other, second, "".join(known), bool(whole))
            short, long = (first, second) if _stands_for(one, first) else (second, first)
            concepts = frozenset[str]().union(*(word.concepts for word in long.words))
            beside = sum(word.weight for word in short.words if word.concepts and not word.concepts & concepts)
            kind = "acronym alone" if shared else "initials alone"
            yield common | places | {kind: _length(known), "beside": beside}
    found = common | _of_words(first, second) | _of_places(one, first, other, second)
    if shared:
        found["acronym"] = _length(shared - {word.text for word in first.words + second.words})
    elif one.acronyms and other.acronyms and "clash" in found:
        found["other acronym"] = 1.0
    yield found


def _length(acronyms: frozenset[str]) -> float:
    """Three letters are soon the same by chance, five hardly."""
    return min(1.0, 0.05 + 0.2 * max(map(len, acronyms))) if acronyms else 0.0


def _stands_for(party: Prepared, form: Form) -> bool:
    """Whether the name is its acronym alone, with nothing but common words and places beside it."""
    rare = [word for word in form.words if not word.concepts]
    return (
        len(form.words) == 1
        or (bool(rare) and all(word.text in party.acronyms for word in rare))
        or "".join(word.text for word in form.words) in party.acronyms
    )


def _short(party: Prepared, form: Form) -> frozenset[str]:
    """The party's acronyms, and a name of one word, which may be one written small: "Aitec"."""
    return party.acronyms | ({form.words[0].text} if len(form.words) == 1 else frozenset())


def _of_words(first: Form, second: Form) -> dict[str, float]:
    pairs = _align(first.words, second.words)
    left, right = {pair[1] for pair in pairs}, {pair[2] for pair in pairs}
    shared = sum((first.words[i].weight + second.words[j].weight) * alike / 2 for alike, i, j in pairs)
    places = 0.4 * len(first.places & second.places)
    total = (first.weight + second.weight) / 2 + places
    lone = [word.weight for i, word in enumerate(first.words) if i not in left]
    lost = [word.weight for j, word in enumerate(second.words) if j not in right]
    differing = max(len(lone), len(lost))
    lone += [0.4 for place in first.places - second.places if place.startswith("+")]
    lost += [0.4 for place in second.places - first.places if place.startswith("+")]
    foreign = bool(first.languages and second.languages and not first.languages & second.languages)
    longest = max(len(first.words), len(second.words))
    return {
        "overlap": min(1.0, (shared + places) / total) if total else 0.0,
        "extra": 0.0 if foreign else _known(first, left) + _known(second, right),
        "substance": min(3.0, shared + places) - 1.5,
        "foreign clash" if foreign else "clash": min(2.0, sum(lone), sum(lost)),
        "words": longest,
        "differing": differing,
    }


def _known(form: Form, paired: set[int]) -> float:
    """What common words that the other name lacks weigh: "women" says more of another body than an unknown word."""
    return sum(word.weight for i, word in enumerate(form.words) if i not in paired and word.concepts)


def _align(first: tuple[Word, ...], second: tuple[Word, ...]) -> list[tuple[float, int, int]]:
    """Pair the words of two names, the most alike first; order does not count."""
    left, right = set[int](), set[int]()
    pairs = _joined(first, second, left, right) + [(s, i, j) for s, j, i in _joined(second, first, right, left)]
    found = []
    for i, word in enumerate(first):
        for j, opposite in enumerate(second):
            if alike := _alike(word, opposite):
                found.append((alike, i, j))
    for alike, i, j in sorted(found, reverse=True):
        if i not in left and j not in right:
            pairs.append((alike, i, j))
            left.add(i)
            right.add(j)
    return pairs


def _joined(
    first: tuple[Word, ...], second: tuple[Word, ...], left: set[int], right: set[int]
) -> list[tuple[float, int, int]]:
    """Pair "fairwatch" with both words of "fair watch"."""
    pairs = []
    for i, word in enumerate(first):
        for j in range(len(second) - 1):
            head, tail = second[j].text, second[j + 1].text
            if word.text.startswith(head) and word.text == head + tail and i not in left and not {j, j + 1} & right:
                pairs += [(1.0, i, j), (1.0, i, j + 1)]  # the long word counts twice, and is cut off at the whole
                left.add(i)
                right |= {j, j + 1}
    return pairs


@functools.lru_cache(maxsize=200_000)
def _alike(word: Word, other: Word) -> float:
    if word.text == other.text:
        return 1.0
    if word.concepts & other.concepts:
        return 0.97
    if word.concepts and other.concepts:
        return 0.0
    if word.stem == other.stem and len(word.stem) > 3:
        return 0.95
    longest = max(len(word.text), len(other.text))
    if longest < 5 or word.text[0] != other.text[0]:
        return 0.0
    slips = OSA.distance(word.text, other.text, score_cutoff=3)
    roots = OSA.distance(word.stem, other.stem, score_cutoff=3)
    alike = max(1 - slips / longest, 1 - roots / max(len(word.stem), len(other.stem)))
    return alike if alike >= 0.79 else 0.0


def _of_places(
    one: Prepared, first: Form, other: Prepared, second: Form, acronym: str = "", whole: bool = False
) -> dict[str, float]:
    """Compare where the names say that they are.

    A place in one name alone is explained by the other's country, or by a letter of the acronym that it is known by.
    """
    explained = {"+international", *(place for place in first.places | second.places if _initial(place) in acronym)}
    lone = first.places - second.places - other.countries - explained
    lost = second.places - first.places - one.countries - explained
    if whole and _stands_for(one, first):
        lost = frozenset()
    elif whole:
        lone = frozenset()
    shared = first.places & second.places
    found = {"other place": 0.0, "place": 0.0, "same place": float(bool(shared))}
    if (lone and lost) or (one.address and other.address and not one.address & other.address):
        found["other place"] = 1.0
    elif lone or lost:
        found["place"] = 1.0
    if "+international" in first.places ^ second.places and (lone or lost):
        found |= {"other place": 1.0, "place": 0.0}
    if one.home and one.home == other.home:
        found["same country"] = 1.0
    elif one.home and other.home and not _codes(one, first) & _codes(other, second):
        found["other country"] = 0.4 if any(place.startswith("+") for place in shared) else 1.0  # a seat may move
    return found


def _codes(party: Prepared, form: Form) -> set[str]:
    return {place for place in party.countries | form.places if not place.startswith("+")}


def _initial(place: str) -> str:
    return place[1] if place.startswith("+") else countries.name(place, "en")[0].lower()
