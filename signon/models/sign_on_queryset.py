from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import AddressKey, forms_of
from signon.models.one_trip import Query
from signon.models.sign_on_indexes import WAITS_SINCE

if TYPE_CHECKING:
    from datetime import datetime

    from signon.models.sign_on import SignOn


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


# What decided whether it may be confirmed stands in the condition: if it was changed since it was read, nothing moves.
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

    def to_confirm(self) -> SignOnQuerySet:
        """With what decides whether it may be confirmed and who may read of its statement, and nothing else."""
        own = ("link_key", "email", "state", "version", "came_late", "expires_at", "ending")
        decides = ("slug", "state", "opens_at", "closes_at", "embargo_until")
        return self.select_related("statement").only(*own, *(f"statement__{name}" for name in decides))

    def waiting(self) -> SignOnQuerySet:
        """What the desk has to decide, oldest first."""
        return self.filter(state="confirmed", hold=None).order_by(WAITS_SINCE, "pk")
