from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import AddressKey, forms_of
from signon.models.one_trip import Query, ask
from signon.models.sign_on_indexes import WAITS_SINCE

if TYPE_CHECKING:
    from datetime import datetime

    from signon.models.sign_on import SignOn

M = TypeVar("M", bound=Model)

# Written by hand, for every signer asks it: composing it anew takes longer than the answer.
_NEXT_KEY = f"""
SELECT nextval(pg_get_serial_sequence('signon_signon', 'id')),
       EXISTS (SELECT FROM signon_signon WHERE statement_id = %s
                  AND {AddressKey.template % {"expressions": "email"}} = ANY(%s))
"""  # noqa: S608 - of constants


def next_key(statement_id: int, email: str) -> Query:
    """The question for the key of a sign-on that is yet to be written, and whether the address has one there already.

    The address is clean (signon.mail.addresses).
    """
    return _NEXT_KEY, [statement_id, forms_of(email)]


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
