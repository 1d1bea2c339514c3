"""The desk's page of people who say that they act for an organization."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from signon.casework import decisions, desk, domains, proposing
from signon.models import Proposal, Seat, User
from signon.people import seats
from signon.people.seat_forms import DecideForm
from signon.views.desk import case_page
from signon.views.posted import posted_from, tell
from signon.views.staff import staff_with

MAY = "signon.verify_signon"


@require_safe
@staff_with(MAY)
def claims(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first, with what speaks for it; then who acts for whom, the newest first."""
    return _page(request)


def _page(request: HttpRequest, posted: DecideForm | None = None) -> HttpResponse:
    """The page, with the form that came back in its place."""
    with_people = Seat.objects.for_user(cast(User, request.user)).select_related("organization", "user", "decided_by")
    rows = [
        {"seat": each, "form": _form(f"seat-{each.pk}-%s", posted), **_evidence(each)}
        for each in with_people.asked().prefetch_related("organization__domains")
    ]
    newest = with_people.standing().order_by("-decided_at")[:50]
    proposed = Proposal.objects.for_user(cast(User, request.user)).waiting().filter(organization__isnull=False)
    names = [
        {"proposal": each, "form": _form(f"proposal-{each.pk}-%s", posted)}
        for each in proposed.select_related("organization", "by")
    ]
    may_verify = request.user.has_perm(MAY)
    page = {"rows": rows, "names": names, "newest": newest, "may_verify": may_verify, "posted": posted}
    return render(request, "desk/claims.html", page, status=422 if posted else 200)


def _form(auto_id: str, posted: DecideForm | None) -> DecideForm:
    return posted if posted and posted.auto_id == auto_id else DecideForm(auto_id=auto_id)


def _evidence(seat: Seat) -> dict[str, object]:
    domain = domains.of_address(seat.email)
    recorded = [each.domain for each in seat.organization.domains.all()]
    return {"domain": domains.readable(domain), "is_free_mail": domains.is_free_mail(domain), "recorded": recorded}


@posted_from("desk-claims")
@staff_with(MAY)
def decide(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Accept or decline a claim, or end a seat. Only who declines gives a reason."""
    by, form = cast(User, request.user), DecideForm(request.POST, auto_id=f"seat-{number}-%s")
    seat = get_object_or_404(Seat.objects.for_user(by).select_related("organization", "user"), pk=number)
    if act == "decline" and not form.is_valid():
        return _page(request, form)
    if act == "accept":
        done = seats.accept(seat, by=by)
    elif act == "decline":
        done = seats.decline(seat, by=by, reason=form.cleaned_data["reason"])
    elif act == "remove":
        done = seats.remove(seat, by=by)
    else:
        raise Http404
    tell(request, done=done)
    return redirect("desk-claims")


@posted_from("desk-claims")
@staff_with(MAY)
def decide_proposal(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Accept or decline what a signer, or an organization's owner, asked to have changed."""
    by, form = cast(User, request.user), DecideForm(request.POST, auto_id=f"proposal-{number}-%s")
    rows = Proposal.objects.for_user(by).select_related("sign_on", "organization", "by")
    proposal = get_object_or_404(rows, pk=number)
    back = redirect("desk-case", proposal.sign_on_id) if proposal.sign_on_id else redirect("desk-claims")
    if act not in ("accept", "decline"):
        raise Http404
    if act == "decline" and not form.is_valid():
        if proposal.sign_on:
            sent_back = {f"proposal-{number}": form}
            return case_page.show(request, proposal.sign_on, desk.Choice(), forms=sent_back, status=422)
        return _page(request, form)
    try:
        if act == "accept":
            done = proposing.accept(proposal, by=by)
        else:
            done = proposing.decline(proposal, by=by, reason=form.cleaned_data["reason"])
    except decisions.CannotDecide:
        messages.warning(request, _("The sign-on does not stand any more, or has this name already."))
        return back
    tell(request, done=done)
    return back
