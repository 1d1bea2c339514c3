"""Forms of registrations: the public one, and the one of staff who enter somebody by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from signon.fields import ADDRESS_ERRORS, AddressField, NameField
from signon.models import Registration


class RegistrationForm(forms.Form):
    """Who comes, and where we write to them."""

    name = NameField(
        label=_("Your name"),
        max_length=200,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organization = NameField(
        label=_("Organization"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = AddressField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages=ADDRESS_ERRORS,
        help_text=_("We send one e-mail to it, to confirm."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    # A person does not see it and leaves it empty; what fills in every field gives itself away.
    subject = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    # What the browser computed, if it was asked to (signon/abuse/proofs.py).
    proof = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def is_a_machine(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.cleaned_data.get("subject"))

    def typed(self) -> dict[str, str]:
        """The registration's fields, clean."""
        return {name: self.cleaned_data[name] for name in ("name", "organization", "email")}


class CorrectForm(forms.Form):
    """Who comes, as they write themselves once they are confirmed; the address is the mailbox that the link came to."""

    name = RegistrationForm.base_fields["name"]
    organization = RegistrationForm.base_fields["organization"]


class EnterForm(forms.Form):
    """Somebody who called, as staff write them down."""

    name = NameField(label=_("Name"), max_length=200, error_messages={"required": _("Enter the name.")})
    organization = NameField(label=_("Organization"), max_length=300, required=False)
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        error_messages=ADDRESS_ERRORS,
        help_text=_("Left empty, they get no mail: tell them yourself when something changes."),
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"use_required_attribute": False}))


class FoundForm(forms.Form):
    """The query string of the list."""

    state = forms.ChoiceField(choices=[("", ""), *Registration.State.choices], required=False)
    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def asked(self) -> tuple[str, str]:
        """State and words; what cannot be answered is as if it had not been asked."""
        self.is_valid()
        return self.cleaned_data.get("state") or "", self.cleaned_data.get("q") or ""
