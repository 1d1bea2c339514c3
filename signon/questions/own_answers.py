"""What signers answer to a statement's own questions: kept with the sign-on, told in words, never more than it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone

from campaigns.models import Statement
from signon.models import OwnAnswer, OwnQuestion, SignOn


@dataclass(frozen=True)
class Told:
    """One answer as it is read; `public` is whether others than the organizers may ever read it."""

    question: str
    words: str
    public: bool
    answer: OwnAnswer


def keep(sign_on: SignOn, answers: Sequence[OwnAnswer]) -> None:
    """Save the answers of a sign-on that has none, and freeze what was asked; in the caller's transaction.

    After the first time freezing matches no row, so signers hold no lock in common.
    """
    if not answers:
        return
    freeze([answer.question_id for answer in answers])
    for answer in answers:
        answer.sign_on = sign_on
    OwnAnswer.objects.bulk_create(answers)


def freeze(questions: Collection[int]) -> None:
    """Freeze questions that are answered now: what was asked stays as it was. No query where there are none."""
    if not questions:
        return
    OwnQuestion.objects.filter(pk__in=questions, frozen_at=None).update(frozen_at=timezone.now())


def replace(sign_on: SignOn, answers: Sequence[OwnAnswer]) -> bool:
    """Put these answers in place of what the sign-on has; returns whether they differ."""
    before = {answer.question_id: (answer.value, answer.chosen) for answer in sign_on.own_answers.all()}
    if before == {answer.question_id: (answer.value, answer.chosen) for answer in answers}:
        return False
    if before:
        sign_on.own_answers.all().delete()
    keep(sign_on, answers)
    return True


def public_answers(statement: Statement, language: str) -> dict[int, tuple[str, ...]]:
    """By sign-on, what stands beside its name where public answers are printed: "Question: answer"; one query.

    Of signatories who stand by name alone; of quotes and corrected words those that staff accepted.
    """
    named = SignOn.objects.named().filter(statement=statement, listing=SignOn.Listing.NAME)
    answers = OwnAnswer.objects.public().filter(sign_on__in=named)
    found: dict[int, tuple[str, ...]] = {}
    for each in answers.select_related("question").order_by("question__place", "question_id"):
        words = f"{each.question.words_in(language)} {each.in_words(language)}"
        found[each.sign_on_id] = (*found.get(each.sign_on_id, ()), " ".join(words.split()))
    return found


def told(sign_on: SignOn, language: str) -> list[Told]:
    """The sign-on's answers beside what was asked, in a language or the original's; one query."""
    answers = sign_on.own_answers.select_related("question").order_by("question__place", "question_id")
    return [
        Told(each.question.words_in(language), each.in_words(language), each.question.public, each) for each in answers
    ]
