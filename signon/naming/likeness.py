"""What two organizations' names, taken apart, have in common and what not: grounds for a judgment, not yet weighed."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from signon.geography import countries
from signon.naming.name_parts import Form
from signon.naming.vocabulary import Word, kinds, mended, scopes, spells


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
    """What one reading of two names shows, by the names in `POINTS`; some others are for the telling.

    A name that is but an acronym is read twice: as a word, and as short for the other.
    """
    common = {
        "start": 1.0,
        "section": float(bool(first.sections) != bool(second.sections)),
        "part": float(first.part or second.part),
        "domain": float(bool(one.domains & other.domains)),
    }
    if _stands_for(one, first) != _stands_for(other, second):
        turned = _stands_for(other, second)
        short, long = (other, one) if turned else (one, other)
        if found := _as_short(short, second if turned else first, long, first if turned else second):
            yield common | found
    shared = one.acronyms & other.acronyms
    words = _of_words(first, second)
    foreign = _foreign(first, second)
    found = common | words | _of_places(one, first, other, second, worldly=not foreign and _worldly(first, second))
    if foreign:
        found["town"] = 0.0  # "Bretagne" is Brittany
        found["translated acronym"] = _length(shared) * found.get("same country", 0.0)
    if shared:
        found["acronym"] = _length(
            shared - ({word.text for word in first.words} & {word.text for word in second.words})
        )
    elif one.acronyms and other.acronyms and words["differing"]:
        found["other acronym"] = 1.0
    yield found


def _as_short(party: Prepared, short: Form, whole: Prepared, long: Form) -> dict[str, float]:
    """The grounds for a name that is but an acronym, or the word that the other begins with, being short for it."""
    texts = {word.text for word in long.words}
    letters = _short(party, short)
    known, kind = letters & whole.acronyms, "acronym alone"
    if len(short.words) == 1 and short.words[0] in long.words[:1] and not short.words[0].concepts:
        common = [bool(word.concepts & (kinds() | scopes())) for word in long.words[1:]]
        known |= letters & texts if common and all(common) else frozenset()
    if known & texts:  # "GABRIELA" and "GABRIELA National Alliance of Women", but not "ATTAC Berlin"
        rest = [word for word in long.words if word.text not in known]
        if sum(bool(word.concepts) for word in rest) < 2 or sum(not word.concepts for word in rest) > 1:
            return {}
        kind = "leading word"
    unknown = frozenset[str]() if known else letters - texts
    spelled = {acronym: max(spells(acronym, spoken) for spoken in long.spoken) for acronym in unknown}
    if not known:
        kind = "initials alone"
        known = frozenset(acronym for acronym, share in spelled.items() if share >= _ENOUGH.get(len(acronym), 0.5))
    if not known:
        return {}
    places = _of_places(
        party, short, whole, long, "".join(known), bool(known & whole.spelled) or kind == "leading word"
    )
    concepts = frozenset[str]().union(*(word.concepts for word in long.words))
    beside = sum(word.weight for word in short.words if word.concepts and not word.concepts & concepts)
    share = max((spelled[acronym] for acronym in known if acronym in spelled), default=1.0)
    return places | {kind: _length(known) * share, "beside": beside}


# Which share of the words an acronym of so many letters must be made of.
_ENOUGH = {3: 1.0, 4: 0.65, 5: 0.65}


def _worldly(first: Form, second: Form) -> bool:
    """Whether both call themselves global, in a name of some length: such a body's seat may move."""
    if min(len(first.words), len(second.words)) < 3:
        return False
    words = [{concept for word in form.words for concept in word.concepts} for form in (first, second)]
    return bool(words[0] & words[1] & {"global", "international", "world", "intercontinental"})


def _length(acronyms: frozenset[str]) -> float:
    """Three letters are soon the same by chance, five hardly."""
    return min(1.0, 0.05 + 0.2 * max(map(len, acronyms))) if acronyms else 0.0


def _stands_for(party: Prepared, form: Form) -> bool:
    """Whether the name is its acronym alone, with nothing but common words and places beside it."""
    rare = [word for word in form.words if not word.concepts or word.text in party.acronyms]
    return (
        len(form.words) == 1
        or (bool(rare) and len(form.words) - len(rare) < 2 and all(word.text in party.acronyms for word in rare))
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
    clash = {"clash": min(2.0, sum(lone), sum(lost))} | _by_sort(first, left, second, right)
    if _foreign(first, second):
        clash = {"translated other topic": clash["other topic"]}  # the rest is said in other words
    return (
        clash
        | {
            "overlap": min(1.0, (shared + places) / total) if total else 0.0,
            "contained": float(len(pairs) > 1 and not (lone and lost)),
            "words": max(len(first.words), len(second.words)),
            "differing": differing,
            "worldwide": float("+international" in first.places ^ second.places),
        }
        | _as_written(first, second, pairs)
    )


def _as_written(first: Form, second: Form, pairs: list[tuple[float, int, int]]) -> dict[str, float]:
    """How the paired words are written; for the telling alone."""
    opposite = [j for i, j in sorted((i, j) for _alike, i, j in pairs)]
    unlike = {i for _alike, i, j in pairs if first.words[i].text != second.words[j].text}
    return {
        "spelled": len(unlike) + len(_slips(first) ^ _slips(second)),
        "moved": float(opposite != sorted(opposite)),
        "foreign": float(_foreign(first, second)),
    }


def _slips(form: Form) -> set[str]:
    """Words that are compared as what they are mended to: "netwrok"."""
    return {word for word in form.spoken[0] if mended(word) != word}


def _foreign(first: Form, second: Form) -> bool:
    """Whether the names are in two languages, or one in a language that we have few words of."""
    if first.languages and second.languages:
        return not first.languages & second.languages
    alike = {word.text for word in first.words} & {word.text for word in second.words}
    return bool(first.languages or second.languages) and min(len(first.words), len(second.words)) > 1 and not alike


def _by_sort(first: Form, left: set[int], second: Form, right: set[int]) -> dict[str, float]:
    """What the common words weigh that one name lacks: "women" says more of another body than "network"."""
    lone, lost = _sorted_out(first, left), _sorted_out(second, right)
    return {
        "other topic": min(lone["topic"], lost["topic"]),
        "other kind": min(lone["kind"], lost["kind"]),
        "extra scope": abs(lone["scope"] - lost["scope"]),
    }


def _sorted_out(form: Form, paired: set[int]) -> dict[str, float]:
    found = {"topic": 0.0, "kind": 0.0, "scope": 0.0}
    for i, word in enumerate(form.words):
        if i not in paired and word.concepts:
            sort = "kind" if word.concepts & kinds() else "scope" if word.concepts & scopes() else "topic"
            found[sort] = min(1.5, found[sort] + word.weight)
    return found


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
    one: Prepared,
    first: Form,
    other: Prepared,
    second: Form,
    acronym: str = "",
    whole: bool = False,
    worldly: bool = False,
) -> dict[str, float]:
    """Compare where the names say that they are.

    A place in one name alone is explained by the other's country, or by a letter of the acronym that it is known by.
    Of a `whole` acronym the name may say more than the acronym does. A town is more than its country.
    """
    explained = {"+international", *(place for place in first.places | second.places if _initial(place) in acronym)}
    lone = first.places - second.places - other.countries - explained
    lost = second.places - first.places - one.countries - explained
    if whole and _stands_for(one, first):
        lost = frozenset()
    elif whole:
        lone = frozenset()
    shared = first.places & second.places
    towns = {place for place in lone | lost if ":" in place}
    found = {"other place": 0.0, "place": 0.0, "town": 0.0, "same place": float(bool(shared))}
    if (lone and lost) or (one.address and other.address and not one.address & other.address):
        found["other place"] = 1.0
    elif lone or lost:
        told = bool(first.places and second.places - {"+international"})  # "ATTAC Berlin" beside "ATTAC Germany"
        found["place" if lone | lost != towns else "other place" if told and not shared else "town"] = 1.0
    if "+international" in first.places ^ second.places and (lone or lost):
        found |= {"other place": 1.0, "place": 0.0, "town": 0.0}
    if one.home and one.home == other.home:
        found["same country"] = 1.0
    elif one.home and other.home and one.home not in _codes(other, second) and other.home not in _codes(one, first):
        moved = not (one.address or other.address) and (worldly or any(place.startswith("+") for place in shared))
        found["other country"] = 0.4 if moved else 1.0  # a seat may move
    return found


def _codes(party: Prepared, form: Form) -> set[str]:
    return {place[:2] for place in party.countries | form.places if not place.startswith("+")}


def _initial(place: str) -> str:
    return re.split("[+:]", place)[1][0] if len(place) > 2 else countries.cldr_name(place, "en")[0].lower()
