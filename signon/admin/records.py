"""What is only looked at: messages, the ledger and what was exported."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from signon.admin.paging import ShortPaginator
from signon.models import Export, Fetch, LedgerEntry, Message, Registration, User
from signon.models.reach import within_reach


class ReadOnly(admin.ModelAdmin):
    paginator, show_full_result_count = ShortPaginator, False
    # The ways to the statement, for those who work on some campaigns alone.
    ways: tuple[str, ...] = ("statement__",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user = cast(User, request.user)
        return super().get_queryset(request).filter(reduce(or_, [within_reach(user, way) for way in self.ways]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["kind", "to_address", "state", "tries", "due_at", "sent_at", "answer"]
    list_filter = ["state", "kind"]
    search_fields = ["to_address", "key", "message_id"]
    exclude = ["body"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return Message.objects.for_user(cast(User, request.user)).order_by(*self.get_ordering(request))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    ways = ("sign_on__statement__", "statement__")
    list_display = ["at", "act", "sign_on", "statement", "number", "by"]
    list_filter = ["act"]
    list_select_related = ["sign_on", "statement", "by"]
    search_fields = ["sign_on__listed_name", "=sign_on__id", "=statement__slug"]
    # As they came: by their moments nothing is sorted.
    ordering = ["-pk"]


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    ways = ("event__",)
    list_display = ["name", "organization", "email", "event", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["event"]
    search_fields = ["name", "organization", "email", "=event__slug"]


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
