from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.db.models import Model

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import forms_of
from signon.models.one_trip import Query, ask
from signon.models.sign_on_indexes import WAITS_SINCE

if TYPE_CHECKING:
    from signon.models.sign_on import SignOn

M = TypeVar("M", bound=Model)

# What every signer asks, in a function that a connection plans once (migration 0043).
_BEFORE_SIGNING = "SELECT * FROM signon_before_signing(%s, %s, %s, %s, %s, %s, %s)"


class Before(NamedTuple):
    """What stands before a sign-on, once its mailbox is held."""

    # When strangers caused mail to the mailbox within a day, the newest first, no more moments than it may be mailed.
    mailed: list[datetime]
    # Of the sign-on that is yet to be written.
    key: int
    # Whether the address has a sign-on there already, in any state.
    is_again: bool
    # The statement's `deciding()` of now.
    deciding: tuple[Any, ...]


def before_signing(of_a_mailbox: Sequence[Any], statement_id: int, email: str) -> Before:
    """Hold the mailbox until the transaction's end and look, in one round trip.

    `of_a_mailbox` is signon.mail.limits' of the address, which is clean (signon.mail.addresses).
    """
    [[(mailed, key, is_again, *deciding)]] = ask((_BEFORE_SIGNING, [*of_a_mailbox, statement_id, forms_of(email)]))
    return Before(mailed, key, is_again, tuple(deciding))


# What confirming looks at.
_OWN = ("id", "statement_id", "link_key", "state", "version", "came_late", "expires_at", "ending")
_STATEMENT_S = ("id", "slug", "state", "opens_at", "closes_at", "embargo_until")
_TO_CONFIRM = f"""
SELECT {", ".join(f"sign_on.{name}" for name in _OWN)}, {", ".join(f"statement.{name}" for name in _STATEMENT_S)}
  FROM signon_signon AS sign_on JOIN campaigns_statement AS statement ON statement.id = sign_on.statement_id
 WHERE sign_on.id = %s
"""  # noqa: S608 - of constants
# What decided whether it may be confirmed stands in the condition: where it has changed since then, nothing moves.
# A statement that changes in the very moment is seen as it was when this began, as by any look at it before.
_CONFIRMATION = """
UPDATE signon_signon SET state = 'confirmed', confirmed_at = %s, expires_at = NULL
 WHERE id = %s AND state = 'unconfirmed' AND version = %s AND came_late = %s AND expires_at IS NOT DISTINCT FROM %s
   AND EXISTS (SELECT FROM campaigns_statement
                WHERE id = %s AND state = %s AND closes_at IS NOT DISTINCT FROM %s)
RETURNING id
"""


def confirmation(sign_on: SignOn, at: datetime) -> Query:
    """What confirms a sign-on at this moment if it and its statement are still as read; its id if it did."""
    read, statement = sign_on, sign_on.statement
    its_own = [read.pk, read.version, read.came_late, read.expires_at]
    return _CONFIRMATION, [at, *its_own, statement.pk, statement.state, statement.closes_at]


def _partly(model: type[M], using: str, columns: dict[str, Any]) -> M:
    """A row of which these columns were read."""
    read = [field.attname for field in model._meta.concrete_fields if field.attname in columns]  # in its order
    return model.from_db(using, read, [columns[name] for name in read])


class SignOnQuerySet(ReachedQuerySet["SignOn"]):
    right = "signon.view_signon"

    def public(self) -> SignOnQuerySet:
        """Signatories: the only sign-ons a stranger may see. Every public list, page and feed starts here."""
        return self.filter(state="accepted", same_as__isnull=True)

    def named(self) -> SignOnQuerySet:
        """Signatories who agreed to stand in the list, by name or as “an organization in …”."""
        return self.public().exclude(listing="count")

    def at_address(self, email: str) -> SignOnQuerySet:
        """Of one e-mail address, in any case; `email` is clean (signon.mail.addresses)."""
        return self.filter(email=email)

    def to_confirm(self, pk: int) -> SignOn:
        """One with what decides whether it may be confirmed and who may read of its statement; other fields come later.

        Raises SignOn.DoesNotExist.
        """
        [found] = ask((_TO_CONFIRM, [pk]), using=self.db)
        if not found:
            raise self.model.DoesNotExist
        sign_on = _partly(self.model, self.db, dict(zip(_OWN, found[0], strict=False)))
        sign_on.statement = _partly(Statement, self.db, dict(zip(_STATEMENT_S, found[0][len(_OWN) :], strict=True)))
        return sign_on

    def waiting(self) -> SignOnQuerySet:
        """What the desk has to decide, oldest first."""
        return self.filter(state="confirmed", hold=None).order_by(WAITS_SINCE, "pk")
