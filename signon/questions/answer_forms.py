"""The form in which a representative corrects the answers to a statement's own questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from signon.models import OwnAnswer, OwnQuestion, SignOn
from signon.questions import correcting, question_fields


class OwnAnswersForm(forms.Form):
    """What was answered, as it was asked, and what may be answered besides; only the former may be demanded again."""

    def __init__(self, *args: Any, sign_on: SignOn, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False, **kwargs})
        given = {answer.question_id: answer for answer in sign_on.own_answers.all()}
        self._questions = {question_fields.name_of(each): each for each in correcting.questions(sign_on)}
        for name, question in self._questions.items():
            field = question_fields.field_of(question, get_language() or "en")
            field.required = field.required and question.pk in given
            self.fields[name] = field
            if question.pk in given:
                self.initial[name] = _as_typed(question, given[question.pk])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if question_fields.has_others(self.data, self._questions):
            self.add_error(None, _("The questions were changed while you read them. Please answer them again."))
        return typed

    def answers(self) -> list[OwnAnswer]:
        """What was answered, not saved; nothing of what was left empty."""
        given = [(question, self.cleaned_data.get(name)) for name, question in self._questions.items()]
        return [question_fields.answer(question, value) for question, value in given if value]


def _as_typed(question: OwnQuestion, answer: OwnAnswer) -> Any:
    if question.is_text:
        return answer.value
    return answer.chosen if question.kind == OwnQuestion.Kind.SEVERAL else "".join(answer.chosen)
