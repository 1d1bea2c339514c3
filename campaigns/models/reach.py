from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

# Rights and a campaign's people are names, which words do not import: both are asked of the user.
ALL_CAMPAIGNS = "signon.reach_all_campaigns"
Row = TypeVar("Row", bound=models.Model, covariant=True)


class ReachedQuerySet(models.QuerySet[Row]):
    """Rows that staff work on. A page of the desk or of the administration starts at `for_user`."""

    # The ways from a row to its campaign, any of which is enough; none where it is the whole network's.
    ways: ClassVar[tuple[str, ...]] = ("statement__campaign",)
    # The right without which nobody sees one; "" where each page asks for its own.
    right: ClassVar[str] = ""

    def for_user(self, user: Any) -> Self:
        """What a member of staff may see of it at all: of all campaigns, or of those that they belong to."""
        if self.right and not user.has_perm(self.right):
            return self.none()
        return self.all() if not self.ways or user.has_perm(ALL_CAMPAIGNS) else self.filter(self.within(user))

    def within(self, user: Any) -> Q:
        """What is of the user's campaigns."""
        own = user.memberships.values("campaign")
        return reduce(or_, (Q(**{f"{way}__in": own}) for way in self.ways))
