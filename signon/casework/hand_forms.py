"""Forms of the desk for what somebody asked for by mail, telephone or paper, for deliveries and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import AddresseeAnswer, Statement
from signon.casework import attaching
from signon.forms import SignOnForm
from signon.letters.letter_forms import DeliveryForm
from signon.models import HandEntry

ATTACH = _("A PDF, a picture, a mail (.eml) or plain text, 10 MB at most. For staff alone.")


class AttachedFile(forms.FileField):
    """One file that attaching takes, or none."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"required": False, "help_text": ATTACH, "allow_empty_file": True, **more})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        try:
            if isinstance(file, UploadedFile):
                attaching.check(file)
        except attaching.Refused as error:
            raise forms.ValidationError(str(error)) from error
        return file


class HandForm(SignOnForm):
    """What the public form asks, as somebody told it, and how they did."""

    channel = forms.ChoiceField(label=_("How it came"), choices=HandEntry.Channel, widget=forms.RadioSelect)
    said_on = forms.DateField(
        label=_("When it was said"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    vouched_by = forms.CharField(
        label=_("Who vouches that it is meant"), max_length=300, help_text=_("A colleague, or whoever took the call.")
    )
    language = forms.ChoiceField(label=_("Language of mails"), choices=settings.LANGUAGES)
    file = AttachedFile(label=_("Scan or mail"))

    def __init__(self, *args: Any, statement: Statement, **kwargs: Any) -> None:
        super().__init__(*args, statement=statement, **kwargs)
        del self.fields["consent_updates"], self.fields["text"]
        fields: Any = self.fields
        for name in self._questions:  # who was not asked has not answered
            fields[name].required = False
        fields["email"].required = False
        fields["email"].label = _("E-mail address of the representative")
        fields["email"].help_text = _(
            "They are told by mail, and can object with one button. Without one nobody is told."
        )
        fields["representative_name"].label = _("Name of the representative")
        fields["representative_title"].label = _("Their title or role")
        fields["authorized"].label = _("They said that they may sign for it.")
        fields["listing"].label = _("How they want to be listed")
        fields["consent_publish"].label = _("They said that the name may stand in the public list.")

    def clean_said_on(self) -> Any:
        said_on = self.cleaned_data["said_on"]
        if said_on > timezone.localdate():
            raise forms.ValidationError(_("This day is yet to come."))
        return said_on

    def typed(self) -> dict[str, Any]:
        """What by_hand.enter takes."""
        given = super().typed()
        file = given.pop("file")
        return given | {"files": [file] if file else [], "answers": self.answers()}


class HandedOverForm(DeliveryForm):
    """A delivery with what proves it."""

    file = AttachedFile(label=_("Photo or receipt"))


class ProofForm(forms.Form):
    """What proves a delivery that is recorded already."""

    file = AttachedFile(label=_("Photo or receipt"), required=True)


class AnswerForm(forms.ModelForm):
    """What the addressee answered; it stands on the statement's page from then on."""

    file = AttachedFile(label=_("Their letter or mail"))

    class Meta:
        model = AddresseeAnswer
        fields = ["from_whom", "received_on", "language", "words"]
        widgets = {
            "received_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "words": forms.Textarea(attrs={"rows": 8}),
            "language": forms.Select(choices=settings.LANGUAGES),
        }
        help_texts = {"words": _("Markdown. Everybody reads it: leave out what was told in confidence.")}

    def __init__(self, *args: Any, statement: Statement, **kwargs: Any) -> None:
        initial = {} if kwargs.get("instance") else {"from_whom": statement.addressee}
        super().__init__(*args, **{"initial": initial, **kwargs})

    def words(self) -> dict[str, Any]:
        """What delivering.correct_answer takes; without the file, which belongs to the first publication."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def clean_received_on(self) -> Any:
        received_on = self.cleaned_data["received_on"]
        if received_on > timezone.localdate():
            raise forms.ValidationError(_("This day is yet to come."))
        return received_on
