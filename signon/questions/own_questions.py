"""What organizers do with a statement's own questions: write them, put them in order, take them away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import Statement
from signon.models import OwnQuestion, User
from signon.models.own_question import MOST

# What a question says; a change in any of them asks something else.
SAYS = ("kind", "words", "choices", "required", "public", "is_quote")


class TooMany(Exception):
    """A statement asks ten questions at most."""


@transaction.atomic
def write(statement: Statement, question: OwnQuestion | None = None, *, by: User, **says: Any) -> OwnQuestion:
    """Add a question, or change one; `says` are the fields of SAYS.

    Changed in place only while nobody can have seen it: in a draft, and never answered. Else a new one stands in its
    place, and what was answered stays with the old. Raises TooMany.
    """
    _hold(statement)
    if question is None:
        return _add(statement, by, says)
    asked = OwnQuestion.objects.select_for_update(of=["self"]).get(pk=question.pk, removed_at=None)
    if all(getattr(asked, name) == value for name, value in says.items()):
        return asked
    if asked.frozen_at is None and statement.state == Statement.State.DRAFT:
        for name, value in says.items():
            setattr(asked, name, value)
        asked.save(update_fields=list(says))
        return asked
    OwnQuestion.objects.filter(pk=asked.pk).update(removed_at=timezone.now())
    place = {"slot": asked.slot, "place": asked.place, "replaces": asked}
    return OwnQuestion.objects.create(statement=statement, by=by, **place, **says)


@transaction.atomic
def remove(question: OwnQuestion) -> None:
    """Ask it no longer; its answers stay."""
    _hold(question.statement)
    if question.frozen_at is None and question.statement.state == Statement.State.DRAFT:
        OwnQuestion.objects.filter(pk=question.pk, frozen_at=None, later=None).delete()
    OwnQuestion.objects.filter(pk=question.pk, removed_at=None).update(removed_at=timezone.now())


@transaction.atomic
def move(question: OwnQuestion, steps: int) -> None:
    """Put it before the one before (-1) or after the one after it (1); at the end of the list nothing happens."""
    _hold(question.statement)
    asked = list(OwnQuestion.objects.filter(statement=question.statement).asked())
    keys = [each.pk for each in asked]
    if question.pk not in keys:
        return
    here = keys.index(question.pk)
    there = here + steps
    if 0 <= there < len(keys):
        keys[here], keys[there] = keys[there], keys[here]
        for place, key in enumerate(keys):
            OwnQuestion.objects.filter(pk=key).update(place=place)


def ask_why(statement: Statement, *, by: User) -> OwnQuestion:
    """Add "Why we sign", in every language of the statement that the site has words in. Raises TooMany."""
    original = statement.revision.original_language if statement.revision else settings.LANGUAGE_CODE
    known = dict(settings.LANGUAGES)
    words = {"": original}
    for language in dict.fromkeys([original, *statement.text_languages]):
        with translation.override(language if language in known else settings.LANGUAGE_CODE):
            words[language] = _("Why do you sign? In one or two sentences.")
    return write(statement, by=by, kind="short", words=words, choices=[], required=False, public=True, is_quote=True)


@transaction.atomic
def copy(earlier: Statement, to: Statement, *, by: User) -> None:
    """Ask in one statement what is asked in another."""
    for asked in OwnQuestion.objects.filter(statement=earlier).asked():
        write(to, by=by, **{name: getattr(asked, name) for name in SAYS})


def _hold(statement: Statement) -> None:
    """Questions of one statement change one after the other; signers are not held up."""
    Statement.objects.select_for_update(no_key=True).get(pk=statement.pk)


def _add(statement: Statement, by: User, says: dict[str, Any]) -> OwnQuestion:
    asked = list(OwnQuestion.objects.filter(statement=statement).asked())
    free = sorted(set(range(1, MOST + 1)) - {each.slot for each in asked})
    if not free:
        raise TooMany
    place = max((each.place for each in asked), default=-1) + 1
    return OwnQuestion.objects.create(statement=statement, by=by, slot=free[0], place=place, **says)
