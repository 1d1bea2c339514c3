"""Opening an account by proving an address: a code is mailed to it, and typed where it was asked for.

The same for an address that has an account, which is then signed in to: only who reads its mail learns which it was.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import compare_user_code
from django.conf import settings
from django.db import IntegrityError, transaction

from signon.models import Message, User
from signon.people import accounts

_KEY = "proving"
MOST_TRIES = 5


class Ended(Exception):
    """No code is asked for, its time is over, or there were too many wrong ones; `then` is where it was asked for."""

    def __init__(self, then: str = "") -> None:
        super().__init__(then)
        self.then = then


class Closed(Exception):
    """The account of this address was closed by staff."""


def begin(session: MutableMapping[str, Any], address: str, *, then: str) -> None:
    """Mail a code to an address; `then` is the path where its reader wanted to go."""
    code, typed = get_adapter().generate_login_code(), address.strip().lower()
    accounts.ask(Message.Kind.CLAIM_CODE, typed, user=None, code=code)
    session[_KEY] = {"address": typed, "code": code, "at": time.time(), "tries": 0, "then": then}


def waits(session: MutableMapping[str, Any]) -> tuple[str, str]:
    """The address that a code was mailed to, and where its reader wanted to go; raises Ended."""
    asked = session.get(_KEY)
    if not asked or time.time() - asked["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT or asked["tries"] >= MOST_TRIES:
        session.pop(_KEY, None)
        raise Ended(asked["then"] if asked else "")
    return asked["address"], asked["then"]


def is_right(session: MutableMapping[str, Any], code: str) -> bool:
    """Whether it is the code that was mailed; a wrong one counts. Raises Ended."""
    waits(session)
    asked = session[_KEY]
    if compare_user_code(actual=code, expected=asked["code"]):
        del session[_KEY]
        return True
    session[_KEY] = asked | {"tries": asked["tries"] + 1}
    return False


def account_of(address: str, *, language: str) -> User:
    """The account that a proved address signs in to, made if there is none; raises Closed."""
    known = accounts.of_address(address)
    if known is None:
        try:
            with transaction.atomic():
                known = User.objects.create_user(address, language=language)
        except IntegrityError:  # made meanwhile, or closed
            known = accounts.of_address(address)
    if known is None:
        raise Closed
    accounts.prove(known, address)
    return known
