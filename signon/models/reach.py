"""Which of the network's statements a member of staff works on: all, or those of their own campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from signon.models.user import User

# Whoever has it works on the statements of every campaign, and on those of none.
ALL_CAMPAIGNS = "signon.reach_all_campaigns"
# Whoever has it may read what others work with, and change nothing of it.
READ_ALL = "signon.read_all"


def within_reach(user: User, statement: str = "") -> Q:
    """What of a table is of statements that this user works on; `statement` is the way there ("statement__")."""
    if user.has_perm(ALL_CAMPAIGNS):
        return Q()
    return Q(**{f"{statement}campaign__memberships__user": user})
