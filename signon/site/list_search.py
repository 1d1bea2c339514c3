"""Finding names in the public list by words, at a cost that has an end.

A word finds the names that have a word which begins with it. No more than MOST are judged: who asks for a word that
more names have is asked for another one beside it.
"""

from __future__ import annotations

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL

from campaigns.models import Statement
from signon.models import SignOn
from signon.naming import names

MOST = 5000
# Of one or two plain letters whole words are meant: many names have a word that begins so.
_SHORT = 3


class TooMany(Exception):
    """More names than MOST have these words."""


def with_words(named: QuerySet[SignOn], statement: Statement, query: str, country: str = "") -> QuerySet[SignOn]:
    """Those of `named`, who stand by name on a statement, whose name has the words of a query; raises TooMany.

    The index knows words by statement and country; whatever else `named` asks for is judged of what it finds.
    """
    lexemes = [lexeme(word, f"{statement.pk}:") for word in names.search_key(query).split()]
    if not lexemes:
        return named
    if country:
        lexemes.append(_quoted(f"{statement.pk}={country}"))
    words = Func(F("statement_id"), F("country"), F("search_key"), function="signon_listed_words")
    asked = RawSQL("%s::tsquery", [" & ".join(lexemes)])
    has_words = Func(words, asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
    by_index = SignOn.objects.filter(has_words, state=SignOn.State.ACCEPTED, listing=SignOn.Listing.NAME)
    found = list(by_index.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:
        raise TooMany
    return named.filter(pk__in=found)


def lexeme(word: str, before: str = "") -> str:
    """A word of a query as a tsquery: what begins with it, behind what the index has before each word."""
    is_whole = word.isascii() and len(word) < _SHORT
    return _quoted(f"{before}{word}") + ("" if is_whole else ":*")


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
