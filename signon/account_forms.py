"""Forms of accounts: the way in, what somebody says of themselves, what staff do for each other."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ResetPasswordForm
from allauth.core import context, ratelimit
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signon import accounts
from signon.models import Message, User

_ADDRESS = {"autocomplete": "username webauthn", "dir": "ltr"}


class SignInForm(LoginForm):
    """An address, and a password for who has one; without it a code is mailed."""

    login: Any
    # A browser must let an empty password pass.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        address, password = self.fields["login"], self.fields["password"]
        address.label, password.label = _("E-mail address"), _("Password")
        address.widget.attrs = {**address.widget.attrs, **_ADDRESS, "placeholder": ""}
        password.widget.attrs["placeholder"] = ""
        password.required = False
        password.help_text = _("Leave it empty, and we mail you a code to sign in with.")

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        """As allauth's, with one query whether or not the address has an account."""
        typed = (email or "").lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=typed):
            raise get_adapter().validation_error("too_many_login_attempts")
        self.user = accounts.of_address(typed)
        return self.cleaned_data


class CodeForm(ConfirmLoginCodeForm):
    """The code from the mail, in whatever case and with or without its dash."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        code = self.fields["code"]
        code.label = _("Code")
        code.widget.attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters", "dir": "ltr"}


class ForgottenForm(ResetPasswordForm):
    """Asks for a link to a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs["placeholder"] = ""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address = str(self.cleaned_data["email"])
        accounts.ask(Message.Kind.PASSWORD_RESET, address, user=accounts.of_address(address))
        return address


class PasskeyForm(AddWebAuthnForm):
    """A new passkey or security key; what it can do, it says itself."""

    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["name"].label = _("What you call it")
        self.fields["name"].max_length = 80
        self.fields["name"].widget.attrs = {"maxlength": "80", "autocomplete": "off"}
        self.fields["name"].help_text = _("So that you know it again in the list.")


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]


class FactorResetForm(forms.Form):
    why = forms.CharField(
        label=_("Why, and how you made sure who asks"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays on record with your name."),
    )  # fmt: skip
