"""The keys that an organization's names are found by.

Every name has keys: all its words in any order, the same with one word left out, any two, each (common ones by what
they mean, in any language), its acronyms and what may be one, its domains. They stand in NameKey; whoever saves an
organization, its other names or its domains calls `index`. signon.naming.candidates looks for them.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from signon.matching import Party, prepare
from signon.models import Organization
from signon.models.organization import NameKey
from signon.naming.likeness import Prepared
from signon.naming.name_parts import Form
from signon.naming.names import search_key
from signon.naming.vocabulary import Word, all_small_words

# How much a key tells by its kind, where but one organization has it.
_WEIGHTS = {"name": 12.0, "all": 8.0, "but": 4.0, "two": 3.0, "in": 2.5, "word": 2.0, "begins": 1.5, "ends": 1.5}
_WEIGHTS |= {"acronym": 6.0, "initials": 4.0, "domain": 8.0}
# Of many names at once who shares keys that tell this much together is judged.
ENOUGH = 6.0
_MOST_WORDS, _MOST_PAIRED = 12, 7


def party_of(organization: Organization) -> Party:
    """What the directory knows of an organization, to be judged. Reads its other names and domains."""
    return Party(
        organization.name,
        organization.country,
        organization.acronym,
        organization.website,
        other_names=tuple(other.name for other in organization.other_names.all()),
        domains=tuple(row.domain for row in organization.domains.all()),
    )


def index(organizations: Iterable[Organization]) -> None:
    """Write the keys that these organizations are found by, as their rows stand now, in place of those they had.

    To be called in the transaction that saved an organization, one of its other names or one of its domains.
    """
    wanted = {organization.pk for organization in organizations}
    with transaction.atomic():
        rows = Organization.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
        current = list(rows.prefetch_related("other_names", "domains"))
        NameKey.objects.filter(organization__in=wanted).delete()
        keys = (NameKey(organization=one, key=key) for one in current for key in keys_of(party_of(one)))
        NameKey.objects.bulk_create(keys, batch_size=5000)


def index_all(*, batch: int = 1000, missing: bool = False) -> int:
    """Write the keys of the whole directory anew, each batch in a transaction of its own; returns how many it has.

    For keys older than the code that makes them; `missing`: only of entries that have none, in a directory older than
    its keys. Safe to break off and to repeat.
    """
    found = Organization.objects.filter(name_keys__isnull=True) if missing else Organization.objects.all()
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), batch):
        index(Organization.objects.filter(pk__in=pks[start : start + batch]))
    return len(pks)


def keys_of(party: Party) -> frozenset[int]:
    """The keys that an organization of the directory is found by."""
    return frozenset(_digest(key) for key in itertools.chain(_telling(party), _single_words(party)))


def telling_keys_of(party: Party) -> set[int]:
    """Those of them that `telling_keys` asks for."""
    return {_digest(key) for key in _telling(party)}


def key_of_name(name: str) -> int:
    """The one key that a name as it stands is found by."""
    return _digest(f"name {search_key(name)}")


def asked_keys(party: Party) -> dict[int, float]:
    """The keys to look for a party by, each with how much it tells if but one organization has it."""
    asked: dict[int, float] = {}
    for key, weight in _asked(party, _of_words):
        digest = _digest(key)
        asked[digest] = max(weight, asked.get(digest, 0.0))
    return asked


def telling_keys(party: Party) -> dict[int, float]:
    """The keys that tell most of a name, each with how much; none of one word.

    Two words count within a country, where one is known: anywhere, all must be shared, or all but one.
    """
    asked = dict(_asked(party, _telling_together))
    # What spells an acronym has nothing else in common with it; a pair within a country stands for itself anywhere.
    alone = {"initials": ENOUGH, "two": ENOUGH}
    return {_digest(key): max(told, alone.get(key[: key.index(" ")], 0.0)) for key, told in asked.items()}


def _telling_together(form: Form, countries: frozenset[str]) -> Iterator[str]:
    return (key for key in _together(form, countries) if not countries or not key.startswith("two  "))


def _telling(party: Party) -> Iterator[str]:
    prepared = prepare(party)
    for form in prepared.forms:
        yield from _together(form, _countries(prepared, form))
        yield from (f"initials {letters}" for letters in _initials(form))
        yield from (f"acronym {letters}" for letters in _short(form))
    yield from (f"acronym {letters}" for letters in prepared.acronyms)
    yield from _of_names(party)


def _single_words(party: Party) -> Iterator[str]:
    prepared = prepare(party)
    for form in prepared.forms:
        yield from _apart(form, _countries(prepared, form))


def _asked(party: Party, of_words: Callable[[Form, frozenset[str]], Iterable[str]]) -> Iterator[tuple[str, float]]:
    """The keys to look for, each with how much it tells if but one organization has it."""
    prepared = prepare(party)
    for form in prepared.forms:
        letters = {*prepared.acronyms, *_short(form)}
        asked = {*of_words(form, _countries(prepared, form)), *(f"acronym {found}" for found in _initials(form))}
        asked |= {f"{kind} {found}" for found in letters for kind in ("acronym", "initials")}
        yield from ((key, _WEIGHTS[key[: key.index(" ")]]) for key in asked)
    yield from ((key, _WEIGHTS[key[: key.index(" ")]]) for key in _of_names(party))


def _of_names(party: Party) -> Iterator[str]:
    yield from (f"name {search_key(name)}" for name in (party.name, *party.other_names))
    yield from (f"domain {domain}" for domain in prepare(party).domains)


def _of_words(form: Form, countries: frozenset[str]) -> Iterator[str]:
    yield from _together(form, countries)
    yield from _apart(form, countries)


def _together(form: Form, countries: frozenset[str]) -> Iterator[str]:
    """All words, all but one, any two, in a country and anywhere."""
    words = _words(form)
    for country in ("", *countries) if words else ():
        yield f"all {country} {' '.join(words)}"
        yield from (f"but {country} {' '.join(_without(words, word))}" for word in words if len(words) > 1)
        yield f"but {country} {' '.join(words)}"
        yield from (f"two {country} {one} {other}" for one, other in itertools.combinations(words[:_MOST_PAIRED], 2))
    if not words:
        yield f"all {' '.join(sorted(form.places))}"


def _apart(form: Form, countries: frozenset[str]) -> Iterator[str]:
    """Each word, in a country and anywhere; of rare words how they begin and end."""
    yield from (f"in {country} {word}" for country in countries for word in _words(form))
    for word in form.words:
        yield from (f"word {concept}" for concept in word.concepts or [word.stem])
        if not word.concepts:
            yield from (f"begins {word.text[:5]}", f"ends {word.text[-5:]}") if len(word.text) > 5 else ()


def _words(form: Form) -> list[str]:
    return sorted({_canonical(word) for word in form.words})[:_MOST_WORDS]


def _without(words: list[str], left_out: str) -> list[str]:
    return [word for word in words if word != left_out]


def _canonical(word: Word) -> str:
    return min(word.concepts, default=word.stem)


def _countries(prepared: Prepared, form: Form) -> frozenset[str]:
    named = {place[:2] for place in form.places if not place.startswith("+")}
    return frozenset(named | ({prepared.home} - {""}))


def _short(form: Form) -> Iterator[str]:
    """A name so short that it may be an acronym, also where written small or apart: "Aitec", "Both ENDS"."""
    if len(form.words) < 4:
        yield "".join(word.text for word in form.words)
        yield from (word.text for word in form.words if len(form.words) < 3)


def _initials(form: Form) -> Iterator[str]:
    """What an acronym of these words may be: with small words and places or without, and without the last."""
    for spoken in form.spoken:
        for words in (spoken, [word for word in spoken if word not in all_small_words()]):
            letters = "".join(word[0] for word in words)[:12]
            yield from (found for found in (letters, letters[:-1]) if len(found) > 2)


@functools.lru_cache(maxsize=65536)
def _digest(key: str) -> int:
    """A key as PostgreSQL keeps it: eight bytes, whatever its length and script."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
