"""Search and export sign-ons. They are decided at the desk; nobody sets a state by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from import_export.forms import SelectableFieldsExportForm

from campaigns.admin.reach import ReachedFilter, WithinReach
from campaigns.models import Statement
from signon import exporting
from signon.admin.formats import CSV, JSON, ODS, XLSX
from signon.admin.paging import FoundByIndex
from signon.admin.records import ADDRESS_OR_DOMAIN, WORDS
from signon.finding import staff_search
from signon.geography import countries
from signon.models import Counter, LedgerEntry, SignOn, User
from signon.resources import CONTACTS, resource_for


class AgeFilter(admin.SimpleListFilter):
    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("Older than a day")),
            ("3", _("Older than three days")),
            ("7", _("Older than a week")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> QuerySet[SignOn]:
        days = self.value()
        return (
            queryset.filter(created_at__lt=timezone.now() - timedelta(days=int(days)))
            if days in ("1", "3", "7")
            else queryset
        )


class CountryFilter(admin.SimpleListFilter):
    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        present = self._present(model_admin.get_queryset(request))
        named = [(code, name) for code, name in countries.choices(get_language() or "en") if code in present]
        return [*([("-", _("Regional or international"))] if "" in present else []), *named]

    def _present(self, sign_ons: QuerySet[SignOn]) -> set[str]:
        """The countries of the newest thousand, and of all who were accepted."""
        newest = sign_ons.order_by("-created_at").values_list("country", flat=True)[:1000]
        return {*newest, *Counter.objects.order_by().values_list("country", flat=True).distinct()}

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> QuerySet[SignOn]:
        value = self.value()
        return queryset.filter(country="" if value == "-" else value) if value else queryset


class ExportForm(SelectableFieldsExportForm):
    """CSV first, and whom to write to only where somebody ticks it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].initial = "0"
        for name, field in self.fields.items():
            if name.partition("_")[2] in CONTACTS:
                field.initial = False


class LedgerInline(admin.TabularInline):
    model = LedgerEntry
    fields = ["number", "at", "act", "by", "facts"]
    readonly_fields = ["number", "at", "act", "by", "facts"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SignOn)
class SignOnAdmin(FoundByIndex, WithinReach, ExportMixin, admin.ModelAdmin):
    change_form_template = "admin/signon/sign_on/change_form.html"
    list_display = [
        "listed_name",
        "statement",
        "country",
        "state",
        "representative_name",
        "email",
        "created_at",
    ]
    sortable_by = ["created_at"]
    list_filter = ("state", ("statement", ReachedFilter), CountryFilter, AgeFilter, "signer")
    list_select_related = ["statement"]
    list_per_page = 50
    search_fields = ["listed_name", "organization_name", "email__found", "representative_name"]
    search_help_text = format_lazy("{} {}", WORDS, ADDRESS_OR_DOMAIN)
    ordering = ["created_at", "pk"]
    inlines = [LedgerInline]
    export_form_class = ExportForm

    def ids_found(self, term: str) -> Iterable[int]:
        """By words of name and representative, by address or domain."""
        return staff_search.sign_ons(term)

    def get_readonly_fields(self, request: HttpRequest, obj: SignOn | None = None) -> list[str]:
        hidden = {"id", "sort_key", "search_key", "link_key", "ledger_salt", "public_id", "network"}
        return [field.name for field in SignOn._meta.fields if field.name not in hidden]

    def get_fields(self, request: HttpRequest, obj: SignOn | None = None) -> Any:
        return self.get_readonly_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        is_number = object_id is not None and object_id.isascii() and object_id.isdecimal()
        page = (extra_context or {}) | {"at_the_desk": reverse("desk-case", args=[object_id]) if is_number else ""}
        return super().changeform_view(request, object_id, form_url, page)

    # Exporting

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """A filter that the list does not have leads back to the list, as Django's own list does it."""
        try:
            response: HttpResponse = super().export_action(request)
        except IncorrectLookupParameters:
            return redirect("admin:signon_signon_changelist")
        return response

    def get_export_resource_classes(self, request: HttpRequest) -> list[type]:
        return [resource_for(request.user)]

    def get_export_formats(self) -> list[type]:
        return [CSV, XLSX, JSON, ODS]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signon.export_signon")

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[SignOn]:
        found = super().get_export_queryset(request).filter(same_as__isnull=True)
        return resource_for(request.user).annotated(found)

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: QuerySet[SignOn], **kwargs: Any) -> Any:
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        form = kwargs.get("export_form")
        columns = form.get_selected_resource_export_fields() if form else []
        exporting.record(
            data,
            queryset.count(),
            file_format.get_extension(),
            by=cast(User, request.user),
            asked={"filters": sorted(request.GET), "columns": list(columns)},
            contacts=request.user.has_perm("signon.export_contacts"),
        )
        return data

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet[SignOn], file_format: Any) -> str:
        slugs = set(Statement.objects.filter(sign_ons__in=queryset).values_list("slug", flat=True)[:2])
        stem = slugs.pop() if len(slugs) == 1 else "sign-ons"
        return f"{stem}-{timezone.now():%Y-%m-%d}.{file_format.get_extension()}"
