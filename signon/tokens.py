"""Signed links: a salt per purpose, bound to a random key on the sign-on; nothing secret is stored.

A link carries the moment it was made and no end of its own: it is good as long as the sign-on is. It outlives a
rotation of SECRET_KEY (SECRET_KEY_FALLBACKS) and ends early when the sign-on gets a new `link_key`.
"""

from django.core import signing
from django.utils.crypto import constant_time_compare

from signon.models import SignOn

CONFIRM = "confirm"
MANAGE = "manage"
ANSWER = "answer"


class Tampered(Exception):
    """The link was not made here, or not for this purpose, or was cut short on its way."""


class Ended(Exception):
    """The link was good once; a newer key has ended it."""

    def __init__(self, sign_on: SignOn) -> None:
        super().__init__()
        self.sign_on = sign_on


def make(sign_on: SignOn, purpose: str) -> str:
    """A token for a link's path: letters, digits, "-", "_" and ":"."""
    return signing.dumps([sign_on.pk, sign_on.link_key], salt=_salt(purpose))


def read(token: str, purpose: str) -> SignOn:
    """The sign-on that a token leads to, with its statement and text; raises Tampered or Ended."""
    try:
        pk, link_key = signing.loads(token, salt=_salt(purpose))
        sign_on = SignOn.objects.select_related("statement", "text__revision").get(pk=pk)
    except (signing.BadSignature, SignOn.DoesNotExist, ValueError, TypeError) as error:
        raise Tampered from error
    if not constant_time_compare(link_key, sign_on.link_key):
        raise Ended(sign_on)
    return sign_on


def _salt(purpose: str) -> str:
    return f"sign-on.{purpose}"
