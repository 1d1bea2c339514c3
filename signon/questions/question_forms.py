"""How organizers write a statement's own question: in every language of the statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Statement
from signon.models import OwnQuestion
from signon.models.own_question import MOST_CHOICES
from signon.naming import names
from signon.statements.text_forms import name_of

Kind = OwnQuestion.Kind
WITH_CHOICES = (Kind.ONE, Kind.SEVERAL)


@dataclass(frozen=True)
class Translated:
    """A question's fields in a language that is not the original's."""

    language: str
    words: forms.BoundField
    choices: forms.BoundField

    @property
    def is_written(self) -> bool:
        return bool(self.words.value())

    @property
    def has_errors(self) -> bool:
        return bool(self.words.errors or self.choices.errors)


class OwnQuestionForm(forms.Form):
    """One question. The original's language is needed; where another is empty, its readers get the original's words."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=Kind, widget=forms.RadioSelect)
    required = forms.BooleanField(label=gettext_lazy("It must be answered"), required=False)
    public = forms.BooleanField(
        label=gettext_lazy("Its answers may be shown to everybody"),
        required=False,
        help_text=gettext_lazy(
            "They may then stand in the letter. Without this only staff who may see contacts read them."
        ),
    )
    is_quote = forms.BooleanField(
        label=gettext_lazy("Its answers are quotes for the statement’s page"),
        required=False,
        help_text=gettext_lazy("Each stands there only once you have accepted it. They are public, in words."),
    )

    def __init__(self, *args: Any, statement: Statement, question: OwnQuestion | None = None, **kwargs: Any) -> None:
        initial = {"kind": Kind.SHORT}
        if question:
            initial = {name: getattr(question, name) for name in ("kind", "required", "public", "is_quote")}
        super().__init__(*args, **{"initial": initial, "use_required_attribute": False, **kwargs})
        revision = statement.revision
        self.original = revision.original_language if revision else "en"
        self.languages = list(dict.fromkeys([self.original, *statement.text_languages]))
        for language in self.languages:
            self._add_words(language, question)

    def _add_words(self, language: str, question: OwnQuestion | None) -> None:
        name = name_of(language)
        self.fields[f"words_{language}"] = forms.CharField(
            label=_("The question in %(language)s") % {"language": name},
            required=language == self.original,
            max_length=300,
            initial=question.words.get(language, "") if question else "",
            widget=forms.TextInput(attrs={"lang": language}),
            error_messages={"required": _("Write the question in the original’s language, %(name)s.") % {"name": name}},
        )
        self.fields[f"choices_{language}"] = forms.CharField(
            label=_("Its choices in %(language)s") % {"language": name},
            required=False,
            max_length=3000,
            help_text=_("One a line. Only for a question with choices."),
            initial="\n".join(choice.get(language, "") for choice in question.choices) if question else "",
            widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
        )

    @property
    def asked(self) -> forms.BoundField:
        """The question in the original's language."""
        return self[f"words_{self.original}"]

    @property
    def offered(self) -> forms.BoundField:
        """What can be chosen, in the original's language."""
        return self[f"choices_{self.original}"]

    @property
    def others(self) -> list[Translated]:
        """The fields of each other language, under its name."""
        return [
            Translated(name_of(language), self[f"words_{language}"], self[f"choices_{language}"])
            for language in self.languages
            if language != self.original
        ]

    @property
    def settings(self) -> list[forms.BoundField]:
        """Whether it must be answered, and who reads the answers."""
        return [self["required"], self["public"], self["is_quote"]]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind")
        if given.get("is_quote"):
            given["public"] = True
            if kind and kind not in (Kind.SHORT, Kind.LONG):
                self.add_error(
                    "is_quote", _("A quote is a text: choose a short or a longer one as the kind of answer.")
                )
        for language in self.languages:
            self._clean_words(language, given)
        if kind in WITH_CHOICES:
            self._clean_choices(given)
        return given

    def _clean_words(self, language: str, given: dict[str, Any]) -> None:
        for name, multiline in ((f"words_{language}", False), (f"choices_{language}", True)):
            try:
                given[name] = names.clean(given.get(name) or "", multiline=multiline, links=True)
            except names.Refused as error:
                self.add_error(name, ValidationError(error.message))

    def _clean_choices(self, given: dict[str, Any]) -> None:
        number = len(_lines(given.get(f"choices_{self.original}")))
        if not 2 <= number <= MOST_CHOICES:
            words = _("Write two choices or more, one a line; %(most)s at most.") % {"most": MOST_CHOICES}
            self.add_error(f"choices_{self.original}", words)
        for language in self.languages:
            lines = _lines(given.get(f"choices_{language}"))
            if language != self.original and lines and len(lines) != number:
                words = _("The original has %(number)s choices: write as many, in the same order.") % {"number": number}
                self.add_error(f"choices_{language}", words)
            if any(len(line) > 200 for line in lines):
                self.add_error(f"choices_{language}", _("A choice is longer than 200 characters."))
            if len({*lines}) < len(lines):
                self.add_error(f"choices_{language}", _("Two choices are the same."))

    def says(self) -> dict[str, Any]:
        """What the question says, as signon.questions.own_questions.write takes it."""
        given = self.cleaned_data
        words = {language: given[f"words_{language}"] for language in self.languages if given[f"words_{language}"]}
        says = {name: given[name] for name in ("kind", "required", "public", "is_quote")}
        return says | {"words": {"": self.original} | words, "choices": self._choices()}

    def _choices(self) -> list[dict[str, str]]:
        if self.cleaned_data["kind"] not in WITH_CHOICES:
            return []
        found: list[dict[str, str]] = []
        for language in self.languages:
            for place, line in enumerate(_lines(self.cleaned_data[f"choices_{language}"])):
                if language == self.original:
                    found.append({"": self.original})
                found[place][language] = line
        return found


def _lines(words: Any) -> list[str]:
    return [line for line in str(words or "").split("\n") if line]
