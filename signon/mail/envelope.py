"""What a mail carries so that it is known again when it comes back, and the way off the list.

A mail's key is 128 random bits. It stands in the return path (VERP), in the Message-ID and in the header that the
provider gives back in its webhooks; who does not have it can report nothing about anybody's address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from signon import tokens
from signon.models import Message

# Under this name the key travels in a provider's metadata.
METADATA = "undersigned"
# The key before any "@": in a return path, in a Message-ID, and in what forwarders make of them (SRS).
_KEY = re.compile(r"(?<![0-9a-z])([0-9a-f]{32})@[0-9a-z]", re.IGNORECASE)
_MOST_KEYS = 20
_UNSUBSCRIBE = "mail.unsubscribe"
_INVITATIONS = "invitations"


def _as_json(name: str, *around: str) -> Callable[[str], dict[str, str]]:
    """A header that holds the metadata as JSON, inside the given members; without blanks it is never folded."""

    def made(key: str) -> dict[str, str]:
        value: object = {METADATA: key}
        for member in reversed(around):
            value = {member: value}
        return {name: json.dumps(value, separators=(",", ":"))}

    return made


# What each provider's SMTP server takes metadata from, so that anymail finds it in the event (anymail's names).
# Amazon SES is not here: anymail takes its webhook with boto3 alone. It mails its reports to the return path.
PROVIDERS: dict[str, Callable[[str], dict[str, str]]] = {
    "brevo": _as_json("X-Mailin-custom"),
    "mailgun": _as_json("X-Mailgun-Variables"),
    "mailjet": _as_json("X-MJ-EventPayload"),
    "mailtrap": _as_json("X-MT-Custom-Variables"),
    "mandrill": _as_json("X-MC-Metadata"),
    # It has no metadata, and names the Message-ID in its events.
    "postal": lambda key: {},
    # Without KeepID the Message-ID is replaced.
    "postmark": lambda key: {f"X-PM-Metadata-{METADATA}": key, "X-PM-KeepID": "true"},
    "resend": _as_json("X-Metadata"),
    "sparkpost": _as_json("X-MSYS-API", "metadata"),
}


def return_path(message: Message) -> str:
    """The address that reports about this mail go to (MAIL FROM); the plain sender without BOUNCE_ADDRESS."""
    local, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    if not local:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return f"{local}+{message.bounce_key}@{domain}"


def headers(message: Message) -> dict[str, str]:
    """The key where MAIL_PROVIDER looks for it; and on what is not transactional, one click off (RFC 8058)."""
    made = PROVIDERS[settings.MAIL_PROVIDER](message.bounce_key) if settings.MAIL_PROVIDER else {}
    if not message.is_transactional:
        made["List-Unsubscribe"] = f"<{unsubscribe_url(message)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return made


def keys(text: str) -> list[str]:
    """What may be our keys in somebody's words, in their order; whether one is, the messages tell."""
    found = dict.fromkeys(key.lower() for key in _KEY.findall(text))
    return list(found)[:_MOST_KEYS]


def unsubscribe_url(message: Message) -> str:
    """The page where this mail's reader takes the mailbox off, in the mail's language, with SITE_URL.

    An invitation's takes it off invitations alone, for ever; any other mail's off all that is not transactional.
    """
    if message.kind in Message.INVITING:
        return opt_out_url(message.recipient, message.language)
    return _url(message.recipient, message.language)


def opt_out_url(mailbox: str, language: str) -> str:
    """The page where a mailbox is taken off the invitations of all statements."""
    return _url({_INVITATIONS: mailbox}, language)


def _url(what: object, language: str) -> str:
    token = signing.Signer(salt=_UNSUBSCRIBE).sign_object(what)
    with translation.override(language):
        return settings.SITE_URL + reverse("unsubscribe", args=[token])


def mailbox_of(token: str) -> tuple[str, bool]:
    """The mailbox that an unsubscribe link is for, and whether it is about invitations; the link has no end.

    Raises tokens.Tampered.
    """
    try:
        told = signing.Signer(salt=_UNSUBSCRIBE).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise tokens.Tampered from error
    if isinstance(told, dict):
        return str(told[_INVITATIONS]), True
    return str(told), False
