"""Which organizations of the directory may this be? Fetched by keys of their names, then judged one by one.

Rare keys count most, and no key brings more than `MOST_OF_A_KEY` rows, so that "women" costs as little as a name of its
own. signon.naming.name_keys makes the keys.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from signon.matching import Judgment, Party, judge
from signon.models import Organization, OrganizationDomain, OrganizationName
from signon.models.organization import NameKey
from signon.naming.name_keys import ENOUGH, asked_keys, party_of

# So many rows of one key are read, so many organizations of all keys are judged.
MOST_OF_A_KEY, MOST_JUDGED = 400, 100
# Of many names at once few are judged that share enough of their telling keys.
_MANY_OF_A_KEY, _MANY_JUDGED = 40, 3


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
    return _judged(parties, _fetch_many(keys), least)


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
    asked = asked_keys(party)
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


def find_among(
    parties: Sequence[Party], organizations: QuerySet[Organization], *, least: float, most: int = 12
) -> list[list[Candidate]]:
    """Who of some entries of the directory each party may be, the likeliest first, in five queries for them all.

    Of a list that is known to be the right one: all keys are asked for, those of one word too, and as many as `most`
    are judged for each. Whose score is below the `least` is left out.
    """
    asked = [asked_keys(party) for party in parties]
    wanted = {key for own in asked for key in own}
    hits = NameKey.objects.filter(key__in=wanted, organization__in=organizations.values("pk"))
    by_key = defaultdict[int, list[int]](list)
    for key, pk in hits.values_list("key", "organization").iterator():
        by_key[key].append(pk)
    return _judged(parties, [_nearest(own, by_key, most) for own in asked], least)


def _judged(parties: Sequence[Party], fetched: Sequence[Sequence[int]], least: float) -> list[list[Candidate]]:
    """Of the entries that were fetched for each party those that are like it, the likeliest first."""
    entries = _parties({pk for pks in fetched for pk in pks})
    judged = [
        [(found, pk) for pk in pks if pk in entries and (found := judge(party, entries[pk])).score >= least]
        for party, pks in zip(parties, fetched, strict=True)
    ]
    known = Organization.objects.in_bulk({pk for each in judged for _found, pk in each})
    return [
        [Candidate(known[pk], found.score, found.same, found.why) for found, pk in sorted(each, key=_likeliest)]
        for each in judged
    ]


def _nearest(asked: dict[int, float], by_key: dict[int, list[int]], most: int) -> list[int]:
    shared = defaultdict[int, float](float)
    for key, weight in asked.items():
        found = by_key.get(key, [])
        for pk in found:
            shared[pk] += weight / (1 + math.log(len(found)))
    return heapq.nsmallest(most, shared, key=lambda pk: (-shared[pk], pk))
