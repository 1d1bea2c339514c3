"""How allauth meets this site: who has which account, and its mail, which goes through the outbox."""

from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signon import mailing
from signon.mail import limits
from signon.models import Message, User
from signon.people import account_mail, devices

Kind = Message.Kind
# Which of ours allauth's mails are. Those that only signing up could cause do not occur: nobody does.
ASKED_FOR = {
    "login_code": Kind.LOGIN_CODE,
    "unknown_account": Kind.LOGIN_CODE,
    "email_confirmation": Kind.ADDRESS_CODE,
    "email_confirmation_signup": Kind.ADDRESS_CODE,
}
LIFETIMES = {Kind.PASSWORD_RESET: timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)}
OF_A_CODE = timedelta(minutes=account_mail.MINUTES)
# What allauth says on the next page, in our words; what is not here goes without saying.
TOLD = {
    "email_confirmed": _("The address is confirmed."),
    "email_confirmation_failed": _("This address belongs to another account."),
    "email_deleted": _("The address is removed."),
    "primary_email_set": _("This is your main address now."),
    "cannot_delete_primary_email": _("Your main address stays. Make another one the main address first."),
    "unverified_primary_email": _("Confirm the address first."),
    "password_changed": _("The password is changed."),
    "password_set": _("The password is set."),
    "totp_activated": _("The authenticator app is set up."),
    "totp_deactivated": _("The authenticator app is removed."),
    "webauthn_added": _("The passkey is added."),
    "webauthn_removed": _("The passkey is removed."),
}


class Backend(AuthenticationBackend):
    """Who somebody is, and what they may do."""

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        """One query and one hash, whether or not the address has an account."""
        return self._check_password(of_address(email), password)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether staff have this right; with a row, whether that row is one that they reach (`for_user`) too."""
        if not (user_obj.is_staff and super().has_perm(user_obj, perm)):
            return False
        return obj is None or type(obj).objects.for_user(user_obj).filter(pk=obj.pk).exists()


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The address or the password is not right. Try again, or leave the password empty: then we mail you a code."
        ),
        "incorrect_code": _("This code is not right. Look at it again, or start again to get another one."),
        "incorrect_password": _("The password is not right. Try again."),
        "enter_current_password": _("The password that you have now is not right. Try again."),
        "too_many_login_attempts": _("There were too many tries. Wait five minutes, then try again."),
        "rate_limited": _("There were too many tries. Wait five minutes, then try again."),
        "duplicate_email": _("This address is one of yours already. You need not add it."),
        "email_taken": _("This address belongs to another account. Enter another one."),
        "max_email_addresses": _("You cannot have more than %d addresses. Remove one first."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where the request comes from: config.middleware.TrustedProxies has found it."""
        return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Compose the one of our mails that allauth means; raises KeyError for one that cannot occur here."""
        kind = ASKED_FOR[template_prefix.rpartition("/")[2]]
        user = of_address(email) if kind == Kind.LOGIN_CODE else context["user"]
        ask(kind, email, user=user, code=context.get("code") or self.generate_login_code())

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        tell_of_change(cast(User, user), template_prefix.rpartition("/")[2], request=self.request, to=email or "")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        name = (message_template or "").rpartition("/")[2].removesuffix(".txt")
        words = message or TOLD.get(name)
        if words:
            messages.add_message(request, level, str(words), extra_tags=extra_tags)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("desk" if getattr(request.user, "is_staff", False) else "account")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_email")

    def is_reauthentication_required(self, *, app: str, **hints: Any) -> bool:
        """Who has just signed in is not asked again."""
        records = get_authentication_records(self.request, self.request.user)
        now = time.time()
        return all(now - record["at"] > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for record in records)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hints: Any) -> HttpResponse:
        response = super().post_login(request, user, **hints)
        account = cast(User, user)
        if not devices.is_known(request, account):
            _tell(Kind.NEW_DEVICE, account, request)
            devices.remember(request, response, account)
        return response


def of_address(address: str) -> User | None:
    """The active account that this address signs in to: whose it is proved to be, or else who is written to there.

    One query, the same for an address that has none.
    """
    typed = address.strip().lower()
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), email=typed, verified=True)
    found = User.objects.annotate(is_proved=Exists(proved)).filter(Q(is_proved=True) | Q(email__iexact=typed))
    return found.filter(is_active=True).order_by("-is_proved", "pk").first()


def ask(kind: str, address: str, *, user: User | None, code: str = "") -> None:
    """Compose what somebody asked for at the way in, unless this mailbox got enough of it.

    Also for an address without an account, with the same queries: the worker, which nobody waits for, lets it drop.
    """
    with transaction.atomic():
        if limits.may_be_mailed(address, limits.AT_THE_WAY_IN):
            mailing.compose(
                kind,
                key=f"account:{secrets.token_hex(16)}",
                to=address,
                user=user,
                language=get_language() or "",
                expires_at=timezone.now() + LIFETIMES.get(Kind(kind), OF_A_CODE),
                body=code,
            )


def tell_of_change(user: User, what: str, *, request: HttpRequest | None = None, to: str = "") -> None:
    """Compose the mail that something changed (account_mail.CHANGES), to its main address or another one of it."""
    _tell(Kind.ACCOUNT_CHANGED, user, request, to=to, what=what)


def _tell(kind: str, user: User, request: HttpRequest | None, *, to: str = "", **facts: str) -> None:
    if request is not None:
        facts["device"] = devices.named(request.META.get("HTTP_USER_AGENT", ""))
    key, told = f"{kind}:{secrets.token_hex(16)}", json.dumps(facts)
    mailing.compose(kind, key=key, user=user, to=to, language=user.language, body=told)


@transaction.atomic
def remove_password(user: User, *, request: HttpRequest | None = None) -> None:
    """From now on a mailed code or a passkey alone signs in; the main address is told."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    tell_of_change(user, "password_removed", request=request)


@transaction.atomic
def move(user: User, *, before: str) -> None:
    """Staff gave the account another address: those from before sign nobody in any more, and the old one is told."""
    EmailAddress.objects.filter(user=user).delete()
    vouch(user)
    tell_of_change(user, "email_changed", to=before)


def vouch(user: User) -> None:
    """The account's address is as good as proved, for whoever makes the account says whose it is."""
    prove(user, user.email)


@transaction.atomic
def prove(user: User, address: str) -> bool:
    """Write that the address is this account's; False where it is proved to be another's. The first is the main one."""
    typed = address.strip().lower()
    if EmailAddress.objects.filter(email=typed, verified=True).exclude(user=user).exists():
        return False
    is_first = not EmailAddress.objects.filter(user=user, primary=True).exists()
    own, _made = EmailAddress.objects.get_or_create(user=user, email=typed)
    own.verified = True
    own.primary = own.primary or (is_first and typed == user.email.lower())
    own.save()
    return True
