"""Forms of cases: how staff decide, ask, note and correct, and what a representative answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from signon.fields import NameField
from signon.models import Hold, Organization, SignOn, User


def _words(label: Any, *, most: int, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


class AcceptForm(forms.Form):
    """As which organization, and under which name, a sign-on is accepted."""

    listed_name = NameField(
        label=_("Listed as"), max_length=510, help_text=_("Change it to correct it. The signer is told.")
    )
    organization = forms.ChoiceField(
        label=_("In the directory"),
        widget=forms.RadioSelect,
        error_messages={"required": _("This looks like an organization of the directory: choose.")},
    )
    record_domain = forms.BooleanField(label=_("Record the address’s domain"), required=False)
    reason = forms.CharField(label=_("Why (for colleagues)"), required=False, max_length=2000)

    NEW = "new"
    # A browser says nothing of a choice that is missing in a closed panel.
    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        sign_on: SignOn,
        entries: list[tuple[Organization, str]],
        known: Organization | None,
        is_clear: bool,
        domain: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed_name"].initial = sign_on.listed_name
        choices: list[tuple[str, Any]] = [(str(entry.pk), label) for entry, label in entries]
        organization = self.fields["organization"]
        organization.choices = [*choices, (self.NEW, _("A new organization"))]  # type: ignore[attr-defined]
        # What only looks like it is never chosen by itself; nor is a new one, where one of them is judged the same.
        organization.initial = str(known.pk) if known else self.NEW if is_clear else None
        self._entries = {str(entry.pk): entry for entry, _label in entries}
        if sign_on.is_individual:
            del self.fields["organization"]
        if domain:
            self.fields["record_domain"].label = _("Record %(domain)s as its mail domain") % {"domain": domain}
        else:
            del self.fields["record_domain"]

    @property
    def becomes(self) -> list[tuple[str, str, bool]]:
        """What can be chosen: each value with the entry's name, "" for a new one, and whether it is chosen now."""
        if "organization" not in self.fields:
            return []
        now = str(self["organization"].value() or "")
        return [(value, str(self._entries.get(value, "")), value == now) for value in [*self._entries, self.NEW]]

    @property
    def is_open(self) -> bool:
        """Whether somebody has to choose an entry first."""
        return "organization" in self.fields and not any(chosen for _value, _name, chosen in self.becomes)

    def chosen(self) -> dict[str, Any]:
        """What verifying.accept takes."""
        given = self.cleaned_data
        return {
            "listed_name": given["listed_name"],
            "organization": self._entries.get(given.get("organization", "")),
            "as_new": given.get("organization") == self.NEW,
            "record_domain": given.get("record_domain", False),
            "reason": given["reason"],
        }


class DeclineForm(forms.Form):
    refusal = forms.ChoiceField(label=_("Reason"), choices=SignOn.Refusal.choices, widget=forms.RadioSelect)
    reason = _words(_("In words (the signer reads them)"), most=2000, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("refusal") == SignOn.Refusal.OTHER and not given.get("reason", "").strip():
            self.add_error("reason", _("Say why: the signer gets these words."))
        return given


class AskForm(forms.Form):
    words = _words(_("Question"), most=2000, help_text=_("The representative gets a link to a page for the answer."))


class NoteForm(forms.Form):
    words = _words(_("Note"), most=4000, help_text=_("For colleagues only."))


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label=_("Whose case"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, staff: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = staff  # type: ignore[attr-defined]
        self.fields["to"].empty_label = _("Nobody’s in particular")  # type: ignore[attr-defined]


class CorrectForm(forms.Form):
    listed_name = NameField(label=_("Listed as"), max_length=510)


class BurstForm(forms.Form):
    """Which sign-ons are put on hold: what the button beside a burst carries."""

    statement = forms.SlugField(max_length=200)
    reason = forms.ChoiceField(choices=[(each, each.label) for each in (Hold.Reason.NETWORK, Hold.Reason.DOMAIN)])
    subject = forms.CharField(max_length=255)


class ReasonForm(forms.Form):
    reason = _words(_("Why (for colleagues)"), most=2000, required=False)


class AnswerForm(forms.Form):
    """The representative's answer to a question of staff."""

    words = _words(_("Your answer"), most=4000, rows=6, error_messages={"required": _("Please write an answer.")})
