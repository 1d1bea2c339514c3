"""What comes back to us, read from the environment: the bounce address, the provider's webhook, the bounce mailbox."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

# As django-anymail calls them, and the key of each whose webhook it takes with a signature alone.
PROVIDERS = {
    "brevo": "",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": "",
    "mailtrap": "",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "postmark": "",
    "resend": "",
    "sparkpost": "",
}
# With the "+" and the key, 33 characters, what stands before the "@" may have 64 (RFC 5321, 4.5.3.1.1).
_BOUNCE_ADDRESS = re.compile(r"[a-z0-9._-]{1,31}@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
OTHER_KEYS = ["MAILTRAP_TRACKING_SECRET"]


def bounce_address() -> str:
    """BOUNCE_ADDRESS, to which each mail's key is added after a "+"; empty where there is none."""
    #: The address that bounces come back to, to which each mail's key is added after a "+" (docs/mail.md).
    address = env.str("BOUNCE_ADDRESS", "")
    if address and not _BOUNCE_ADDRESS.fullmatch(address):
        raise ImproperlyConfigured("BOUNCE_ADDRESS takes an address like bounces@example.org, without a +.")
    return address


def mail_provider() -> str:
    """MAIL_PROVIDER, whose SMTP server EMAIL_URL names; empty for a plain server."""
    #: The provider whose SMTP server EMAIL_URL names, for its webhook of bounces: `postmark`, `mailgun`, …
    name = env.str("MAIL_PROVIDER", "")
    if name and name not in PROVIDERS:
        raise ImproperlyConfigured(f"MAIL_PROVIDER takes one of {', '.join(PROVIDERS)}.")
    return name


def webhook_secrets(provider: str) -> dict[str, str]:
    """django-anymail's settings: the secret in the webhook's address, and the keys of providers that sign."""
    names = ["WEBHOOK_SECRET", *filter(None, PROVIDERS.values()), *OTHER_KEYS]
    #: Secrets of the provider's webhook: `ANYMAIL_WEBHOOK_SECRET` (`name:password`), and keys of those that sign.
    given = {name: env.str(f"ANYMAIL_{name}", "") for name in names}
    secret = given["WEBHOOK_SECRET"]
    if secret and not all(secret.partition(":")):
        raise ImproperlyConfigured("ANYMAIL_WEBHOOK_SECRET takes a name and a password, like name:password.")
    needed = PROVIDERS.get(provider)
    if secret and needed and not given[needed]:
        raise ImproperlyConfigured(f"The webhook of {provider} needs ANYMAIL_{needed}.")
    return {name: value for name, value in given.items() if value}


def takes_webhooks(provider: str, secrets: dict[str, str]) -> bool:
    """Whether the provider's webhook can be told from anybody's: by the secret, or by a signature."""
    return bool(provider) and ("WEBHOOK_SECRET" in secrets or PROVIDERS[provider] in secrets)


def inbound_url() -> str:
    """INBOUND_URL, the mailbox that bounces come to; empty where there is none."""
    #: The mailbox that bounces come to: `imaps://user:password@host/FOLDER`.
    text = env.str("INBOUND_URL", "")
    if not text:
        return ""
    try:
        url = urlsplit(text)
        known = url.scheme in ("imaps", "imap+tls", "imap") and url.port != 0
    except ValueError:
        known = False
    if not (known and url.hostname and url.username and url.password):
        raise ImproperlyConfigured(
            "INBOUND_URL takes imaps://user:password@host/FOLDER, or imap+tls:// for STARTTLS; "
            "what is neither letter nor digit in the password as %XX."
        )
    if url.scheme == "imap" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ImproperlyConfigured("INBOUND_URL: imap:// sends the password in clear; take imaps:// or imap+tls://.")
    return text
