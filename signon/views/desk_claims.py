"""The desk's page of people who say that they act for an organization."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from signon import domains, seats
from signon.models import Seat, User
from signon.seat_forms import DecideForm
from signon.views.staff import staff_with

MAY = "signon.verify_signon"


@require_safe
@staff_with(MAY)
def claims(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, with what speaks for it; then who acts for whom, the newest first."""
    with_people = Seat.objects.for_user(cast(User, request.user)).select_related("organization", "user", "decided_by")
    rows = [
        {"seat": each, "form": DecideForm(auto_id=f"id_{each.pk}_%s"), **_evidence(each)}
        for each in with_people.asked().prefetch_related("organization__domains")
    ]
    newest = with_people.standing().order_by("-decided_at")[:50]
    return render(request, "desk/claims.html", {"rows": rows, "newest": newest})


def _evidence(seat: Seat) -> dict[str, object]:
    domain = domains.of_address(seat.email)
    recorded = [each.domain for each in seat.organization.domains.all()]
    return {"domain": domains.readable(domain), "is_free_mail": domains.is_free_mail(domain), "recorded": recorded}


@require_POST
@staff_with(MAY)
def decide(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Accept or decline a claim, or end a seat."""
    by, form = cast(User, request.user), DecideForm(request.POST)
    seat = get_object_or_404(Seat.objects.for_user(by).select_related("organization", "user"), pk=number)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if act == "accept":
        done = seats.accept(seat, by=by)
    elif act == "decline":
        done = seats.decline(seat, by=by, reason=reason)
    elif act == "remove":
        done = seats.remove(seat, by=by)
    else:
        raise Http404
    messages.success(request, _("Done.") if done else _("Somebody was faster."))
    return redirect("desk-claims")
