"""What is only looked at: messages and the ledger."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from signon.models import LedgerEntry, Message


class ReadOnly(admin.ModelAdmin):
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


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    list_display = ["at", "act", "sign_on", "number", "by"]
    list_filter = ["act"]
    list_select_related = ["sign_on", "by"]
    search_fields = ["sign_on__listed_name", "=sign_on__id"]
    ordering = ["-at"]
