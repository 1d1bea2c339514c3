"""Mailboxes that get no mail: staff look them up, add one, and let mail go there again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.admin.reach import WithinReach
from signon.admin.paging import ShortPaginator
from signon.mail import addresses, bouncing
from signon.models import Suppression


class SuppressionForm(forms.ModelForm):
    """One mailbox, by hand; the other reasons are reported and not typed."""

    mailbox = forms.EmailField(label=_("E-mail address"), max_length=254)

    class Meta:
        model = Suppression
        fields = ["mailbox"]

    def clean_mailbox(self) -> str:
        mailbox = addresses.mailbox(addresses.clean(self.cleaned_data["mailbox"]))
        self.instance.reason = Suppression.Reason.BY_HAND
        if Suppression.objects.of(mailbox).filter(reason=self.instance.reason).exists():
            raise forms.ValidationError(_("This address is on the list already."), code="listed")
        return mailbox


class StandsFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Stands")), ("no", _("Lifted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> QuerySet[Suppression]:
        return queryset.filter(lifted_at__isnull=self.value() == "yes") if self.value() else queryset


@admin.register(Suppression)
class SuppressionAdmin(WithinReach, admin.ModelAdmin):
    list_display = ["mailbox", "reason", "at", "lifted_at"]
    sortable_by = ["reason", "at", "lifted_at"]  # addresses may be encrypted
    list_filter = ["reason", StandsFilter]
    search_fields = ["mailbox__found"]
    search_help_text = _("A whole address, without what stands after a “+” in it, or a domain.")
    date_hierarchy = "at"
    paginator, show_full_result_count = ShortPaginator, False
    actions = ["lift_chosen"]

    form = SuppressionForm

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> Any:
        # Not the message: it is looked up by those who may see messages.
        return ["mailbox", "reason", "at", "lifted_at"] if obj else ["mailbox"]

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signon.change_suppression")

    @admin.action(description=_("Let mail go there again"), permissions=["lift"])
    def lift_chosen(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        done = 0
        for one in queryset.filter(lifted_at__isnull=True):
            if bouncing.lift(one.mailbox, one.reason):
                self.log_change(request, one, "lifted")
                done += 1
        words = ngettext("Mail goes to %d address again.", "Mail goes to %d addresses again.", done) % done
        self.message_user(request, words)
