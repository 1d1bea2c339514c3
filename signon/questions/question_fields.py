"""A statement's own questions as fields of the form, and what was typed there as answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signon.models import OwnAnswer, OwnQuestion
from signon.naming import names

Kind = OwnQuestion.Kind
# In characters.
LONGEST = {Kind.SHORT: 300, Kind.LONG: 2000}
# More choices than these are offered in a list that opens.
FEW = 7
_NAME = re.compile(r"question_\d{1,18}")


class WordsField(forms.CharField):
    """Words as people type them; of what is public, links are refused, as in names."""

    def __init__(self, *, multiline: bool, links: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._multiline, self._links = multiline, links

    def to_python(self, value: Any) -> str:
        try:
            return names.clean(super().to_python(value) or "", multiline=self._multiline, links=self._links)
        except names.Refused as error:
            raise forms.ValidationError(error.message, code=error.code) from error


def name_of(question: OwnQuestion) -> str:
    """The field's name; it never changes its meaning, for a question that is changed is another one."""
    return f"question_{question.pk}"


def field_of(question: OwnQuestion, language: str) -> forms.Field:
    """The field that asks it, in a language or the original's."""
    own: dict[str, Any] = {
        "label": _label(question, language),
        "required": question.required,
        "help_text": _hint(question),
        "error_messages": {"required": gettext_lazy("Please answer this question.")},
    }
    if question.is_text:
        is_long = question.kind == Kind.LONG
        widget = forms.Textarea(attrs={"rows": 5}) if is_long else forms.TextInput()
        longest = LONGEST[Kind(question.kind)]
        return WordsField(multiline=is_long, links=not question.public, max_length=longest, widget=widget, **own)
    choices = question.choices_in(language)
    if question.kind == Kind.SEVERAL:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **own)
    if len(choices) < FEW:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **own)
    return forms.ChoiceField(choices=[("", gettext_lazy("Please choose")), *choices], **own)


def answer(question: OwnQuestion, value: Any) -> OwnAnswer:
    """What a field of `field_of` gave, as an answer that is not saved."""
    if question.is_text:
        return OwnAnswer(question=question, value=str(value))
    return OwnAnswer(question=question, chosen=sorted([value] if isinstance(value, str) else value))


def has_others(posted: Mapping[str, Any], asked: Collection[str]) -> bool:
    """Whether an answer came to a question that is not asked any more: the form was open while it changed."""
    return any(_NAME.fullmatch(name) and name not in asked for name in posted)


def _label(question: OwnQuestion, language: str) -> Any:
    words = question.words_in(language)
    return words if question.words.get(language) else format_html("<bdi>{}</bdi>", words)


def _hint(question: OwnQuestion) -> str:
    if question.is_quote:
        return _(
            "May stand on the statement’s page as a quote, beside your name as it is listed, once our staff read it."
        )
    if question.public:
        return _("May be shown to everybody, for example in the letter that is delivered.")
    return _("Only the organizers read this.")
