"""Signed links: a salt per purpose, bound to a random key on the row they lead to; nothing secret is stored.

A link carries the moment it was made and no end of its own: it is good as long as its row is, a sign-on for most. It
outlives a rotation of SECRET_KEY (SECRET_KEY_FALLBACKS) and ends early when the row gets a new `link_key`. Only what
leads to all that is held of a person ends by itself, within a day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.crypto import constant_time_compare

from signon.models import SignOn

CONFIRM = "confirm"
MANAGE = "manage"
ANSWER = "answer"
OBJECT = "object"
INVITATION = "invitation"
# Of other rows: a convener, somebody who may sign late, a test sign-on.
DRAFT = "draft"
LATE = "late"
TEST = "test"
# Of a registration for an event: to confirm it, and to look at it or cancel it.
TAKE_PLACE = "event.confirm"
OWN_PLACE = "event.manage"
# Of somebody's lost second factor.
STOP_RESET = "stop-reset"
# Of a colleague who is offered a seat in an organization.
SEAT = "seat"
# Of a proposal: who would represent a sign-on proves the address.
REPRESENT = "represent"
# Of the mail that brings it: to what is held of the address that it went to. The one kind with an end.
RIGHTS = "rights"
RIGHTS_LAST = timedelta(hours=24)


class Tampered(Exception):
    """The link was not made here, or not for this purpose, or was cut short on its way."""


class Late(Tampered):
    """The link was good once; its time is over."""


Row = TypeVar("Row", bound=Model)


class Keyed(Protocol):
    """A row that links lead to."""

    pk: Any

    @property
    def link_key(self) -> Any: ...


class Ended(Exception):
    """The link was good once; a newer key has ended it. `row` is what it led to."""

    def __init__(self, row: Any) -> None:
        super().__init__()
        self.row = row


def make(row: Keyed, purpose: str) -> str:
    """A token for a link's path: letters, digits, "-", "_" and ":"."""
    return signing.dumps([row.pk, row.link_key], salt=_salt(purpose))


def read(token: str, purpose: str) -> SignOn:
    """The sign-on that a token leads to, with its statement and text; raises Tampered or Ended."""
    return read_row(token, purpose, SignOn.objects.select_related("statement", "text__revision"))


def read_row(token: str, purpose: str, rows: QuerySet[Row], *, lasts: timedelta | None = None) -> Row:
    """The one of `rows` that a token leads to; raises Tampered or Ended, or Late where it is older than `lasts`."""
    return read_by(token, purpose, lambda pk: rows.get(pk=pk), lasts=lasts)


def read_by(token: str, purpose: str, find: Callable[[Any], Row], *, lasts: timedelta | None = None) -> Row:
    """The same of what `find` finds by its key; it raises ObjectDoesNotExist where there is none."""
    try:
        pk, link_key = signing.loads(token, salt=_salt(purpose), max_age=lasts)
        row = find(pk)
    except signing.SignatureExpired as error:
        raise Late from error
    except (signing.BadSignature, ObjectDoesNotExist, ValueError, TypeError) as error:
        raise Tampered from error
    if not constant_time_compare(link_key, row.link_key):  # type: ignore[attr-defined]
        raise Ended(row)
    return row


def _salt(purpose: str) -> str:
    return f"sign-on.{purpose}"
