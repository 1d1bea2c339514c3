"""A statement that very many sign, as their posts need it: read once a second by each process (decision 90)."""

from __future__ import annotations

import time
from collections import OrderedDict

from django.conf import settings
from django.db import connection

from campaigns.models import Statement
from campaigns.views.statement import statement_or_404

SECONDS, MOST = 1.0, 64
# What decides whether a stranger may sign at this moment; where one of them was changed, all is read anew.
DECIDING = ("state", "opens_at", "closes_at", "embargo_until")
# Written by hand, for every post asks it: composing it anew takes longer than the answer.
CURRENT = f"SELECT {', '.join(DECIDING)} FROM campaigns_statement WHERE id = %s AND slug = %s"  # noqa: S608 - of constants

_held: OrderedDict[str, tuple[float, Statement]] = OrderedDict()


def statement_at_hand(slug: str, language: str) -> Statement:
    """The statement with its campaign, texts and questions, at most SECONDS old; for reading alone: threads share it.

    Whether it is open and public is as it is at this moment. What may still be changed under a signer's hands is read
    anew, too: a text in `language` in which nobody signed yet, a question that nobody answered.
    Raises Http404 where a stranger may not reach it.
    """
    if not settings.KEEP_PAGES:
        return statement_or_404(slug)
    read_at, held = _held.get(slug, (0.0, None))
    if held and time.monotonic() - read_at < SECONDS and _is_frozen(held, language) and _stands(held):
        return held
    began = time.monotonic()
    found = statement_or_404(slug, "own_questions")
    found.text(language)
    _held[slug] = began, found
    while len(_held) > MOST:
        _held.popitem(last=False)
    return found


def _stands(held: Statement) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CURRENT, [held.pk, held.slug])
        return cursor.fetchone() == tuple(getattr(held, name) for name in DECIDING)


def _is_frozen(statement: Statement, language: str) -> bool:
    text = statement.text(language)
    asked = statement.own_questions.all()  # all at hand
    return text is not None and text.frozen_at is not None and all(each.frozen_at for each in asked)
