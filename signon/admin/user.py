from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from signon.admin.records import ReadOnly
from signon.models import FactorReset, Seat, User
from signon.people import accounts, factor_resets
from signon.people.account_forms import FactorResetForm

# Allauth's own lists: what is secret in them is its owner's, and what is to be done to them the account's pages do.
for _model in (Authenticator, UserSession, EmailAddress, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)

RESET = "signon.reset_factor"


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, type] = {}


@admin.register(User)
class AccountAdmin(UserAdmin):
    add_form = NewUserForm
    ordering = ["email"]
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    search_fields = ["email", "name"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "name", "language", "digest", "password"]}),
        (_("Roles"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Moments"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["email", "usable_password", "password1", "password2"]})]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        before = User.objects.get(pk=obj.pk).email if change else obj.email
        super().save_model(request, obj, form, change)
        if before.lower() != obj.email.lower():
            accounts.move(obj, before=before)

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.reset_factor)
        return [path("<int:number>/reset-factor/", page, name="signon_user_reset_factor"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With a link to take a lost second factor away, for who may and where there is one."""
        has_one = Authenticator.objects.filter(user_id=object_id).exists() if object_id.isdecimal() else False
        more = dict(extra_context or {})
        if has_one and request.user.has_perm(RESET) and str(request.user.pk) != object_id:
            more["reset_url"] = reverse("admin:signon_user_reset_factor", args=[object_id])
        return super().change_view(request, object_id, form_url, extra_context=more)

    def reset_factor(self, request: HttpRequest, number: int) -> HttpResponse:
        """Asks why; in a day the factor is gone, if its owner does not stop it."""
        if not request.user.has_perm(RESET):
            raise PermissionDenied
        user = get_object_or_404(User, pk=number)
        form = FactorResetForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            self._ask(request, user, form.cleaned_data["why"])
            return redirect("admin:signon_user_change", user.pk)
        found = {
            **self.admin_site.each_context(request),
            "title": gettext("Take a second factor away"),
            "form": form,
            "account": user,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/signon/user/reset_factor.html", found)

    def _ask(self, request: HttpRequest, user: User, why: str) -> None:
        try:
            factor_resets.ask(user, by=cast(User, request.user), why=why)
        except factor_resets.Waits:
            messages.warning(request, gettext("Somebody asked for it already. It waits."))
        except factor_resets.NothingToReset:
            messages.warning(request, gettext("This account has no second factor."))
        except factor_resets.OnesOwn:
            messages.error(request, gettext("Nobody takes away their own. Ask a colleague."))
        else:
            messages.success(
                request, gettext("The second factor goes in a day. Its owner is told now, and can stop it.")
            )


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    """Who acts for which organization; decided at the desk, and by the organizations' own people."""

    list_display = ["organization", "user", "email", "role", "state", "how", "decided_by", "decided_at"]
    list_filter = ["state", "role", "how"]
    search_fields = ["organization__name", "email"]
    exclude = ["link_key"]
    list_select_related = ["organization", "user", "decided_by"]


@admin.register(FactorReset)
class FactorResetAdmin(ReadOnly):
    """Who asked for what, when and why, and what came of it; one that waits can be stopped."""

    list_display = ["user", "by", "at", "due_at", "outcome", "ended_at"]
    list_filter = ["outcome"]
    search_fields = ["user__email", "by__email"]
    actions = ["stop_chosen"]
    list_select_related = ["user", "by"]

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RESET)

    @admin.action(description=_("Stop it: the second factor stays"), permissions=["stop"])
    def stop_chosen(self, request: HttpRequest, queryset: QuerySet[FactorReset]) -> None:
        done = sum(factor_resets.stop(reset, by=cast(User, request.user)) for reset in queryset)
        words = ngettext("%d second factor stays.", "%d second factors stay.", done) % done
        self.message_user(request, words)
