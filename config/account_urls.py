"""The addresses of accounts, under accounts/. What of allauth's is not named here answers 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from signon.views import accounts, profile, seats, way_in

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Kept by no cache, found by no search, and its address told to no other site."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return never_cache(guarded)


def to_the_account() -> View:
    """Where allauth leads to a list of its own, ours is on the account's page."""
    return RedirectView.as_view(pattern_name="account")


urlpatterns = [
    path("", private(accounts.account), name="account"),
    path("login/", private(account.login), name="account_login"),
    path("login/code/", private(way_in.ConfirmCode.as_view()), name="account_confirm_login_code"),
    path("login/passkey/", private(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("login/factor/", private(mfa.authenticate), name="mfa_authenticate"),
    path("logout/", private(account.logout), name="account_logout"),
    path("signup/", private(account.signup), name="account_signup"),
    # To show again who one is
    path("again/password/", private(account.reauthenticate), name="account_reauthenticate"),
    path("again/factor/", private(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("again/passkey/", private(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    # Addresses, password
    path("addresses/", private(way_in.Addresses.as_view()), name="account_email"),
    path("addresses/confirm/", private(account.email_verification_sent), name="account_email_verification_sent"),
    path("password/change/", private(account.password_change), name="account_change_password"),
    path("password/set/", private(account.password_set), name="account_set_password"),
    path("password/remove/", private(accounts.remove_password), name="account-remove-password"),
    path("password/reset/", private(account.password_reset), name="account_reset_password"),
    path("password/reset/sent/", private(account.password_reset_done), name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        private(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        "password/reset/key/<str:uidb36>/<str:key>/",
        private(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    # Second factors
    path("second-factor/", private(accounts.second_factor), name="account-second-factor"),
    path("second-factor/keep/", private(accounts.keep_factors), name="account-keep-factors"),
    path("second-factor/stop/<str:token>/", private(accounts.stop_reset), name="account-stop-reset"),
    path("factors/", private(to_the_account()), name="mfa_index"),
    path("factors/app/", private(way_in.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("factors/app/remove/", private(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("factors/codes/", private(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("factors/codes/new/", private(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("factors/codes/file/", private(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("factors/passkeys/", private(to_the_account()), name="mfa_list_webauthn"),
    path("factors/passkeys/add/", private(way_in.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("factors/passkeys/<int:pk>/remove/", private(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("sessions/", private(accounts.sessions), name="usersessions_list"),
    # An organization's people
    path("claim/<str:slug>/", private(seats.claim), name="seat-claim"),
    path("code/", private(seats.code), name="seat-code"),
    path("seats/", private(seats.listed), name="seats"),
    path("seats/offer/<str:token>/", private(seats.offer), name="seat-offer"),
    path("seats/<int:number>/", private(seats.seat), name="seat"),
    path("seats/<int:number>/leave/", private(seats.leave), name="seat-leave"),
    path("seats/<int:number>/invite/", private(seats.invite), name="seat-invite"),
    path("seats/<int:number>/profile/", private(profile.profile), name="seat-profile"),
    path("seats/<int:number>/name/", private(profile.official_name), name="seat-name"),
    path("seats/<int:number>/name/take-back/", private(profile.take_back_name), name="seat-name-take-back"),
    path("seats/<int:number>/sign-ons/<int:other>/", private(profile.sign_on), name="seat-sign-on"),
    path("seats/<int:number>/sign/<slug:slug>/", private(seats.sign), name="seat-sign"),
    path("seats/<int:number>/people/<int:other>/<str:name>/", private(seats.act), name="seat-act"),
]

if settings.OPENID_CONNECT_NAME:
    urlpatterns += [
        path("openid/<slug:provider_id>/login/", private(way_in.to_another_site), name="openid_connect_login"),
        path("openid/<slug:provider_id>/login/callback/", private(openid.callback), name="openid_connect_callback"),
        path(
            "openid/canceled/",
            private(RedirectView.as_view(pattern_name="account_login")),
            name="socialaccount_login_cancelled",
        ),
    ]
