"""The campaigns and statements that a member of staff works on. Every page of the desk about one begins here."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from campaigns.models import Campaign, Statement
from campaigns.models.statement import StatementQuerySet
from signon.models import User
from signon.models.reach import ALL_CAMPAIGNS, within_reach


def statements(user: User) -> StatementQuerySet:
    """Those of the user's campaigns; of all, for who has `reach_all_campaigns`."""
    return Statement.objects.filter(within_reach(user))


def statement_or_404(user: User, slug: str) -> Statement:
    """The statement of this name; of another's campaign there is none, and nothing tells the two apart."""
    return get_object_or_404(statements(user).select_related("campaign"), slug=slug)


def may_organize(user: User, statement: Statement) -> bool:
    """Whether it is theirs to run, at this moment: who left a campaign hears nothing of its drafts."""
    may = user.is_active and user.is_staff and user.has_perm("signon.organize_statement")
    return may and statements(user).filter(pk=statement.pk).exists()


def texts(user: User) -> StatementQuerySet:
    """The statements whose words they may read: without the right to see drafts, what strangers may read."""
    found = statements(user)
    return found if user.has_perm("campaigns.view_statement") else found & Statement.objects.reachable()


def campaigns(user: User) -> QuerySet[Campaign]:
    """Those that the user belongs to; all, for who has `reach_all_campaigns`."""
    every = Campaign.objects.all()
    return every if user.has_perm(ALL_CAMPAIGNS) else every.filter(memberships__user=user)


def campaign_or_404(user: User, slug: str) -> Campaign:
    """The campaign of this name; one that the user does not belong to is not there."""
    return get_object_or_404(campaigns(user), slug=slug)
