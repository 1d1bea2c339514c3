"""The rows that mail is composed from: held, and only then read, so that nobody composes to whom an erasure takes.

An erasure (signon.privacy.erasing) holds the same rows first, and reads and blanks messages last: either it finds the
message, or whoever would compose it finds no address.

Who holds more than one row does so in this order, so that nobody waits in a circle:

1. mailboxes by name (signon.mail.limits.hold_mailbox), then the directory (signon.casework.directory);
2. what an act is on: a list that is brought in and its rows, a statement, a mailing, an event, an organization;
3. rows with addresses, kind by kind as KINDS says, each kind by id;
4. what hangs on them: proposals, cases, messages, and what is written in an account's name (a foreign key holds a part
   of its row); counters are last of all.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from signon.models import Convener, Invitation, LateLink, Registration, Seat, SignOn, User

Row = TypeVar("Row", bound=Model)
KINDS: list[type[Model]] = [User, Seat, Registration, Convener, LateLink, Invitation, SignOn]


def hold(rows: QuerySet[Row]) -> QuerySet[Row]:
    """These rows as they are now, in the order above; once read, nobody else changes them in this transaction's time.

    Who signs is held up by none: a new sign-on is in nobody's way.
    """
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk")
