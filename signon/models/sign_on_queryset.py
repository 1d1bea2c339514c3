from __future__ import annotations

from typing import TYPE_CHECKING

from campaigns.models.reach import ReachedQuerySet

if TYPE_CHECKING:
    from signon.models.sign_on import SignOn  # noqa: F401


class SignOnQuerySet(ReachedQuerySet["SignOn"]):
    right = "signon.view_signon"

    def public(self) -> SignOnQuerySet:
        """Signatories: the only sign-ons a stranger may see. Every list, page, feed and export starts here."""
        return self.filter(state="accepted", same_as__isnull=True)

    def named(self) -> SignOnQuerySet:
        """Signatories who agreed to stand in the list, by name or as “an organization in …”."""
        return self.public().exclude(listing="count")

    def at_address(self, email: str) -> SignOnQuerySet:
        """Of one e-mail address, in any case; `email` is clean (signon.mail.addresses)."""
        return self.filter(email=email)

    def waiting(self) -> SignOnQuerySet:
        """What the desk has to decide, oldest first."""
        return self.filter(state="confirmed", hold=None).order_by("confirmed_at", "pk")
