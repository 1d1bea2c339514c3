"""An organizer begins a statement: blank, from an earlier one with its own questions, or from a text made elsewhere."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campaigns import writing
from campaigns.models import Statement
from signon.models import User
from signon.questions import own_questions


@transaction.atomic
def begin(*, by: User, like: Statement | None = None, **words: Any) -> Statement:
    """A draft as campaigns.writing.begin makes it, with the own questions of the statement that it is like.

    Who may not verify may not let a statement do it: that setting comes along only for who may.
    """
    leaving = [] if by.has_perm("signon.verify_signon") else ["accepts_on_strong_evidence"]
    made = writing.begin(like=like, leaving=leaving, **words)
    if like is not None:
        own_questions.copy(like, made, by=by)
    return made
