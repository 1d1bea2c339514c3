"""What is only looked at: messages, the ledger and what was exported."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.reach import WithinReach
from signon.admin.paging import ShortPaginator
from signon.models import Export, Fetch, LedgerEntry, Message, Registration


class ReadOnly(WithinReach, admin.ModelAdmin):
    paginator, show_full_result_count = ShortPaginator, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# What an address that may be encrypted is found by.
ADDRESS_OR_DOMAIN = _("An e-mail address is found by the whole of it, or by its domain.")


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["kind", "to_address", "state", "tries", "due_at", "sent_at", "answer"]
    list_filter = ["state", "kind"]
    sortable_by = ["kind", "state", "tries", "due_at", "sent_at"]  # addresses may be encrypted
    search_fields = ["to_address__found", "key", "message_id"]
    search_help_text = ADDRESS_OR_DOMAIN
    exclude = ["body"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    list_display = ["at", "in_words", "sign_on", "statement", "number", "by"]
    list_filter = ["act"]
    list_select_related = ["sign_on", "statement", "by"]
    search_fields = ["sign_on__listed_name", "=sign_on__id", "=statement__slug"]
    # As they came: by their moments nothing is sorted.
    ordering = ["-pk"]

    @admin.display(description=_("act"))
    def in_words(self, entry: LedgerEntry) -> str:
        return entry.words


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    list_display = ["name", "organization", "email", "event", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["event"]
    sortable_by = ["name", "organization", "event", "state", "created_at"]
    search_fields = ["name", "organization", "email__found", "=event__slug"]
    search_help_text = ADDRESS_OR_DOMAIN


class FetchInline(admin.TabularInline):
    model = Fetch
    fields = ["by", "at"]
    readonly_fields = ["by", "at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("signon.view_export")


@admin.register(Export)
class ExportAdmin(ReadOnly):
    """Who took which list along; the files are their owners' alone."""

    list_display = ["at", "by", "statement", "way", "format", "rows", "with_contacts"]
    list_filter = ["way", "format", "with_contacts"]
    list_select_related = ["by", "statement"]
    search_fields = ["=digest", "by__email"]
    exclude = ["file"]
    inlines = [FetchInline]
