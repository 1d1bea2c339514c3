"""Search over what is published: statements, posts, events and pages, each in its own language's words.

Every query begins at what strangers may read now. Words are stemmed, and found without their accents (migration 0010).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db import connection
from django.db.models import CharField, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from campaigns.excerpts import plain
from campaigns.models import Event, Page, Post, Revision, RevisionText, Statement

PAGE = 20
# No reader goes on past these; so much is ranked.
MOST = 200
LONGEST = 100
CONFIGURATIONS = ("en", "fr", "es", "ar", "simple")
# A text in the reader's language is told rather than the same text in another.
IN_THE_READER_S_LANGUAGE = 10.0
# From so much on (pg_trgm's similarity, 0 to 1) a word is taken for another's misspelling.
LIKE = 0.4
# What stands around a word that was found, until it is escaped: no text has these characters.
_FROM, _TO = "\x02", "\x03"


@dataclass(frozen=True)
class Result:
    """One thing that was found; `title` and `extract` are escaped, with what was found in mark elements."""

    kind: str
    url: str
    title: SafeString
    extract: SafeString
    language: str
    direction: str
    at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A page of results, and whether there are more; `number` is of all that were ranked."""

    results: list[Result]
    number: int
    has_more: bool


def find(query: str, *, page: int = 1) -> Found:
    """The best `PAGE` results for what somebody typed, from the page'th twenty on. Six queries or fewer."""
    asked = query.replace("\0", "")[:LONGEST]
    if not asked.strip():
        return Found([], 0, has_more=False)
    best: dict[tuple[str, int], tuple[float, int]] = {}
    for kind, piece, words, language, rank in _ranked(asked):
        weighed = rank + IN_THE_READER_S_LANGUAGE * (language == get_language())
        if best.get((kind, piece), (-1.0, 0))[0] < weighed:
            best[kind, piece] = (weighed, words)
    # The language chose the words; among results only what they say counts.
    order = sorted(best.items(), key=lambda each: (-(each[1][0] % IN_THE_READER_S_LANGUAGE), each[0]))
    chosen = [(kind, words) for (kind, _piece), (_rank, words) in order[PAGE * (page - 1) : PAGE * page]]
    return Found(_told(chosen, asked), len(order), has_more=len(order) > PAGE * page)


def closest(query: str, sources: Sequence[QuerySet[Any]] = ()) -> str:
    """The same query with each word that nobody wrote exchanged for the one most like it; "" where none is.

    Looks among the words of titles and leads that strangers may read, and of `sources`, querysets of one column.
    One query.
    """
    asked = [word for word in query.replace("\0", "")[:LONGEST].split() if len(word) > 3][:8]
    if not asked:
        return ""
    texts = [_titles(kind) for kind in _SETS] + list(sources)
    parts = [source.order_by().query.sql_with_params() for source in texts]
    sql = " UNION ALL ".join(f"({part})" for part, _given in parts)
    given = [value for _part, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(_CLOSEST % sql, [*given, asked, LIKE])
        instead = dict(cursor.fetchall())
    return " ".join(instead.get(word, word) for word in query[:LONGEST].split()) if instead else ""


_CLOSEST = r"""
WITH texts(words) AS (%s),
vocabulary AS (
    SELECT DISTINCT lower(word) AS word, public.unaccent(lower(word)) AS plain
    FROM texts, regexp_split_to_table(words, '[\s.,;:!?()"«»“”،؛؟–—/]+') AS word WHERE length(word) > 3
)
SELECT asked, (
    SELECT word FROM vocabulary WHERE similarity(plain, public.unaccent(lower(asked))) >= least_like
    ORDER BY similarity(plain, public.unaccent(lower(asked))) DESC, word LIMIT 1
) AS nearest
FROM unnest(%%s::text[]) AS asked, (VALUES (%%s::float)) AS least(least_like)
WHERE NOT EXISTS (SELECT FROM vocabulary WHERE plain = public.unaccent(lower(asked)))
AND EXISTS (SELECT FROM vocabulary WHERE similarity(plain, public.unaccent(lower(asked))) >= least_like)
"""


def _asked(query: str) -> Any:
    """What was typed (with "quotes", or, -without) in every language's words: a text is in one, a reader in another."""
    of_each = (SearchQuery(query, config=f"campaigns_words_{name}", search_type="websearch") for name in CONFIGURATIONS)
    return reduce(or_, of_each)


def _vector(lead: str) -> Func:
    return Func(
        F("language"), F("title"), F(lead), F("body"),
        function="campaigns_words_vector", output_field=SearchVectorField(),
    )  # fmt: skip


def _statements() -> QuerySet[RevisionText]:
    newest = Revision.objects.filter(statement=OuterRef("revision__statement")).order_by("-number").values("pk")[:1]
    public = Statement.objects.public().order_by()
    return RevisionText.objects.filter(
        replaced_at__isnull=True, revision=Subquery(newest), revision__statement__in=public
    ).order_by()


def _words(piece: Any) -> QuerySet[Any]:
    return piece.words.rel.related_model.objects.filter(piece__in=piece.objects.published().order_by()).order_by()


# What is searched, by kind: the words that strangers may read, their lead's column, and the way to what they are of.
_SETS: Mapping[str, tuple[Any, str, str]] = {
    "statement": (_statements, "lead", "revision__statement_id"),
    "post": (lambda: _words(Post), "excerpt", "piece_id"),
    "event": (lambda: _words(Event), "excerpt", "piece_id"),
    "page": (lambda: _words(Page), "excerpt", "piece_id"),
}
_OF = {"statement": "revision__statement"}


def _ranked(query: str) -> Iterable[tuple[str, int, int, str, float]]:
    """Kind, what, words, language and rank of the best matches, in one query."""
    asked = _asked(query)
    parts = []
    for kind, (words, lead, owner) in _SETS.items():
        rank = SearchRank(_vector(lead), asked)
        found = words().annotate(found=_vector(lead)).filter(found=asked)
        kinded = found.annotate(kind=Cast(Value(kind), CharField()), of=F(owner), rank=rank)
        parts.append(kinded.values_list("kind", "of", "pk", "language", "rank"))
    return parts[0].union(*parts[1:], all=True).order_by("-rank")[:MOST]


def _titles(kind: str) -> QuerySet[Any]:
    words, lead, _owner = _SETS[kind]
    both = Func(F("title"), Value(" "), F(lead), function="concat", output_field=CharField())
    return words().annotate(said=both).values_list("said", flat=True)


def _told(chosen: Sequence[tuple[str, int]], query: str) -> list[Result]:
    """These words, in this order, with what was found in them."""
    loaded: dict[tuple[str, int], Any] = {}
    for kind in dict(chosen):
        words, _lead, _owner = _SETS[kind]
        numbers = [number for each, number in chosen if each == kind]
        for text in words().filter(pk__in=numbers).select_related(_OF.get(kind, "piece")):
            loaded[kind, text.pk] = text
    texts = [(each[0], loaded[each]) for each in chosen if each in loaded]
    said = _highlighted([(text.language, text.title, _all_of(text)) for _kind, text in texts], query)
    return [
        Result(kind, url, title, extract, text.language, text.direction, at)
        for (kind, text), (title, extract) in zip(texts, said, strict=True)
        for url, at in [_where(kind, text)]
    ]


def _all_of(text: Any) -> str:
    lead = getattr(text, "lead", "") or getattr(text, "excerpt", "")
    return " ".join(filter(None, [" ".join(lead.split()), plain(text.body[:20_000])]))


def _where(kind: str, text: Any) -> tuple[str, datetime | None]:
    if kind == "statement":
        return text.revision.statement.get_absolute_url(), text.revision.statement.opens_at
    at = {"post": "published_at", "event": "starts_at"}.get(kind)
    return text.piece.get_absolute_url(), getattr(text.piece, at) if at else None


def _highlighted(texts: Sequence[tuple[str, str, str]], query: str) -> list[tuple[SafeString, SafeString]]:
    """Titles whole and texts cut to where the words are, by one query of PostgreSQL; nothing in them is markup."""
    if not texts:
        return []
    asked = "||".join(f"websearch_to_tsquery('campaigns_words_{name}', %s)" for name in CONFIGURATIONS)
    marks = f"StartSel={_FROM}, StopSel={_TO}"
    sql = (
        f"SELECT ts_headline(campaigns_words_config(l), t, q, '{marks}, HighlightAll=true'),"  # noqa: S608
        f" ts_headline(campaigns_words_config(l), b, q, '{marks}, MaxFragments=2, MinWords=12, MaxWords=28,"
        f' FragmentDelimiter=" … "\')'
        f" FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS given(l, t, b, n),"
        f" (SELECT {asked} AS q) AS asked ORDER BY n"
    )
    bare = [[part.translate({2: None, 3: None, 0: None}) for part in parts] for parts in texts]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(list(column) for column in zip(*bare, strict=True)), *[query] * len(CONFIGURATIONS)])
        return [(_marked(title), _marked(extract)) for title, extract in cursor.fetchall()]


def _marked(words: str) -> SafeString:
    return mark_safe(escape(words).replace(_FROM, "<mark>").replace(_TO, "</mark>"))  # noqa: S308  escaped here
