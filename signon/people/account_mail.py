"""What mails about an account say, and whether they are still true when they are sent."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from signon import tokens
from signon.models import FactorReset, Message, User

Kind = Message.Kind
KINDS = (Message.ABOUT_ACCOUNTS - {Kind.ACCOUNT}) | {Kind.CLAIM_CODE}
# Composed for every address that is typed, and sent to those of an account alone: the time it takes tells nothing.
FOR_ANYBODY = {Kind.LOGIN_CODE, Kind.PASSWORD_RESET}
CODES = {Kind.LOGIN_CODE, Kind.ADDRESS_CODE, Kind.CLAIM_CODE}
MINUTES = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60

# By the names of allauth's notices, and ours.
CHANGES = {
    "password_changed": _("The password was changed."),
    "password_set": _("A password was set."),
    "password_reset": _("The password was set anew by a link in a mail."),
    "password_removed": _("The password was removed. You sign in by a mailed code or a passkey."),
    "email_changed": _("Another address was made the main one. Mail goes there from now on."),
    "email_deleted": _("An e-mail address was removed."),
    "totp_activated": _("An authenticator app was added as a second factor."),
    "totp_deactivated": _("The authenticator app is no second factor any more."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was removed."),
    "recovery_codes_generated": _("New recovery codes were made. The old ones are of no use any more."),
    "factor_reset": _("The second factors were taken away, and all devices signed out. Sign in and set up new ones."),
    "factor_reset_stopped": _("The second factors will not be taken away: it was stopped."),
}


def context(message: Message) -> dict[str, Any]:
    """What the templates of KINDS are given; nothing for a sample."""
    told: dict[str, Any] = {"account_url": settings.SITE_URL + reverse("account")}
    if message.kind in CODES:
        return told | {"code": message.body, "minutes": MINUTES}
    if message.user is None or not message.user.pk:
        return told
    if message.kind == Kind.PASSWORD_RESET:
        return told | {"link_url": _reset_url(message.user)}
    if message.kind == Kind.FACTOR_RESET:
        waiting = FactorReset.objects.waiting().filter(user=message.user).first()
        return told | (_of_reset(waiting) if waiting else {})
    facts = json.loads(message.body or "{}")
    told |= {"device": facts.get("device", ""), "at": message.created_at}
    return told | {"what": CHANGES.get(facts.get("what", ""), "")}


def is_true(message: Message) -> bool:
    """Whether there is an account that this is about, and it still holds."""
    if message.kind == Kind.CLAIM_CODE:
        return True
    user = message.user
    if user is None or not user.is_active:
        return False
    if message.kind == Kind.FACTOR_RESET:
        return FactorReset.objects.waiting().filter(user=user).exists()
    return True


def _of_reset(reset: FactorReset) -> dict[str, Any]:
    stop_url = settings.SITE_URL + reverse("account-stop-reset", args=[tokens.make(reset, tokens.STOP_RESET)])
    return {"due_at": reset.due_at, "by": str(reset.by), "stop_url": stop_url}


def _reset_url(user: User) -> str:
    """Made when the mail is sent, so that no link to a password is kept."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = [user_pk_to_url_str(user), default_token_generator.make_token(user)]
    return settings.SITE_URL + reverse("account_reset_password_from_key", args=key)
