"""Allauth's views, where this site asks for a little more, or a little less, than they do."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import ConfirmLoginCodeView, EmailView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from signon.models import User
from signon.people import accounts, factors


class ConfirmCode(ConfirmLoginCodeView):
    """The mailed code; who has it has the mailbox, and so the address is proved."""

    def get_form_kwargs(self) -> dict[str, Any]:
        if self._process.user is None:  # where the address is known, its account was read
            User.objects.filter(pk=0).first()
        return super().get_form_kwargs()

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        if self._process.user is None:  # no code was mailed, so none is right
            return self.form_invalid(form)
        accounts.prove(cast(User, self._process.user), self._process.state["email"])
        return super()._verify_form_valid(form)


class Addresses(EmailView):
    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """An address that somebody else is written to at cannot be made one's own main one."""
        wanted = request.POST["email"]
        own = cast(User, request.user)
        if User.objects.filter(email__iexact=wanted).exclude(pk=own.pk).exists():
            messages.error(request, _("This address belongs to another account."))
            return HttpResponseRedirect(reverse("account_email"))
        return super()._action_primary(request, *args, **kwargs)


class _SetUp:
    """Who sets a factor up has shown it: this session needs no more."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        newest = Authenticator.objects.filter(user=self.request.user, type__in=factors.STRONG).latest("pk")
        factors.note_shown(self.request, newest)
        return response


class SetUpApp(_SetUp, ActivateTOTPView):
    pass


class AddPasskey(_SetUp, AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A device that can be a passkey becomes one; an older security key is a second factor alone."""
        found = super().get_context_data(**kwargs)
        options = found["js_data"]["creation_options"]["publicKey"]
        options["authenticatorSelection"] |= {"residentKey": "preferred", "requireResidentKey": False}
        return found


def to_another_site(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the site that vouches for people, if it answers."""
    try:
        return openid.login(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)
