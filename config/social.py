"""Sign-in by another site (OpenID Connect): off unless OPENID_CONNECT_SERVER names it. See docs/accounts.md."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

# What stands in addresses: /accounts/openid/<this>/login/
PROVIDER_ID = "openid"
APP = "allauth.socialaccount.providers.openid_connect"


def server() -> str:
    """The address that the site's /.well-known/openid-configuration stands below; "" where the way in is off."""
    #: Another site that may vouch for people at the sign-in (docs/accounts.md); off without it.
    address = env.str("OPENID_CONNECT_SERVER", "").rstrip("/")
    parts = urlsplit(address)
    is_local = parts.hostname in ("localhost", "127.0.0.1")
    if address and (not parts.hostname or (parts.scheme != "https" and not (is_local and parts.scheme == "http"))):
        raise ImproperlyConfigured("OPENID_CONNECT_SERVER must be an address like https://id.example.org/realms/staff.")
    return address


def providers() -> dict[str, Any]:
    """allauth's SOCIALACCOUNT_PROVIDERS; with a server but without a client, it raises ImproperlyConfigured."""
    address = server()
    if not address:
        return {}
    app = {
        "provider_id": PROVIDER_ID,
        "name": name(),
        #: Our name at that site; needed with OPENID_CONNECT_SERVER.
        "client_id": env.str("OPENID_CONNECT_CLIENT"),
        #: Our secret at that site; needed with OPENID_CONNECT_SERVER.
        "secret": env.str("OPENID_CONNECT_SECRET"),
        "settings": {"server_url": address},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def name() -> str:
    """What the site is called on the sign-in page; "" where the way in is off."""
    #: What that site is called on the sign-in page; without it its host name.
    return env.str("OPENID_CONNECT_NAME", urlsplit(server()).hostname or "") if server() else ""
