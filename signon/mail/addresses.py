"""E-mail addresses as identities: one spelling for each, so that limits and "one for an address" mean something."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

INVALID = _("Enter an e-mail address like name@example.org.")


def clean(address: str) -> str:
    """The address with its domain in ASCII (IDNA A-labels) and lower case, as it is mailed; the local part stays.

    Raises ValidationError for what is no address, a domain that IDNA refuses, and what nobody has: quoted local parts,
    which would be a second spelling of the plain one (RFC 5321, 4.1.2), hosts by number (4.1.3), by which strangers
    would have us mail to machines of our own network, and encoded words (RFC 2047), which mail programs show as others.
    """
    local, _at, domain = address.strip().rpartition("@")
    try:
        cleaned = f"{local}@{domain.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        raise ValidationError(INVALID, code="invalid") from None
    validate_email(cleaned)
    if '"' in local or "=?" in local or domain.startswith("[") or len(cleaned) > 254:
        raise ValidationError(INVALID, code="invalid")
    return cleaned


def mailbox(address: str) -> str:
    """What limits count by: lower case, without a "+tag". Not for mailing, and not for telling people apart."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def network(peer: str) -> str:
    """A keyed hash of the network (IPv4 /24, IPv6 /48) that an IP address is in; "" for this machine's own.

    It tells whether two came from one place, to whoever has SECRET_KEY, and is kept for a week (retention.py).
    """
    try:
        address = ip_address(peer)
    except ValueError:
        return ""
    if address.is_loopback:
        return ""
    size = 24 if address.version == 4 else 48
    return salted_hmac("signon.network", str(ip_network((address, size), strict=False))).hexdigest()[:32]
