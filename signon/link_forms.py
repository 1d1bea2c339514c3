"""Forms of the pages that mailed links lead to: ask for a new link, withdraw."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from signon.fields import ADDRESS_ERRORS, AddressField


class NewLinkForm(forms.Form):
    """Asks for a new mail with the link; the answer is the same whether or not the address is the right one."""

    email = AddressField(label=_("Your e-mail address"), max_length=254, error_messages=ADDRESS_ERRORS)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why? (optional, only the staff of the network read it)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(
        label=_("Yes, withdraw this sign-on."),
        error_messages={"required": _("Please say that you are sure.")},
    )


class YourDataForm(forms.Form):
    """Asks for a mail with the link to all that is held of an address; the answer is the same for any."""

    email = AddressField(label=_("Your e-mail address"), max_length=254, error_messages=ADDRESS_ERRORS)


class ObjectForm(forms.Form):
    words = forms.CharField(
        label=_("What shall we not do with your data, or what is wrong in it?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write what we are to do.")},
    )


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Yes, erase it. I know that this cannot be undone."),
        error_messages={"required": _("Please tick the box, if all of it is to be erased.")},
    )
