"""Forms of mailings: who one goes to, and its words in each language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon.models import Mailing, MailingText, SignOn


class MailingForm(forms.ModelForm):
    """Who a mailing goes to."""

    sign_on_states = forms.MultipleChoiceField(
        label=_("Sign-ons that are"),
        choices=[(state.value, state.label) for state in (SignOn.State.ACCEPTED, SignOn.State.CONFIRMED)],
        widget=forms.CheckboxSelectMultiple,
        initial=[SignOn.State.ACCEPTED],
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries"), required=False, help_text=_("None chosen: all."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip

    class Meta:
        model = Mailing
        fields = ["statement", "kind", "sign_on_states", "countries", "only_with_consent"]
        help_texts = {
            "only_with_consent": _("Who is asked to re-affirm is asked in any case: it is about what they signed.")
        }

    def __init__(
        self, *args: Any, places: list[tuple[str, str]], statements: QuerySet[Statement], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].queryset = statements  # type: ignore[attr-defined]
        self.fields["countries"].choices = places  # type: ignore[attr-defined]
        self.fields["statement"].empty_label = _("Please choose")  # type: ignore[attr-defined]
        self.fields["statement"].label_from_instance = lambda statement: statement.title  # type: ignore[attr-defined]


class MailingTextForm(forms.ModelForm):
    """A mailing's words in one language; left empty, there are none in it."""

    class Meta:
        model = MailingText
        fields = ["subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 10})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False, **kwargs})
        for name in ("subject", "body"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("body") and not given.get("subject"):
            self.add_error("subject", _("A mail needs a subject."))
        return given

    def words(self) -> tuple[str, tuple[str, str]]:
        """What mailings.keep takes of it: the language with subject and text."""
        return self.instance.language, (self.cleaned_data["subject"], self.cleaned_data["body"])
