"""The desk's page of people who say that they act for an organization."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from signon.casework import decisions, domains, proposing
from signon.models import Proposal, Seat, User
from signon.people import seats
from signon.people.seat_forms import DecideForm
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
    proposed = Proposal.objects.for_user(cast(User, request.user)).waiting().filter(organization__isnull=False)
    names = [
        {"proposal": each, "form": DecideForm(auto_id=f"proposal-{each.pk}-%s")}
        for each in proposed.select_related("organization", "by")
    ]
    page = {"rows": rows, "names": names, "newest": newest, "may_verify": request.user.has_perm(MAY)}
    return render(request, "desk/claims.html", page)


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


@require_POST
@staff_with(MAY)
def decide_proposal(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Accept or decline what a signer, or an organization's owner, asked to have changed."""
    by, form = cast(User, request.user), DecideForm(request.POST)
    rows = Proposal.objects.for_user(by).select_related("sign_on", "organization", "by")
    proposal = get_object_or_404(rows, pk=number)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    back = redirect("desk-case", proposal.sign_on_id) if proposal.sign_on_id else redirect("desk-claims")
    if act not in ("accept", "decline"):
        raise Http404
    try:
        accepted = act == "accept"
        done = proposing.accept(proposal, by=by) if accepted else proposing.decline(proposal, by=by, reason=reason)
    except decisions.CannotDecide:
        messages.warning(request, _("The sign-on does not stand any more, or has this name already."))
        return back
    messages.success(request, _("Done.") if done else _("Somebody was faster."))
    return back
