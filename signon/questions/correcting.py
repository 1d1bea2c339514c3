"""What a representative corrects after confirming: the answers to the statement's own questions (decision 50)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Statement
from signon.models import LedgerEntry, LetterPack, OwnAnswer, OwnQuestion, SignOn
from signon.questions import own_answers

STANDING = (SignOn.State.CONFIRMED, SignOn.State.ACCEPTED)


class CannotCorrect(Exception):
    """The sign-on is not confirmed, or ended; or its statement was withdrawn."""


def may_correct(sign_on: SignOn) -> bool:
    """Whether its answers may be written anew: once it is confirmed, for as long as it stands."""
    return sign_on.state in STANDING and sign_on.statement.state != Statement.State.WITHDRAWN


def letters_with_a_former_name(sign_on: SignOn) -> QuerySet[LetterPack]:
    """The letters that were delivered before its listed name was last corrected, the first first: they keep it."""
    last = sign_on.ledger.filter(act=LedgerEntry.Act.CORRECTED).order_by("-number").first()
    packs = LetterPack.objects.light().delivered().filter(sign_ons__contains=[sign_on.pk])
    return packs.filter(delivered_at__lt=last.at) if last else packs.none()


def questions(sign_on: SignOn) -> list[OwnQuestion]:
    """What it may answer, in the form's order; one query for the questions and one for the answers.

    What it answered stays as it was asked, also where another question has taken its place since: that one is asked
    of nobody who answered the earlier.
    """
    answered = set(sign_on.own_answers.values_list("question_id", flat=True))
    every = {each.pk: each for each in OwnQuestion.objects.filter(statement=sign_on.statement_id)}

    def is_asked_already(question: OwnQuestion) -> bool:
        earlier = question.replaces_id
        while earlier and earlier not in answered:
            earlier = every[earlier].replaces_id
        return bool(earlier)

    found = [
        each
        for each in every.values()
        if each.pk in answered or (each.removed_at is None and not is_asked_already(each))
    ]
    return sorted(found, key=lambda each: (each.place, each.pk))


def correct_answers(sign_on: SignOn, answers: Sequence[OwnAnswer]) -> bool:
    """Put these answers (not saved) in place of what it has; returns whether they differ. Raises CannotCorrect.

    Each that stays the same stays untouched. Public words that change are shown nowhere until staff let them stand;
    the words before are gone at once. The ledger keeps salted digests.
    """
    with transaction.atomic():
        locked = SignOn.objects.select_for_update(of=["self"], no_key=True).select_related("statement")
        held = locked.get(pk=sign_on.pk)
        if not may_correct(held):
            raise CannotCorrect
        before = {each.question_id: each for each in held.own_answers.all()}
        given = {each.question_id: each for each in answers}
        changed = {
            number for number in before.keys() | given.keys() if _says(before.get(number)) != _says(given.get(number))
        }
        if not changed:
            return False
        OwnAnswer.objects.filter(sign_on=held, question__in=changed & before.keys()).delete()
        own_answers.keep(held, [_as_corrected(given[number]) for number in sorted(changed & given.keys())])
        digests = {str(number): LedgerEntry.salted(held, _words(given.get(number))) for number in sorted(changed)}
        LedgerEntry.objects.append(held, LedgerEntry.Act.ANSWERS_CORRECTED, answers=digests)
    return True


def _as_corrected(answer: OwnAnswer) -> OwnAnswer:
    if answer.question.public and answer.question.is_text:
        answer.corrected_at = timezone.now()
    return answer


def _says(answer: OwnAnswer | None) -> tuple[str, list[str]] | None:
    return (answer.value, answer.chosen) if answer else None


def _words(answer: OwnAnswer | None) -> str:
    return answer.value or ", ".join(answer.chosen) if answer else ""
