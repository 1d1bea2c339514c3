"""The directory of organizations: typed in by staff, renamed by the verb that tells whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.reach import WithinReach
from signon.admin.paging import FoundByIndex
from signon.admin.records import WORDS
from signon.casework import domains, merging
from signon.finding import staff_search
from signon.models import Membership, Organization, OrganizationDomain, OrganizationName, User
from signon.naming import name_keys, names


class OtherNameInline(admin.TabularInline):
    model = OrganizationName
    extra = 0


class DomainForm(forms.ModelForm):
    """Takes what people paste: a domain, an address of a website, an e-mail address."""

    class Meta:
        model = OrganizationDomain
        fields = ["domain"]

    def clean_domain(self) -> str:
        typed = self.cleaned_data["domain"].strip()
        domain = domains.of_address(typed) if "@" in typed else domains.of_website(typed)
        if not domain or not domains.is_somebodys(domain):
            raise forms.ValidationError(_("This is no organization’s own domain: anybody can have an address there."))
        return domain


class DomainInline(admin.TabularInline):
    model = OrganizationDomain
    form = DomainForm
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(FoundByIndex, WithinReach, admin.ModelAdmin):
    list_display = ["name", "acronym", "country", "scope", "organization_type", "verified_at", "merged_into"]
    list_filter = ["scope", "organization_type", ("merged_into", admin.EmptyFieldListFilter)]
    list_select_related = ["merged_into"]
    sortable_by = ["name"]
    search_fields = ["name", "acronym", "other_names__name"]
    search_help_text = WORDS
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OtherNameInline, DomainInline]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def ids_found(self, term: str) -> Iterable[int]:
        """Any current or merged entry that has the words in one of its names, or in its acronym."""
        return staff_search.organizations(term)

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        if change and {"name", "acronym"} & set(form.changed_data):
            name, acronym = obj.name, obj.acronym
            merging.rename(obj, name=name, acronym=acronym, by=cast(User, request.user))
            for field in form.changed_data:
                setattr(obj, field, form.cleaned_data[field])
        obj.search_key = names.search_key(obj.name)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            if isinstance(row, OrganizationName):
                row.search_key = names.search_key(row.name)
            elif isinstance(row, OrganizationDomain) and row.pk is None:
                row.added_by = cast(User, request.user)
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        name_keys.index([form.instance])


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "campaign"]
    list_select_related = ["user", "campaign"]
    list_filter = ["campaign"]
