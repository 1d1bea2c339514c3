"""Forms of the desk for letter packs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import network
from campaigns.models import RevisionText, Statement
from signon.models import LetterPack, User


class PackForm(forms.ModelForm):
    """What a letter pack holds and how it looks; begins as the statement's last one was."""

    class Meta:
        model = LetterPack
        fields = ["text", "grouping", "layout", "with_representatives", "with_answers", "letterhead"]
        widgets = {
            "grouping": forms.RadioSelect,
            "layout": forms.RadioSelect,
            "letterhead": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {"text": _("Language")}
        help_texts = {
            "letterhead": _("The first line is the sender’s name; an address and a way to answer may follow."),
            "with_answers": _("Beside the names, in the files alone; of quotes those that you accepted."),
            "with_representatives": _("In the files alone: the page that checks the letter never shows them."),
        }

    def __init__(self, *args: Any, statement: Statement, user: User, **kwargs: Any) -> None:
        last = statement.letter_packs.light().first()
        names = ("grouping", "layout", "letterhead")
        initial: dict[str, Any] = {name: getattr(last, name) for name in names} if last else {}
        initial = {"letterhead": network.current().name} | initial
        super().__init__(*args, **{"initial": initial, **kwargs})
        text: Any = self.fields["text"]
        current = statement.revision.current_texts if statement.revision else []
        text.queryset = RevisionText.objects.filter(pk__in=[each.pk for each in current])
        text.label_from_instance = lambda each: each.language_name
        text.empty_label = None
        text.initial = current[0].pk if current else None
        if not user.has_perm("signon.export_contacts"):
            del self.fields["with_representatives"]
        if not statement.own_questions.filter(public=True).exists():
            del self.fields["with_answers"]


class DeliveryForm(forms.Form):
    """To whom, when and how a letter was handed over; moments are in the active time zone."""

    to = forms.CharField(label=_("Delivered to"), max_length=300, help_text=_("Shown on the statement’s page."))
    at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    how = forms.CharField(
        label=_("How (for colleagues)"), max_length=300, required=False,
        help_text=_("By hand, by e-mail, at a meeting; who was there."),
    )  # fmt: skip

    def __init__(self, *args: Any, pack: LetterPack, **kwargs: Any) -> None:
        initial = {"to": pack.statement.addressee, "at": timezone.localtime().replace(second=0, microsecond=0)}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self._made_at = pack.as_of

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at > timezone.now():
            raise forms.ValidationError(_("That is yet to come: record it once it is delivered."))
        if self._made_at and at < self._made_at.replace(second=0, microsecond=0):
            raise forms.ValidationError(_("The letter was made after that: its list did not exist yet."))
        return at
