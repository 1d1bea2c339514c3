"""What staff find by what they type: sign-ons and entries of the directory, by indexes, at a cost that has an end."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_

from django.db.models import Q

from signon.finding import word_search
from signon.finding.word_search import MOST, TooMany, lexeme
from signon.models import Organization, OrganizationName, SignOn
from signon.models.organization import NAME_WORDS, OTHER_NAME_WORDS
from signon.models.sign_on_indexes import CONFIRMED_ONCE, WORDS
from signon.naming import names

# No index has the words of what nobody confirmed, for signing would write it: so many are read one by one.
NEWEST = 1000


def organizations(typed: str) -> set[int]:
    """The ids of entries that have all words in one of their names (or acronym); raises TooMany."""
    by_name = word_search.ids_with(Organization.objects.all(), NAME_WORDS, typed)
    others = word_search.ids_with(OrganizationName.objects.all(), OTHER_NAME_WORDS, typed)
    also = OrganizationName.objects.filter(pk__in=others).values_list("organization", flat=True) if others else ()
    return {*by_name, *also}


def sign_ons(typed: str) -> set[int]:
    """The ids of sign-ons that have all words in their name and their representative's; raises TooMany.

    Or come from this address, or domain. Of those that nobody confirmed, words are looked for in the newest NEWEST.
    """
    if "@" in typed.lstrip("@"):
        return {*SignOn.objects.filter(email__found=typed).order_by().values_list("pk", flat=True)[:MOST]}
    newest = SignOn.objects.filter(state=SignOn.State.UNCONFIRMED).order_by("-expires_at").values("pk")[:NEWEST]
    unconfirmed = SignOn.objects.filter(Q(email__found=typed) | _has(typed), pk__in=newest)
    confirmed = SignOn.objects.filter(CONFIRMED_ONCE).order_by()
    found = {*unconfirmed.order_by().values_list("pk", flat=True)}
    found |= {*confirmed.filter(email__found=typed).values_list("pk", flat=True)[: MOST + 1]}
    if len(found) > MOST:
        raise TooMany
    ways = {" & ".join(lexeme(word) for word in words) for words in (_folded(typed), _as_typed(typed)) if words}
    return found | {*word_search.ids_that_match(confirmed, WORDS, " | ".join(sorted(ways)))} if ways else found


def _folded(typed: str) -> list[str]:
    return names.search_key(typed).split()


def _as_typed(typed: str) -> list[str]:
    """Representatives' names are kept in no other form."""
    return re.findall(r"\w+", typed.lower())


def _has(typed: str) -> Q:
    of_name = (Q(search_key__contains=word) | Q(representative_name__icontains=word) for word in _folded(typed))
    return reduce(and_, of_name) if _folded(typed) else Q(pk=None)
