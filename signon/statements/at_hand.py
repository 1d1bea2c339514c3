"""A statement that very many sign, as their posts need it: read once a second by each process (decision 90)."""

from __future__ import annotations

import time
from collections import OrderedDict

from django.conf import settings

from campaigns.models import Statement
from campaigns.views.statement import statement_or_404

SECONDS, MOST = 1.0, 64
_held: OrderedDict[str, tuple[float, Statement]] = OrderedDict()


def statement_at_hand(slug: str, language: str, *, anew: bool = False) -> Statement:
    """The statement with its campaign, texts and questions, at most SECONDS old; for reading alone: threads share it.

    Where it is old, it was open to strangers then and is so by the clock: whether it still is, signing compares
    (signing.StatementChanged; then it is to be taken `anew`). What may still be changed under a signer's hands is read
    anew, too: a text in `language` in which nobody signed yet, a question that nobody answered.
    Raises Http404 where a stranger may not reach it.
    """
    if not settings.KEEP_PAGES:
        return statement_or_404(slug)
    read_at, held = _held.get(slug, (0.0, None))
    is_young = held and not anew and time.monotonic() - read_at < SECONDS
    if held and is_young and _is_open(held) and _is_frozen(held, language):
        return held
    began = time.monotonic()
    found = statement_or_404(slug, "own_questions")
    found.text(language)
    if _held.get(slug, (0.0, None))[0] <= began:  # whoever began later may have been quicker
        _held[slug] = began, found
    while len(_held) > MOST:
        _held.popitem(last=False)
    return found


def _is_open(held: Statement) -> bool:
    return held.takes_sign_ons() and not held.is_under_embargo()


def _is_frozen(statement: Statement, language: str) -> bool:
    text = statement.text(language)
    asked = statement.own_questions.all()  # all at hand
    return text is not None and text.frozen_at is not None and all(each.frozen_at for each in asked)
