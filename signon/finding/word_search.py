"""Finding rows by words in an index of words, at a cost that has an end.

A word finds what has a word that begins with it. No more than MOST rows are judged: who asks for words that more have
is asked for another one beside them.
"""

from __future__ import annotations

from django.db.models import BooleanField, Func, QuerySet
from django.db.models.expressions import Combinable, RawSQL

from signon.naming import names

MOST = 5000
# Of one or two plain letters whole words are meant: many names have a word that begins so.
_SHORT = 3


class TooMany(Exception):
    """More rows than MOST have these words."""


def ids_with(rows: QuerySet, words: Combinable, query: str) -> list[int]:
    """Of rows that an index has by `words`, those that have all words of a query; raises TooMany.

    What `rows` asks for beside its index's own condition is judged of what is found.
    """
    asked = [lexeme(word) for word in names.search_key(query).split()]
    return ids_that_match(rows, words, " & ".join(asked)) if asked else []


def ids_that_match(rows: QuerySet, words: Combinable, tsquery: str) -> list[int]:
    """The same for lexemes that are put together already."""
    # Whole words first: an index has them together, and of frequent ones they are too many already.
    for each in dict.fromkeys((tsquery.replace("':*", "'"), tsquery)):
        asked = RawSQL("%s::tsquery", [each])
        has_words = Func(words, asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
        found = list(rows.filter(has_words).order_by().values_list("pk", flat=True)[: MOST + 1])
        if len(found) > MOST:
            raise TooMany
    return found


def lexeme(word: str, before: str = "") -> str:
    """A word of a query as a tsquery: what begins with it, behind what the index has before each word."""
    is_whole = word.isascii() and len(word) < _SHORT
    return quoted(f"{before}{word}") + ("" if is_whole else ":*")


def quoted(lexeme: str) -> str:
    """A lexeme as a tsquery has it, whatever is in it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
