"""Where a page of signatories ended, sealed: its place in the order is nobody's business but ours.

The place tells the key under which a withheld name is sorted, and a number that tells when somebody signed. It stands
in the cursor all the same: the signatory may have left the list, or changed its name, when the next page is asked for.
Sealed the same way each time (AES-SIV, RFC 5297), so that an unchanged page keeps its ETag.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac

from campaigns.models import Statement
from signon.models import SignOn
from signon.models.sign_on import BEHIND


class Foreign(Exception):
    """The cursor was not made here, or not for this list."""


def seal(edge: SignOn) -> str:
    """The place of a statement's signatory, for an address."""
    place = json.dumps([edge.convener_place, edge.listing, edge.sort_key, edge.pk]).encode()
    return urlsafe_b64encode(_box(settings.SECRET_KEY).encrypt(place, _list(edge.statement_id))).decode()


def unseal(cursor: str, statement: Statement) -> SignOn:
    """A sign-on that has nothing but that place. Raises Foreign."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            place = _box(key).decrypt(urlsafe_b64decode(cursor.encode()), _list(statement.pk))
        except (InvalidTag, ValueError):
            continue
        *convener, listing, sort_key, pk = json.loads(place)  # in one made before there were conveners it is not
        return SignOn(pk=pk, listing=listing, sort_key=sort_key, convener_place=convener[0] if convener else BEHIND)
    raise Foreign


@cache
def _box(secret: str) -> AESSIV:
    return AESSIV(salted_hmac("signon.api.cursors", "", secret=secret, algorithm="sha512").digest())


def _list(statement: int) -> list[bytes]:
    return [f"statement {statement}".encode()]
