"""An account's own pages: what it is, its devices, its second factor. Sign-in itself is allauth's."""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.password_change import logout_on_password_change
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from signon import tokens
from signon.models import FactorReset, Seat, User
from signon.people import accounts, devices, factor_resets, factors, seat_page
from signon.people.account_forms import ProfileForm
from signon.views.origin import under_a_token

# Seats that somebody has, or asked for.
SHOWN = [Seat.State.ASKED, Seat.State.STANDS]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """All that there is about one's own account, on one page."""
    user = cast(User, request.user)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    found = {
        "form": form,
        "addresses": EmailAddress.objects.filter(user=user).order_by("-primary", "email"),
        "devices": len(UserSession.objects.purge_and_list(user)),
        "reset": FactorReset.objects.waiting().filter(user=user).first(),
        "seats": Seat.objects.filter(user=user, state__in=SHOWN).select_related("organization"),
        "waiting": seat_page.waiting_for(user),
        **_factors(user),
    }
    return render(request, "account/account.html", found, status=422 if form.is_bound else 200)


def _factors(user: User) -> dict[str, object]:
    own = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((each for each in own if each.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "app": next((each for each in own if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in own if each.type == Authenticator.Type.WEBAUTHN],
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "has_factor": any(each.type in factors.STRONG for each in own),
    }


@require_safe
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where staff are led who have none: why, and which to choose."""
    if factors.standing(request) is not factors.Standing.LACKING:
        return redirect(factors.wanted(request))
    return render(request, "account/second_factor.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; POST ends one of them (`session`), or all but this one."""
    user = cast(User, request.user)
    own = UserSession.objects.filter(user=user)
    others = own.exclude(session_key=request.session.session_key)
    if request.method == "POST":
        number = request.POST.get("session", "")
        ending = [get_object_or_404(others, pk=number)] if number.isdecimal() else list(others)
        for session in ending:
            session.end()
        messages.success(request, _("Signed out there.") if number else _("Signed out on all other devices."))
        return redirect("usersessions_list")
    rows = [
        {"session": each, "device": devices.named(each.user_agent), "is_this": each.is_current()}
        for each in sorted(UserSession.objects.purge_and_list(user), key=lambda each: each.created_at, reverse=True)
    ]
    return render(request, "account/sessions.html", {"rows": rows, "has_others": any(not r["is_this"] for r in rows)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(app="allauth.account")
def remove_password(request: HttpRequest) -> HttpResponse:
    """Go without: a mailed code or a passkey signs in as well."""
    user = cast(User, request.user)
    if not user.has_usable_password():
        return redirect("account")
    if request.method == "POST":
        accounts.remove_password(user, request=request)
        logout_on_password_change(request, user)
        messages.success(request, _("The password is removed."))
        return redirect("account")
    return render(request, "account/password_remove.html")


@require_POST
@login_required
def keep_factors(request: HttpRequest) -> HttpResponse:
    """The owner, signed in, stops what a colleague asked for."""
    waiting = FactorReset.objects.waiting().filter(user=cast(User, request.user)).first()
    if waiting and factor_resets.stop(waiting, by=waiting.user):
        messages.success(request, _("Your second factors stay as they are."))
    return redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
@under_a_token
def stop_reset(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail, which needs no account: who got it may stop it, and nothing else."""
    try:
        reset = tokens.read_row(token, tokens.STOP_RESET, FactorReset.objects.select_related("user", "by"))
    except (tokens.Tampered, tokens.Ended):
        return render(request, "account/stop_reset.html", {"reset": None}, status=404)
    if request.method == "POST":
        factor_resets.stop(reset)
        return redirect("account-stop-reset", token=token)
    return render(request, "account/stop_reset.html", {"reset": reset})
