"""Whom a sign-on's organization resembles: in the directory, and among the other sign-ons of its statement."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rapidfuzz import fuzz

from signon import matching
from signon.casework import domains, known
from signon.casework.findings import Finding
from signon.casework.known import Known
from signon.models import Organization, SignOn
from signon.naming import candidates, look_alikes, name_keys, names

State = SignOn.State

# Below this chance of being the same, a likeness is not worth a look; of more than so many the best are shown.
LIKELY_FROM, MOST_LIKELY = 0.5, 10
# Of a statement's sign-ons in one state the newest so many are looked at, and the most similar so many judged.
MOST_LOOKED_AT, MOST_JUDGED = 1000, 100


def near(sign_on: SignOn, here: Known) -> list[SignOn]:
    """Other organizations' sign-ons of this statement that wait, stand or were declined: the most similar names."""
    others = SignOn.objects.filter(statement=sign_on.statement_id, signer=SignOn.Signer.ORGANIZATION)
    rows = others.exclude(pk=sign_on.pk).order_by("-created_at", "-pk").values_list("pk", "search_key")
    states = (State.CONFIRMED, State.ACCEPTED, State.DECLINED)
    waiting, *decided = [rows.filter(state=state)[:MOST_LOOKED_AT] for state in states]

    def likeness(row: tuple[int, str]) -> tuple[bool, float, float, int]:
        number, key = row
        similar = [ratio(key, sign_on.search_key) for ratio in (fuzz.token_set_ratio, fuzz.ratio)]
        return key in (here.key, sign_on.search_key), similar[0], similar[1], number

    most_similar = heapq.nlargest(MOST_JUDGED, waiting.union(*decided, all=True), key=likeness)
    return list(SignOn.objects.filter(pk__in=[number for number, _key in most_similar]).order_by("pk"))


def is_same(one: SignOn, sign_on: SignOn, here: Known) -> bool:
    """Whether another sign-on is of the organization that this one names, as far as the directory or the words say."""
    if one.organization_id and (here.organization or one.organization_id in here.apart):
        return one.organization_id not in here.apart and one.organization_id in {entry.pk for entry in here.entries}
    return one.country == sign_on.country and names.search_key(one.organization_name) == here.key


def findings(sign_on: SignOn, here: Known, near: list[SignOn]) -> Iterator[Finding]:
    """Names of the directory and of this statement that may be of the same organization, or pretend to be."""
    party = _party(sign_on)
    found = candidates.find(party, limit=MOST_JUDGED)
    seen_as = look_alikes.in_latin(party.name)
    read_so = candidates.find(replace(party, name=seen_as)) if names.search_key(seen_as) != here.key else []
    listed = {one.organization.pk: one.organization for one in [*found, *read_so]}
    settled = here.apart | {entry.pk for entry in here.entries}
    rivals = [one for one in near if one.state != State.DECLINED and not is_same(one, sign_on, here)]
    rivals = [one for one in rivals if one.organization_id not in {*listed, *settled}]
    likely: list[dict[str, Any]] = [
        _fact(one.organization) | {"score": one.score, "why": one.why}
        for one in found
        if one.score >= LIKELY_FROM and one.organization.pk not in settled
    ]
    for rival in rivals:
        judgment = matching.judge(party, _party(rival))
        if judgment.score >= LIKELY_FROM:
            likely.append({"sign_on": rival.pk, "score": judgment.score, "why": judgment.why})
    likely.sort(key=lambda one: -one["score"])
    alike = [
        _fact(one) for one in listed.values() if any(look_alikes.pretends(party.name, name) for name in _names(one))
    ]
    # What a stranger typed and nobody decided casts no doubt on a name of the directory.
    decided = [one for one in rivals if one.state == State.ACCEPTED or not here.entries]
    alike += [{"sign_on": one.pk} for one in decided if look_alikes.pretends(party.name, one.organization_name)]
    for code, facts in (("likely_duplicate", likely), ("look_alike_name", alike)):
        if facts:
            yield Finding(code, {"alike": facts[:MOST_LIKELY]})


def entries_like(entry: Organization) -> list[tuple[candidates.Candidate, bool]]:
    """The directory's other entries that this one resembles, the likeliest first, and whether they look alike."""
    found = [one for one in candidates.find(name_keys.party_of(entry)) if one.organization.pk != entry.pk]
    looked = [
        (one, any(look_alikes.looks_like(entry.name, name) for name in _names(one.organization))) for one in found
    ]
    return [(one, looks_alike) for one, looks_alike in looked if looks_alike or one.score >= LIKELY_FROM]


def same_in_directory(sign_on: SignOn) -> list[Organization]:
    """The directory's entries, under other names, that are judged to be this sign-on's organization as things stand.

    None for an individual, and none that staff told apart from it. Writes nothing.
    """
    here = known.under(sign_on)
    if not here.key:
        return []
    settled = here.apart | {entry.pk for entry in here.entries}
    found = candidates.find(_party(sign_on))
    return [one.organization for one in found if one.same and one.organization.pk not in settled]


def _party(sign_on: SignOn) -> matching.Party:
    """A sign-on to be judged; providers' domains and pages that anybody can have tell nothing."""
    domain, website = domains.of_address(sign_on.email), domains.of_website(sign_on.website)
    return matching.Party(
        sign_on.organization_name,
        sign_on.country,
        sign_on.acronym,
        "" if domains.is_shared(website) else website,
        domain if domains.is_somebodys(domain) else "",
    )


def _fact(organization: Organization) -> dict[str, Any]:
    return {"organization": organization.pk, "name": str(organization)}


def _names(organization: Organization) -> Iterator[str]:
    yield organization.name
    yield from (other.name for other in organization.other_names.all())
