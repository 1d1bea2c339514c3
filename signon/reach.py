"""The statements that a member of staff works on. Every page of the desk that is about one begins here."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from campaigns.models import Statement
from campaigns.models.statement import StatementQuerySet
from signon.models import User
from signon.models.reach import within_reach


def statements(user: User) -> StatementQuerySet:
    """Those of the user's campaigns; of all, for who has `reach_all_campaigns`."""
    return Statement.objects.filter(within_reach(user))


def statement_or_404(user: User, slug: str) -> Statement:
    """The statement of this name; of another's campaign there is none, and nothing tells the two apart."""
    return get_object_or_404(statements(user).select_related("campaign"), slug=slug)
