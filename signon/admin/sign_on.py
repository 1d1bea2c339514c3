"""Verify in the admin: find what waits, accept and decline one or many. Nobody sets a state by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from import_export.forms import SelectableFieldsExportForm

from campaigns.models import Statement
from signon import countries, verifying
from signon.exporting import CSV, JSON, XLSX
from signon.models import LedgerEntry, SignOn, User
from signon.resources import CONTACTS, resource_for

DONE = {
    "accept": ngettext_lazy(
        "%d sign-on accepted. Mail follows in ten minutes.",
        "%d sign-ons accepted. Mail follows in ten minutes.",
    ),
    "decline": ngettext_lazy(
        "%d sign-on declined. Mail follows in ten minutes.",
        "%d sign-ons declined. Mail follows in ten minutes.",
    ),
    "reopen": ngettext_lazy("%d decision taken back.", "%d decisions taken back."),
}
ACTS: dict[str, tuple[Any, Callable[..., None]]] = {
    "accept": (_("Accept"), verifying.accept),
    "decline": (_("Decline"), verifying.decline),
    "reopen": (_("Take the decision back"), verifying.reopen),
}


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
        present = set(model_admin.get_queryset(request).order_by().values_list("country", flat=True).distinct())
        named = [(code, name) for code, name in countries.choices(get_language() or "en") if code in present]
        return [*([("-", _("Regional or international"))] if "" in present else []), *named]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> QuerySet[SignOn]:
        value = self.value()
        return queryset.filter(country="" if value == "-" else value) if value else queryset


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 36}),
    )

    def __init__(self, *args: Any, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if act == "decline":
            self.fields["reason"].required = True
            self.fields["reason"].help_text = _("The signer gets these words by mail.")


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
class SignOnAdmin(ExportMixin, admin.ModelAdmin):
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
    list_filter = ("state", "statement", CountryFilter, AgeFilter, "signer")
    list_select_related = ["statement"]
    list_per_page = 50
    search_fields = ["listed_name", "organization_name", "email", "representative_name"]
    date_hierarchy = "created_at"
    ordering = ["created_at", "pk"]
    actions = ["accept_chosen", "decline_chosen", "reopen_chosen"]
    inlines = [LedgerInline]
    export_form_class = ExportForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignOn]:
        return SignOn.objects.for_user(cast(User, request.user)).select_related("statement")

    def get_readonly_fields(self, request: HttpRequest, obj: SignOn | None = None) -> list[str]:
        hidden = {"id", "sort_key", "search_key", "link_key", "ledger_salt"}
        return [field.name for field in SignOn._meta.fields if field.name not in hidden]

    def get_fields(self, request: HttpRequest, obj: SignOn | None = None) -> Any:
        return self.get_readonly_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signon.verify_signon")

    # Deciding

    @admin.action(description=_("Accept…"), permissions=["verify"])
    def accept_chosen(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> HttpResponse:
        return self._to_decision("accept", request, queryset)

    @admin.action(description=_("Decline…"), permissions=["verify"])
    def decline_chosen(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> HttpResponse:
        return self._to_decision("decline", request, queryset)

    @admin.action(description=_("Take the decision back…"), permissions=["verify"])
    def reopen_chosen(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> HttpResponse:
        return self._to_decision("reopen", request, queryset)

    def _to_decision(self, act: str, request: HttpRequest, queryset: QuerySet[SignOn]) -> HttpResponse:
        chosen = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:1000])
        back = urlencode({"chosen": chosen, "filters": request.GET.urlencode()})
        return redirect(f"{reverse('admin:signon_signon_decide', args=[act])}?{back}")

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("decide/<str:act>/", decide, name="signon_signon_decide"), *super().get_urls()]

    def decide(self, request: HttpRequest, act: str) -> HttpResponse:
        """Show what was chosen and ask for the reason; the button decides each of them."""
        if act not in ACTS or not self.has_verify_permission(request):
            raise PermissionDenied
        numbers = [
            int(pk)
            for pk in request.GET.get("chosen", "").split(",")
            if pk.isascii() and pk.isdecimal() and len(pk) < 19
        ]
        chosen = list(self.get_queryset(request).filter(pk__in=numbers).order_by("created_at", "pk"))
        back = f"{reverse('admin:signon_signon_changelist')}?{request.GET.get('filters', '')}"
        if not chosen:
            self.message_user(request, _("Nothing was chosen."), messages.WARNING)
            return redirect(back)
        form = ReasonForm(request.POST if request.method == "POST" else None, act=act)
        if form.is_bound and form.is_valid():
            self._decide_each(request, act, chosen, form.cleaned_data["reason"])
            return redirect(back)
        page = self.admin_site.each_context(request) | {
            "title": ACTS[act][0], "form": form, "chosen": chosen, "back": back, "opts": self.opts, "media": self.media,
        }  # fmt: skip
        return TemplateResponse(request, "admin/signon/sign_on/decide.html", page)

    def _decide_each(self, request: HttpRequest, act: str, chosen: list[SignOn], reason: str) -> None:
        done, by = 0, cast(User, request.user)
        for sign_on in chosen:
            try:
                ACTS[act][1](sign_on, by=by, reason=reason)
                done += 1
            except verifying.CannotDecide:
                state = SignOn.objects.get(pk=sign_on.pk).get_state_display()
                self.message_user(
                    request,
                    _("“%(name)s” was left as it is: %(state)s.") % {"name": sign_on, "state": state},
                    messages.WARNING,
                )
            except verifying.StandsAlready as error:
                self.message_user(
                    request,
                    _("“%(name)s” stands on this statement already (%(standing)s).")
                    % {"name": sign_on, "standing": error.standing},
                    messages.WARNING,
                )
        if done:
            self.message_user(request, DONE[act] % done)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        sign_on = (
            get_object_or_404(self.get_queryset(request), pk=object_id)
            if object_id and object_id.isascii() and object_id.isdecimal()
            else None
        )
        possible = {"accept": "accepted", "decline": "declined", "reopen": "confirmed"}
        offered = [
            {
                "label": ACTS[act][0],
                "url": f"{reverse('admin:signon_signon_decide', args=[act])}?chosen={sign_on.pk}",
            }
            for act, state in possible.items()
            if sign_on and state in sign_on.may_become and sign_on.state != SignOn.State.UNCONFIRMED
        ]
        allowed = offered if self.has_verify_permission(request) else []
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | {"acts": allowed})

    # Exporting

    def get_export_resource_classes(self, request: HttpRequest) -> list[type]:
        return [resource_for(request.user)]

    def get_export_formats(self) -> list[type]:
        return [CSV, XLSX, JSON]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("signon.export_signon")

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet[SignOn], file_format: Any) -> str:
        slugs = set(Statement.objects.filter(sign_ons__in=queryset).values_list("slug", flat=True)[:2])
        stem = slugs.pop() if len(slugs) == 1 else "sign-ons"
        return f"{stem}-{timezone.now():%Y-%m-%d}.{file_format.get_extension()}"
