"""Which rows the administration shows: all, or those of the campaigns that a member of staff belongs to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

ALL_CAMPAIGNS = "signon.reach_all_campaigns"  # permissions and a campaign's people are names, which words do not import


class WithinReach:
    """For who works on some campaigns alone; `campaign` is the way from a row to its campaign ("campaign__")."""

    campaign: ClassVar[str]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return found.filter(_within_reach(request, self.campaign))


class ReachedFilter(admin.RelatedFieldListFilter):
    """Offers the statements, or campaigns, of these campaigns alone."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        campaign = "" if field.name == "campaign" else "campaign__"
        ordering = self.field_admin_ordering(field, request, model_admin)
        limit = _within_reach(request, campaign)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=limit)


def _within_reach(request: HttpRequest, campaign: str) -> Q:
    if request.user.has_perm(ALL_CAMPAIGNS):
        return Q()
    return Q(**{f"{campaign}memberships__user": request.user})
