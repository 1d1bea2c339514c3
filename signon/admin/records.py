"""What is only looked at: messages, the ledger and what was exported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.reach import WithinReach
from campaigns.models import Statement
from signon.admin.paging import FoundByIndex, ShortPaginator, at_most
from signon.finding import staff_search
from signon.mail import addresses
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
WORDS = _("A word finds names with a word that begins so.")


@admin.register(Message)
class MessageAdmin(FoundByIndex, ReadOnly):
    list_display = ["kind", "to_address", "state", "tries", "due_at", "sent_at", "answer"]
    list_filter = ["state", "kind"]
    # As they came; addresses may be encrypted besides.
    sortable_by = ()
    ordering = ["-pk"]
    search_fields = ["to_address", "key", "message_id"]
    search_help_text = _("A whole e-mail address, key or Message-ID.")
    exclude = ["body"]

    def ids_found(self, term: str) -> Iterable[int]:
        """Messages to this mailbox, or with this key or Message-ID."""
        asked = Q(key=term) | Q(message_id=term)
        if "@" in term:
            asked |= Q(mailbox=addresses.mailbox(term))
        return at_most(Message.objects.filter(asked))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(FoundByIndex, ReadOnly):
    list_display = ["at", "in_words", "sign_on", "statement", "number", "by"]
    list_filter = ["act"]
    list_select_related = ["sign_on", "statement", "by"]
    search_fields = ["sign_on__listed_name", "sign_on__id", "statement__slug"]
    search_help_text = _("Words of a sign-on’s name, its number, or a statement’s short name.")
    # As they came: by their moments nothing is sorted.
    sortable_by = ()
    ordering = ["-pk"]

    def ids_found(self, term: str) -> Iterable[int]:
        """The chains of a statement, of the sign-on of this number, and of those whose names have the words."""
        numbers = staff_search.sign_ons(term)
        if term.isascii() and term.isdecimal() and len(term) < 18:
            numbers.add(int(term))
        statements = list(Statement.objects.filter(slug=term).order_by().values_list("pk", flat=True))
        chains = Q(statement__in=statements) | Q(sign_on__in=numbers)
        return at_most(LedgerEntry.objects.filter(chains))

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
