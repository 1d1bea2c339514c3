"""A test sign-on by staff: the form, the mail, the link, as a signer meets them. Never a sign-on, and gone after it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing, organizing
from signon.models import Look, Message, Rehearsal, User
from signon.statements import showing

KEPT = Rehearsal.KEPT


class NotBefore(Exception):
    """The statement is open, or past that: a test would stand beside what people sign."""


def begin(statement: Statement, *, by: User, language: str, **typed: Any) -> Rehearsal:
    """Queue the mail that a signer gets, to the member of staff who tries. `typed` are SignOn's fields, clean.

    Whatever address was typed, the mail goes to `by`. Raises NotBefore.
    """
    text = statement.text(language)
    if text is None or statement.phase() != "draft":
        raise NotBefore
    with transaction.atomic():
        Rehearsal.objects.filter(statement=statement, by=by).delete()
        made = Rehearsal.objects.create(
            statement=statement,
            text=text,
            by=by,
            language=language,
            typed=typed | {"email": by.email},
            digest=showing.digest(statement, Look.Subject.TEST, language),
        )
        mailing.compose(
            Message.Kind.TEST,
            key=f"test:{made.pk}",
            user=by,
            language=language,
            rehearsal=made,
            expires_at=made.at + KEPT,
        )
    return made


def finish(rehearsal: Rehearsal) -> None:
    """The link of the mail was opened and its button pressed: that stands on record, and the test is gone."""
    with transaction.atomic():
        if Rehearsal.objects.filter(pk=rehearsal.pk).delete()[0]:
            tried = {rehearsal.language: rehearsal.digest}
            organizing.look(rehearsal.statement, Look.Subject.TEST, set(tried), by=rehearsal.by, digests=tried)


def forget() -> int:
    """Remove tests that nobody finished in a day; returns how many rows went with them."""
    return Rehearsal.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
