"""Sign-ons on hold: what came too alike, what the limits held, and what becomes of it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from signon.abuse import bursts, holding
from signon.abuse.guarding import Suspicion
from signon.casework.desk_forms import BurstForm
from signon.models import Hold, User
from signon.people import reach
from signon.views.staff import staff_with


@require_safe
@staff_with("signon.view_signon")
def holds(request: HttpRequest) -> HttpResponse:
    """Bursts that nobody looked at yet, and what is on hold."""
    user = cast(User, request.user)
    held = Count("sign_ons", filter=Q(sign_ons__state__in=holding.HELD_IN))
    standing = Hold.objects.for_user(user).standing().select_related("statement", "placed_by").annotate(number=held)
    return render(request, "desk/holds.html", {"bursts": bursts.shown(user), "holds": standing})


@require_POST
@staff_with("signon.verify_signon")
def place(request: HttpRequest) -> HttpResponse:
    """Put a burst on hold, all of it in one act."""
    user, form = cast(User, request.user), BurstForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("That is not there any more. This is what there is now."))
        return redirect("desk-holds")
    statement = reach.statement_or_404(user, form.cleaned_data["statement"])
    suspicion = Suspicion(form.cleaned_data["reason"], form.cleaned_data["subject"])
    _hold, number = holding.quarantine(statement, suspicion, by=user)
    told = ngettext("%d sign-on is on hold. No mail goes out.", "%d sign-ons are on hold. No mail goes out.", number)
    messages.success(request, told % number)
    return redirect("desk-holds")


@require_POST
@staff_with("signon.verify_signon")
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Let all that it holds go."""
    user = cast(User, request.user)
    found = get_object_or_404(Hold.objects.for_user(user), pk=number)
    if holding.release(found, by=user):
        messages.success(request, _("Released. Who has not confirmed yet is mailed within some minutes."))
    return redirect("desk-holds")
