"""Who of a list of parties is the same as one that is asked about? In memory, by the directory's own keys.

For lists that stand in no directory: a statement's invitations, a network's members against a statement's signatories.
signon.naming.candidates does the same in the database.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from typing import NamedTuple

from signon.matching import Judgment, Party, judge
from signon.naming.name_keys import asked_keys, keys_of

# So many of those that share keys are judged.
MOST_JUDGED = 12


class Near(NamedTuple):
    """One of the list, by its number, and how it is judged against who was asked about."""

    number: int
    judgment: Judgment


class Likely:
    """A list of parties under numbers of the caller's, found by keys of their names and judged one by one."""

    def __init__(self) -> None:
        self._parties: dict[int, Party] = {}
        self._by_key: dict[int, list[int]] = defaultdict(list)

    def add(self, number: int, party: Party) -> None:
        """Put a party on the list."""
        self._parties[number] = party
        for key in keys_of(party):
            self._by_key[key].append(number)

    def near(self, party: Party, *, least: float = 0.5) -> list[Near]:
        """Who on the list scores at least `least` against this party, the likeliest first."""
        shared: dict[int, float] = defaultdict(float)
        for key, weight in asked_keys(party).items():
            found = self._by_key.get(key, ())
            for number in found:
                shared[number] += weight / (1 + math.log(len(found)))
        best = heapq.nlargest(MOST_JUDGED, shared.items(), key=lambda each: (each[1], -each[0]))
        judged = (Near(number, judge(party, self._parties[number])) for number, _weight in best)
        found_near = [each for each in judged if each.judgment.score >= least]
        return sorted(found_near, key=lambda each: (-each.judgment.score, each.number))
