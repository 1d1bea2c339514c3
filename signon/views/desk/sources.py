"""Sources at the desk: partners' links, and how many came by each."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from signon.invitations import sourcing
from signon.invitations.invitation_forms import SourceCodeForm
from signon.models import Source, User
from signon.people import reach
from signon.views.staff import staff_with

may_organize = staff_with("signon.organize_statement")


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    """Every code with its link and its numbers; a new one."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    form = SourceCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = sourcing.make(statement, by=user, **form.cleaned_data)
            messages.success(request, _("The link of %(name)s is ready.") % {"name": made})
            return redirect("desk-sources", slug)
        except sourcing.Taken:
            form.add_error("code", _("Another partner has this code, or it is a reserved word."))
    address = settings.SITE_URL + statement.get_absolute_url()
    found = sourcing.brought(statement)
    entered, stand = sourcing.brought_by_staff(statement)
    page = {
        "statement": statement,
        "form": form,
        "brought": [(each, f"{address}?via={each.code}" if each.source else "") for each in found],
        "entered": entered,
        "entered_accepted": stand,
        "accepted": stand + sum(each.accepted for each in found),
    }
    return render(request, "desk/sources.html", page, status=422 if form.is_bound else 200)


@require_POST
@may_organize
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Forget a code that nobody came by."""
    found = get_object_or_404(Source.objects.for_user(cast(User, request.user)).select_related("statement"), pk=number)
    if not sourcing.drop(found):
        messages.warning(request, _("Somebody came by it: the code stays."))
    return redirect("desk-sources", found.statement.slug)
