"""Where the desk's pages about one statement, or one campaign, begin."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from campaigns.models import Campaign, Statement
from campaigns.models.statement import StatementQuerySet
from signon.models import User

# Whoever has it may read what others work with, and change nothing of it.
READ_ALL = "signon.read_all"


def statement_or_404(user: User, slug: str) -> Statement:
    """The statement of this name; of another's campaign there is none, and nothing tells the two apart."""
    return get_object_or_404(Statement.objects.for_user(user).select_related("campaign"), slug=slug)


def campaign_or_404(user: User, slug: str) -> Campaign:
    """The campaign of this name; one that the user does not belong to is not there."""
    return get_object_or_404(Campaign.objects.for_user(user), slug=slug)


def texts(user: User) -> StatementQuerySet:
    """The statements whose words they may read: without the right to see drafts, what strangers may read."""
    found = Statement.objects.for_user(user)
    return found if user.has_perm("campaigns.view_statement") else found.filter(pk__in=Statement.objects.reachable())
