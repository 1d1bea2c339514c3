"""Finding organizations by any name that strangers may read: as listed, official, or as its own people call it.

A word is found anywhere in the first two. Other names have an index of words: there a word finds one that begins so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_

from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.expressions import RawSQL

from signon.models import ProfileName, SignOn
from signon.models.profile import WORDS
from signon.naming import names
from signon.site.list_search import lexeme


def with_words(found: QuerySet[SignOn], query: str) -> QuerySet[SignOn]:
    """Those sign-ons whose organization has all words of the query in one of its names."""
    words = names.search_key(query).split()
    if not words:
        return found
    as_listed = _all(Q(search_key__contains=word) for word in words)
    # The official name stands on the organization's page where its own people agreed to that.
    agreed = Q(organization__profile__in_directory=True)
    official = _all(
        Q(organization__search_key__contains=word) | Q(organization__acronym__iexact=word) for word in words
    )
    own = Q(organization__in=own_names(words).values("profile"))
    return found.filter(as_listed | agreed & official | own)


def own_names(words: list[str]) -> QuerySet[ProfileName]:
    """Names that an organization's people give it, and agreed to show, with all these words."""
    asked = RawSQL("%s::tsquery", [" & ".join(lexeme(word) for word in words)])
    has_words = Func(WORDS, asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
    return ProfileName.objects.filter(has_words, profile__in_directory=True).order_by()


def why_found(rows: Iterable[SignOn], query: str) -> dict[int, str]:
    """By organization the name that has the words, where the one that it is listed by has not. One query or none."""
    words = names.search_key(query).split()
    others = [each for each in rows if not all(word in each.search_key for word in words)]
    if not others:
        return {}
    told = {each.organization_id: str(each.organization) for each in others if each.organization_id}
    own = own_names(words).filter(profile__in=told).order_by("-pk").values_list("profile", "name")
    # An official name that is found needs no other beside it.
    official = {number for number, name in told.items() if all(word in names.search_key(name) for word in words)}
    return told | {number: name for number, name in own if number not in official}


def _all(conditions: Iterable[Q]) -> Q:
    return reduce(and_, conditions)
