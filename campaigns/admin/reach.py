"""Which rows the administration shows: those that a member of staff reaches."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest


class WithinReach:
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).for_user(request.user)  # type: ignore[misc]


class ReachedFilter(admin.RelatedFieldListFilter):
    """Offers the statements, or campaigns, that they reach."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        ordering = self.field_admin_ordering(field, request, model_admin)
        reached = field.remote_field.model.objects.for_user(request.user)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": reached})
