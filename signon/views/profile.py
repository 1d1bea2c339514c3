"""An organization's own profile, its official name, and what was signed with a seat: for who acts for it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import photos
from signon import tokens
from signon.casework import proposing
from signon.models import Proposal, Seat, User
from signon.people import presenting, seat_page, seats
from signon.people.profile_forms import OfficialNameForm, ProfileForm, ProfileNames, names_in
from signon.views.posted import posted_from

FORM = ["GET", "HEAD", "POST"]


def _owned(request: HttpRequest, number: int) -> Seat:
    """The owner's seat; for others there is none."""
    own = Seat.objects.standing().filter(user=cast(User, request.user), role=Seat.Role.OWNER)
    return get_object_or_404(own.select_related("organization", "user"), pk=number)


@require_http_methods(FORM)
@login_required
def profile(request: HttpRequest, number: int) -> HttpResponse:
    """What stands on its page: changed at once."""
    seat = _owned(request, number)
    organization = seats.current(seat)
    shown = presenting.profile_of(organization)
    names = [{"name": each.name, "kind": each.kind, "language": each.language} for each in shown.names.all()]
    posted = request.POST if request.method == "POST" else None
    form = ProfileForm(posted, request.FILES or None, profile=shown)
    rows = ProfileNames(posted, initial=names, prefix="names")
    if posted is not None and form.is_valid() and rows.is_valid():
        try:
            presenting.change(seat, form.said(names_in(rows)))
        except photos.NotAPicture as error:
            form.add_error("logo", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("seat-profile", number)
    logo = presenting.logo_of(shown)
    page = {
        "seat": seat,
        "organization": organization,
        "form": form,
        "rows": rows,
        "logo": photos.sources(logo) if logo else None,
        "is_shown": shown.in_directory,
    }
    return render(request, "seats/profile.html", page, status=422 if posted is not None else 200)


@require_http_methods(FORM)
@login_required
def official_name(request: HttpRequest, number: int) -> HttpResponse:
    """Propose another official name; staff decide."""
    seat = _owned(request, number)
    organization = seats.current(seat)
    form = OfficialNameForm(request.POST if request.method == "POST" else None, organization=organization)
    if form.is_bound and form.is_valid():
        try:
            proposing.propose_official_name(seat, **form.cleaned_data)
        except proposing.CannotPropose:
            form.add_error("name", _("This is its official name now. Write another one."))
        else:
            messages.success(request, _("Our staff look at it, and you are mailed what became of it."))
            return redirect("seat", number)
    page = {"seat": seat, "organization": organization, "form": form}
    return render(request, "seats/official_name.html", page, status=422 if form.is_bound else 200)


@posted_from("seat", "number")
@login_required
def take_back_name(request: HttpRequest, number: int) -> HttpResponse:
    seat = _owned(request, number)
    proposal = Proposal.objects.waiting().filter(organization=seats.current(seat)).first()
    if proposal is None:
        raise Http404
    if proposing.take_back(proposal, by=seat.user):
        messages.success(request, _("The proposal is taken back."))
    return redirect("seat", number)


@require_safe
@login_required
def sign_on(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """To the page of a sign-on that was made with this seat, which its mails lead to as well."""
    standing = Seat.objects.standing().filter(user=cast(User, request.user))
    seat = get_object_or_404(standing.select_related("organization", "user"), pk=number)
    own = get_object_or_404(seat_page.own_sign_ons(seat), pk=other)
    return redirect("manage", tokens.make(own, tokens.MANAGE))
