"""Which organizations of the directory may this be? Fetched by keys of their names, then judged one by one.

Every name has keys: all its words in any order, the same with one word left out, any two, each (common ones by what
they mean, in any language), its acronyms and what may be one, its domains. Rare keys count most, and no key brings more
than `MOST_OF_A_KEY` rows, so that "women" costs as little as a name of its own. The keys stand in NameKey; whoever
saves an organization, its other names or its domains calls `index`.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from signon.likeness import Prepared
from signon.matching import Judgment, Party, judge, prepare
from signon.models import Organization, OrganizationDomain, OrganizationName
from signon.models.organization import NameKey
from signon.name_parts import Form
from signon.names import search_key
from signon.vocabulary import Word, all_small_words

# So many rows of one key are read, so many organizations of all keys are judged.
MOST_OF_A_KEY, MOST_JUDGED = 400, 100
# Of many names at once only keys that tell this much are asked for, and few are judged that share enough of them.
TELLING, ENOUGH, _MANY_OF_A_KEY, _MANY_JUDGED = 3.0, 6.0, 40, 3
_MOST_WORDS, _MOST_PAIRED = 12, 7


@dataclass(frozen=True)
class Candidate:
    """An organization of the directory that a party may be, as matching.judge sees the two."""

    organization: Organization
    score: float
    same: bool
    why: str


def find(party: Party, *, limit: int = 20) -> list[Candidate]:
    """The directory's organizations that this party may be, the likeliest first; none that was merged away.

    Four queries, all by index, whatever the name.
    """
    found = Organization.objects.current().prefetch_related("other_names", "domains").in_bulk(_fetch(party))
    judged = []
    for organization in found.values():
        judgment = judge(party, party_of(organization))
        judged.append(Candidate(organization, judgment.score, judgment.same, judgment.why))
    return sorted(judged, key=lambda candidate: (-candidate.score, candidate.organization.pk))[:limit]


def find_many(parties: Sequence[Party], keys: Sequence[dict[int, float]], *, least: float) -> list[list[Candidate]]:
    """The same for many parties and the `telling_keys` of each, in five queries for them all.

    It finds who is likely, and may miss who is not; whose score is below the `least` is left out.
    """
    wanted = _fetch_many(keys)
    entries = _parties({pk for pks in wanted for pk in pks})
    judged = [
        [(found, pk) for pk in pks if pk in entries and (found := judge(party, entries[pk])).score >= least]
        for party, pks in zip(parties, wanted, strict=True)
    ]
    known = Organization.objects.in_bulk({pk for each in judged for _found, pk in each})
    return [
        [Candidate(known[pk], found.score, found.same, found.why) for found, pk in sorted(each, key=_likeliest)]
        for each in judged
    ]


def _likeliest(judged: tuple[Judgment, int]) -> tuple[float, int]:
    return -judged[0].score, judged[1]


def _parties(pks: Iterable[int]) -> dict[int, Party]:
    """As party_of, of many current organizations at once, without a model's instance for each."""
    wanted = sorted(pks)
    others, domains = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
    for pk, name in OrganizationName.objects.filter(organization__in=wanted).values_list("organization", "name"):
        others[pk].append(name)
    for pk, domain in OrganizationDomain.objects.filter(organization__in=wanted).values_list("organization", "domain"):
        domains[pk].append(domain)
    rows = Organization.objects.current().filter(pk__in=wanted)
    return {
        pk: Party(name, country, acronym, website, "", tuple(others.get(pk, ())), tuple(domains.get(pk, ())))
        for pk, name, country, acronym, website in rows.values_list("pk", "name", "country", "acronym", "website")
    }


def telling_keys(party: Party) -> dict[int, float]:
    """The keys that tell most of a name, each with how much."""
    asked: dict[int, float] = {}
    for key, weight in _asked(party):
        if weight >= TELLING:
            # What spells an acronym has nothing else in common with it.
            told = max(weight, ENOUGH) if key.startswith("initials") else weight
            asked[_digest(key)] = max(told, asked.get(_digest(key), 0.0))
    return asked


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
    return frozenset(_digest(key) for key in _stored(party))


def key_of_name(name: str) -> int:
    """The one key that a name as it stands is found by."""
    return _digest(f"name {search_key(name)}")


# The organizations that share a key that is asked for: a key of few organizations weighs more than one of many.
_FETCH = """
WITH hits AS (
    SELECT found.organization_id,
           asked.weight / (1 + ln(count(*) OVER (PARTITION BY asked.key))) AS weight
    FROM unnest(%s::bigint[], %s::float8[]) AS asked(key, weight)
    CROSS JOIN LATERAL (
        SELECT organization_id FROM signon_namekey WHERE key = asked.key ORDER BY organization_id LIMIT %s
    ) AS found
), best AS (
    SELECT organization_id, sum(weight) AS weight FROM hits GROUP BY organization_id ORDER BY 2 DESC, 1 LIMIT %s
)
SELECT best.organization_id
FROM best JOIN signon_organization AS organization ON organization.id = best.organization_id
WHERE organization.merged_into_id IS NULL
ORDER BY best.weight + CASE WHEN organization.country = %s THEN 0.5 ELSE 0 END DESC, 1
LIMIT %s
"""


def _fetch(party: Party) -> list[int]:
    asked: dict[int, float] = {}
    for key, weight in _asked(party):
        digest = _digest(key)
        asked[digest] = max(weight, asked.get(digest, 0.0))
    values = (list(asked), list(asked.values()), MOST_OF_A_KEY, 3 * MOST_JUDGED, party.country, MOST_JUDGED)
    with transaction.atomic(), connection.cursor() as cursor:
        # A bitmap would gather all rows of a key, of "women" thousands, before the first is read.
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(_FETCH, values)
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_bitmapscan = on")
    return found


_FETCH_MANY = """
WITH hits AS (
    SELECT asked.party, found.organization_id, asked.weight AS told,
           asked.weight / (1 + ln(count(*) OVER (PARTITION BY asked.party, asked.key))) AS weight
    FROM unnest(%s::int[], %s::bigint[], %s::float8[]) AS asked(party, key, weight)
    CROSS JOIN LATERAL (
        SELECT organization_id FROM signon_namekey WHERE key = asked.key ORDER BY organization_id LIMIT %s
    ) AS found
), best AS (
    SELECT party, organization_id,
           row_number() OVER (PARTITION BY party ORDER BY sum(weight) DESC, organization_id) AS place
    FROM hits GROUP BY party, organization_id HAVING sum(told) >= %s
)
SELECT party, array_agg(organization_id ORDER BY place) FROM best WHERE place <= %s GROUP BY party
"""


def _fetch_many(keys: Sequence[dict[int, float]]) -> list[list[int]]:
    asked = [(at, key, weight) for at, own in enumerate(keys) for key, weight in own.items()]
    found: list[list[int]] = [[] for _own in keys]
    if not asked:
        return found
    values: Any = (*map(list, zip(*asked, strict=True)), _MANY_OF_A_KEY, ENOUGH, _MANY_JUDGED)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(_FETCH_MANY, values)
        for place, pks in cursor.fetchall():
            found[place] = pks
        cursor.execute("SET LOCAL enable_bitmapscan = on")
    return found


def _stored(party: Party) -> Iterator[str]:
    prepared = prepare(party)
    for form in prepared.forms:
        yield from _of_words(form, _countries(prepared, form))
        yield from (f"initials {letters}" for letters in _initials(form))
        yield from (f"acronym {letters}" for letters in _short(form))
    yield from (f"acronym {letters}" for letters in prepared.acronyms)
    yield from _of_names(party)


def _asked(party: Party) -> Iterator[tuple[str, float]]:
    """The keys to look for, each with how much it tells if but one organization has it."""
    weights = {"name": 12.0, "all": 8.0, "but": 4.0, "two": 3.0, "in": 2.5, "word": 2.0, "begins": 1.5, "ends": 1.5}
    weights |= {"acronym": 6.0, "initials": 4.0, "domain": 8.0}
    prepared = prepare(party)
    for form in prepared.forms:
        letters = {*prepared.acronyms, *_short(form)}
        asked = {*_of_words(form, _countries(prepared, form)), *(f"acronym {found}" for found in _initials(form))}
        asked |= {f"{kind} {found}" for found in letters for kind in ("acronym", "initials")}
        yield from ((key, weights[key.split()[0]]) for key in asked)
    yield from ((key, weights[key.split()[0]]) for key in _of_names(party))


def _of_names(party: Party) -> Iterator[str]:
    yield from (f"name {search_key(name)}" for name in (party.name, *party.other_names))
    yield from (f"domain {domain}" for domain in prepare(party).domains)


def _of_words(form: Form, countries: frozenset[str]) -> Iterator[str]:
    """All words, all but one, any two, each, in a country and anywhere; of rare words how they begin and end."""
    words = sorted({_canonical(word) for word in form.words})[:_MOST_WORDS]
    if words:
        for country in ("", *countries):
            yield f"all {country} {' '.join(words)}"
            yield from (f"but {country} {' '.join(_without(words, word))}" for word in words if len(words) > 1)
            yield f"but {country} {' '.join(words)}"
            yield from (
                f"two {country} {one} {other}" for one, other in itertools.combinations(words[:_MOST_PAIRED], 2)
            )
            yield from (f"in {country} {word}" for word in words if country)
    for word in form.words:
        yield from (f"word {concept}" for concept in word.concepts or [word.stem])
        if not word.concepts:
            yield from (f"begins {word.text[:5]}", f"ends {word.text[-5:]}") if len(word.text) > 5 else ()
    if not words:
        yield f"all {' '.join(sorted(form.places))}"


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
