"""Finding names in the public lists by words, at a cost that has an end (signon.finding.word_search)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from campaigns.models import Statement
from signon.finding import word_search
from signon.finding.word_search import lexeme, quoted
from signon.models import SignOn
from signon.models.sign_on_indexes import LISTED_WORDS
from signon.naming import names


def with_words(named: QuerySet[SignOn], statement: Statement, query: str, country: str = "") -> QuerySet[SignOn]:
    """Those of `named`, who stand by name on a statement, whose name has the words of a query; raises TooMany.

    The index knows words by statement and country; whatever else `named` asks for is judged of what it finds.
    """
    words = names.search_key(query).split()
    return named.filter(pk__in=ids_on([statement.pk], words, country)) if words else named


def ids_on(statements: Iterable[int], words: list[str], country: str = "") -> list[int]:
    """Who stands by name on one of these statements, and has all these words in its name; raises TooMany."""
    of_each = []
    for number in statements:
        lexemes = [lexeme(word, f"{number}:") for word in words]
        of_each.append(" & ".join([*lexemes, quoted(f"{number}={country}")] if country else lexemes))
    if not of_each:
        return []
    by_index = SignOn.objects.filter(state=SignOn.State.ACCEPTED, listing=SignOn.Listing.NAME)
    return word_search.ids_that_match(by_index, LISTED_WORDS, " | ".join(of_each))
