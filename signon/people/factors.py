"""Second factors: who needs one, who has one and showed it, and how what is secret about them is kept."""

from __future__ import annotations

import base64
import logging
from enum import Enum
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from campaigns import network
from signon.models import User
from signon.people import devices

log = logging.getLogger(__name__)

# Recovery codes stand in for one of these, and are none by themselves.
STRONG = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class Standing(Enum):
    """What stands between somebody and the desk."""

    NOTHING = "nothing"
    WAIVED = "waived"  # local mode's demo account
    LACKING = "lacking"  # has no factor yet
    UNSHOWN = "unshown"  # has one, and did not show it in this session


def standing(request: HttpRequest) -> Standing:
    """Of who asks. Who is no staff is no matter of ours: the pages themselves refuse them."""
    user = request.user
    if not _is_staff(user) or not settings.STAFF_NEED_A_SECOND_FACTOR:
        return Standing.NOTHING
    if is_waived(user):
        return Standing.WAIVED
    if not has_one(user):
        return Standing.LACKING
    return Standing.NOTHING if was_shown(request) else Standing.UNSHOWN


SHUT = {Standing.LACKING, Standing.UNSHOWN}
_WANTED = "second_factor_wanted"


def way_in(request: HttpRequest, standing: Standing) -> str:
    """Where a factor is set up, or shown; what was wanted is kept in the session, and so is no open redirect."""
    if request.method in ("GET", "HEAD"):
        request.session[_WANTED] = request.get_full_path()
    if standing is Standing.LACKING:
        return reverse("account-second-factor")
    by_code = Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.WEBAUTHN)
    page = reverse("mfa_reauthenticate" if by_code.exists() else "mfa_reauthenticate_webauthn")
    return f"{page}?{urlencode({'next': wanted(request)})}"


def wanted(request: HttpRequest) -> str:
    """The page of this site that somebody was kept from, or else the desk."""
    return str(request.session.get(_WANTED) or reverse("desk"))


def arrived(request: HttpRequest) -> None:
    """They are where they wanted to go, or somewhere else behind the same door."""
    if request.user.is_authenticated and _WANTED in request.session:
        del request.session[_WANTED]


def note_shown(request: HttpRequest, authenticator: Authenticator) -> None:
    """Who sets a factor up has shown it."""
    record_authentication(request, authenticator.user, "mfa", id=authenticator.pk, type=authenticator.type)


def is_waived(user: User | AnonymousUser) -> bool:
    """Whether it is local mode's demo account, which alone passes without; never where there is another database."""
    return settings.LOCAL_MODE and getattr(user, "email", "") in settings.WITHOUT_SECOND_FACTOR


def has_one(user: User | AnonymousUser) -> bool:
    """Whether the account has a passkey, a security key or an authenticator app."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=STRONG).exists()


def was_shown(request: HttpRequest) -> bool:
    """Whether this session showed a factor: a session from before the account had one did not."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def _is_staff(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.is_staff


class Adapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not right. Look at it again, and try once more."),
        "unverified_email": _("Confirm your e-mail addresses first, or remove those that you cannot confirm."),
    }

    def get_totp_issuer(self) -> str:
        return network.current().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are bound to the name that the site is known by."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": network.current().name}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        return devices.named(context.request.META.get("HTTP_USER_AGENT", ""))

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was encrypted under a SECRET_KEY that is gone is replaced by what no code fits."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("A second factor cannot be read: its SECRET_KEY is not among SECRET_KEY_FALLBACKS")
            return generate_totp_secret()


def _fernet() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: Any) -> Fernet:
    digest = salted_hmac("signon.factors", "", secret=secret, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
