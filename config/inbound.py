"""What comes back to us, read from the environment: the bounce address, the provider's webhook, the bounce mailbox."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

# As django-anymail calls them, and the key of each whose webhook it takes with a signature alone.
PROVIDERS = {
    "amazon_ses": "",
    "brevo": "",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailjet": "",
    "mailtrap": "",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "postal": "POSTAL_WEBHOOK_KEY",
    "postmark": "",
    "resend": "",
    "sendgrid": "",
    "sparkpost": "",
}
OTHER_KEYS = ["MAILTRAP_TRACKING_SECRET", "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY"]


def bounce_address() -> str:
    """BOUNCE_ADDRESS, to which each mail's key is added after a "+"; empty where there is none."""
    address = env.str("BOUNCE_ADDRESS", "")
    local, _at, domain = address.partition("@")
    if address and not (local and domain and "@" not in domain and "+" not in local and address.isascii()):
        raise ImproperlyConfigured("BOUNCE_ADDRESS takes an address like bounces@example.org, without a +.")
    return address


def mail_provider() -> str:
    """MAIL_PROVIDER, whose SMTP server EMAIL_URL names; empty for a plain server."""
    name = env.str("MAIL_PROVIDER", "")
    if name and name not in PROVIDERS:
        raise ImproperlyConfigured(f"MAIL_PROVIDER takes one of {', '.join(PROVIDERS)}.")
    return name


def webhook_secrets(provider: str) -> dict[str, str]:
    """django-anymail's settings: the secret without which there is no webhook, and the provider's own keys."""
    names = ["WEBHOOK_SECRET", *filter(None, PROVIDERS.values()), *OTHER_KEYS]
    given = {name: env.str(f"ANYMAIL_{name}", "") for name in names}
    secret = given["WEBHOOK_SECRET"]
    if secret and not all(secret.partition(":")):
        raise ImproperlyConfigured("ANYMAIL_WEBHOOK_SECRET takes a name and a password, like name:password.")
    needed = PROVIDERS.get(provider)
    if secret and needed and not given[needed]:
        raise ImproperlyConfigured(f"The webhook of {provider} needs ANYMAIL_{needed}.")
    return {name: value for name, value in given.items() if value}


def inbound_url() -> str:
    """INBOUND_URL, the mailbox that bounces come to; empty where there is none."""
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
        raise ImproperlyConfigured("INBOUND_URL: imap:// sends the password in the clear; take imaps:// or imap+tls://.")
    return text
