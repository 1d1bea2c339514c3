"""The form of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon.models import Webhook
from signon.programs import posting


class WebhookForm(forms.ModelForm):
    """Where something is announced, what, and of which statements."""

    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https",
        help_text=_("Where the other program takes what we send. It begins with https://."),
        error_messages={"required": _("Write the address of the other program.")},
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    statements = forms.ModelMultipleChoiceField(
        Statement.objects.none(), label=_("Statements"), required=False, help_text=_("None chosen: all statements."),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    class Meta:
        model = Webhook
        fields = ["url", "tells_of_accepted", "tells_of_withdrawn", "statements"]

    def __init__(self, *args: Any, offered: QuerySet[Statement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statements: Any = self.fields["statements"]
        statements.queryset = offered.prefetch_related("revisions__texts")
        statements.label_from_instance = lambda statement: statement.title

    def clean_url(self) -> str:
        try:
            posting.check(self.cleaned_data["url"])
        except posting.Refused as error:
            raise forms.ValidationError(str(error)) from error
        return str(self.cleaned_data["url"])
