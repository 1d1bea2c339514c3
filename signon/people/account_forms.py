"""Forms of accounts: the way in, what somebody says of themselves, what staff do for each other."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from signon.fields import ADDRESS_ERRORS
from signon.models import Message, User
from signon.people import accounts

_CODE = {"autocomplete": "one-time-code", "autocapitalize": "characters", "dir": "ltr"}
_NUMBER = {"autocomplete": "one-time-code", "dir": "ltr"}


class InOurWords(forms.Form):
    """A form of allauth's with our labels, and nothing that stands in a field and goes when one types."""

    WORDS: ClassVar[dict[str, Any]] = {}
    HINTS: ClassVar[dict[str, Any]] = {}
    FAULTS: ClassVar[dict[str, dict[str, Any]]] = {}
    ATTRS: ClassVar[dict[str, dict[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.WORDS.get(name, field.label)
            field.help_text = self.HINTS.get(name, "")
            field.error_messages |= self.FAULTS.get(name, {})
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs |= self.ATTRS.get(name, {})


_TYPE_IT = {"required": _("Type the code from the mail.")}
_TYPE_IT_FROM_THE_APP = {"required": _("Type the code.")}

# The way in


class SignInForm(InOurWords, account.LoginForm):
    """An address, and a password for who has one; without it a code is mailed."""

    WORDS = {"login": _("E-mail address"), "password": _("Password")}
    HINTS = {"password": _("Leave it empty, and we mail you a code to sign in with.")}
    ATTRS = {"login": {"autocomplete": "username", "dir": "ltr"}}
    FAULTS = {"login": ADDRESS_ERRORS}
    # A browser must let an empty password pass.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        """As allauth's, with one query whether or not the address has an account."""
        typed = (email or "").lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=typed):
            raise get_adapter().validation_error("too_many_login_attempts")
        self.user: Any = accounts.of_address(typed)
        return self.cleaned_data


class CodeForm(InOurWords, account.ConfirmLoginCodeForm):
    """The code from the mail, in whatever case and with or without its dash."""

    WORDS = {"code": _("Code")}
    ATTRS = {"code": _CODE}
    FAULTS = {"code": _TYPE_IT}


class ForgottenForm(InOurWords, account.ResetPasswordForm):
    """Asks for a link to a new password."""

    WORDS = {"email": _("E-mail address")}
    ATTRS = {"email": {"dir": "ltr"}}
    FAULTS = {"email": ADDRESS_ERRORS}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address = str(self.cleaned_data["email"])
        accounts.ask(Message.Kind.PASSWORD_RESET, address, user=accounts.of_address(address))
        return address


class FactorForm(InOurWords, mfa.AuthenticateForm):
    WORDS = {"code": _("Code")}
    ATTRS = {"code": _NUMBER}
    FAULTS = {"code": _TYPE_IT_FROM_THE_APP}


# To show again who one is


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):
    WORDS = {"password": _("Password")}
    FAULTS = {"password": {"required": _("Type your password.")}}


class FactorAgainForm(InOurWords, mfa.ReauthenticateForm):
    WORDS = {"code": _("Code")}
    ATTRS = {"code": _NUMBER}
    FAULTS = {"code": _TYPE_IT_FROM_THE_APP}


# One's own account


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language"]


class AddressForm(InOurWords, account.AddEmailForm):
    WORDS = {"email": _("E-mail address")}
    ATTRS = {"email": {"dir": "ltr"}}
    FAULTS = {"email": ADDRESS_ERRORS}


class AddressCodeForm(InOurWords, account.ConfirmEmailVerificationCodeForm):
    WORDS = {"code": _("Code")}
    ATTRS = {"code": _CODE}
    FAULTS = {"code": _TYPE_IT}


class _NewPassword(InOurWords):
    """Typed once: a browser shows it, and a mail sets it anew."""

    WORDS = {"oldpassword": _("The password that you have now"), "password1": _("New password")}
    FAULTS = {
        "oldpassword": {"required": _("Type the password that you have now.")},
        "password1": {"required": _("Type the new password.")},
    }
    HINTS = {"password1": _("At least 12 characters. A few words that have nothing to do with each other are good.")}


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):
    password2 = None


class SetPasswordForm(_NewPassword, account.SetPasswordForm):
    password2 = None


class NewPasswordByMailForm(_NewPassword, account.ResetPasswordKeyForm):
    password2 = None


class AppForm(InOurWords, ActivateTOTPForm):
    WORDS = {"code": _("Code")}
    ATTRS = {"code": _NUMBER}
    FAULTS = {"code": _TYPE_IT_FROM_THE_APP}


class PasskeyForm(InOurWords, AddWebAuthnForm):
    """A new passkey or security key; what it can do, it says itself."""

    WORDS = {"name": _("What you call it")}
    HINTS = {"name": _("So that you know it again in the list.")}
    ATTRS = {"name": {"maxlength": "80", "autocomplete": "off"}}
    passwordless = None

    def clean_name(self) -> str:
        return super().clean_name()[:80]


# What staff do for each other


class FactorResetForm(forms.Form):
    why = forms.CharField(
        label=_("Why, and how you made sure who asks"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays on record with your name."),
    )  # fmt: skip


class MyForm(forms.ModelForm):
    """What a member of staff sets for themselves."""

    class Meta:
        model = User
        fields = ["name", "language", "digest"]
