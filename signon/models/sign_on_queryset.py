from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections

from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import AddressKey, forms_of

if TYPE_CHECKING:
    from signon.models.sign_on import SignOn  # noqa: F401


# Written by hand, for every signer asks it: composing it anew takes longer than the answer.
NEXT_KEY = f"""
SELECT nextval(pg_get_serial_sequence('signon_signon', 'id')),
       EXISTS (SELECT FROM signon_signon WHERE statement_id = %(statement)s
                  AND {AddressKey.template % {"expressions": "email"}} = ANY(%(forms)s))
"""  # noqa: S608 - of constants


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

    def next_key(self, statement_id: int, email: str) -> tuple[int, bool]:
        """A key for a sign-on that is yet to be written, and whether the address has one under this statement already.

        The address is clean (signon.mail.addresses).
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute(NEXT_KEY, {"statement": statement_id, "forms": forms_of(email)})
            key, is_there = cursor.fetchone()
        return key, is_there

    def waiting(self) -> SignOnQuerySet:
        """What the desk has to decide, oldest first."""
        return self.filter(state="confirmed", hold=None).order_by("confirmed_at", "pk")
