from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from signon import names
from signon.models import Organization, OrganizationName


class OtherNameInline(admin.TabularInline):
    model = OrganizationName
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name", "acronym", "country", "scope", "organization_type"]
    list_filter = ["scope", "organization_type"]
    search_fields = ["name", "acronym", "other_names__name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OtherNameInline]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        obj.search_key = names.search_key(obj.name)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for other in formset.save(commit=False):
            other.search_key = names.search_key(other.name)
        super().save_formset(request, form, formset, change)
