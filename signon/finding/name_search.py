"""Finding organizations by any name that strangers may read: as listed, official, or as its own people call it.

Each is found by an index: a word finds a name with a word that begins so. No more are judged than word_search allows.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Func, Q, QuerySet
from django.db.models.expressions import RawSQL

from campaigns.models import Statement
from signon.finding import list_search, word_search
from signon.finding.word_search import lexeme
from signon.models import Organization, ProfileName, SignOn
from signon.models.organization import NAME_WORDS
from signon.models.profile import WORDS
from signon.naming import names


def with_words(found: QuerySet[SignOn], query: str, country: str = "") -> QuerySet[SignOn]:
    """Those sign-ons whose organization has all words of the query in one of its names; raises TooMany.

    `country` is one that `found` is of: of names as listed, fewer are judged so.
    """
    words = names.search_key(query).split()
    if not words:
        return found
    public = Statement.objects.public().order_by().values_list("pk", flat=True)
    as_listed = Q(pk__in=list_search.ids_on(public, words, country))
    # The official name stands on the organization's page where its own people agreed to that.
    agreed = Organization.objects.filter(profile__in_directory=True)
    official = Q(organization__in=word_search.ids_with(agreed, NAME_WORDS, query))
    own = Q(organization__in=list(own_names(words).values_list("profile", flat=True)[: word_search.MOST]))
    return found.filter(as_listed | official | own)


def own_names(words: list[str]) -> QuerySet[ProfileName]:
    """Names that an organization's people give it, and agreed to show, with all these words."""
    asked = RawSQL("%s::tsquery", [" & ".join(lexeme(word) for word in words)])
    has_words = Func(WORDS, asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
    return ProfileName.objects.filter(has_words, profile__in_directory=True).order_by()


def why_found(rows: Iterable[SignOn], query: str) -> dict[int, str]:
    """By organization the name that has the words, where the one that it is listed by has not. One query or none."""
    words = names.search_key(query).split()
    others = [each for each in rows if not all(_begins(word, each.search_key) for word in words)]
    if not others:
        return {}
    told = {each.organization_id: str(each.organization) for each in others if each.organization_id}
    own = own_names(words).filter(profile__in=told).order_by("-pk").values_list("profile", "name")
    # An official name that is found needs no other beside it.
    official = {number for number, name in told.items() if all(_begins(word, names.search_key(name)) for word in words)}
    return told | {number: name for number, name in own if number not in official}


def _begins(word: str, name: str) -> bool:
    return f" {word}" in f" {name}"
