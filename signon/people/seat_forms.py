"""Forms of an organization's people."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from signon.fields import ADDRESS_ERRORS, AddressField
from signon.mail import addresses


class AddressForm(forms.Form):
    email = AddressField(
        label=_("Your e-mail address"), max_length=254, error_messages=ADDRESS_ERRORS,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
        help_text=_("Best one at the organization’s own domain. We mail you a code."),
    )  # fmt: skip


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=20, widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the code from the mail.")},
    )  # fmt: skip


class ClaimForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=200, error_messages={"required": _("Enter your name.")})
    words = forms.CharField(
        label=_("What you do there, and how we can make sure"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Write at most %(limit_value)d characters. It has %(show_value)d now.")},
    )  # fmt: skip


class OfferForm(forms.Form):
    email = AddressField(
        label=_("Your colleague’s e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr"}),
        error_messages={"required": _("Enter your colleague’s e-mail address."), "invalid": addresses.INVALID},
    )  # fmt: skip


class SeatSignForm(forms.Form):
    """One click: what is agreed to stands beside the button."""

    text = forms.CharField(widget=forms.HiddenInput)
    consent_updates = forms.BooleanField(label=_("Send me updates on this statement"), required=False)


class DecideForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not (they read it)"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("Write at most %(limit_value)d characters. It has %(show_value)d now.")},
    )  # fmt: skip
