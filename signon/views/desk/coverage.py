"""A network's coverage of a statement at the desk."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.views.decorators.http import require_POST, require_safe

from signon.figures import share_charts
from signon.geography import country_maps
from signon.invitations import coverage as covering
from signon.invitations import guest_lists, invitation_desk
from signon.invitations.network_forms import ChooseNetworkForm
from signon.models import Network, User
from signon.people import reach
from signon.views.staff import staff_with

may_organize = staff_with("signon.organize_statement")


@require_safe
@may_organize
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    """How many members signed, by region and country; who may have; who is missing."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    network = _network(request)
    page = {"statement": statement, "form": ChooseNetworkForm(initial={"network": network}), "network": network}
    if network is not None:
        found = covering.compute(network, statement)
        places = found.places(get_language() or "en")
        page |= {
            "whole": found.whole(), "places": places, "map": country_maps.of_members(places),
            "chart": share_charts.shares(places, rtl=get_language_bidi()),
            "signed": found.of(covering.SIGNED), "perhaps": found.of(covering.PERHAPS),
            "missing": found.of(covering.MISSING), "may_decide": user.has_perm("signon.merge_organization"),
        }  # fmt: skip
    return render(request, "desk/coverage.html", page)


@require_safe
@may_organize
def missing(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Who is missing, as CSV; with contacts of their invitations for who may export contacts."""
    user = cast(User, request.user)
    statement, network = reach.statement_or_404(user, slug), _network(request)
    if network is None:
        raise Http404
    found = covering.compute(network, statement)
    lines = covering.missing_as_csv(found, contacts=user.has_perm("signon.export_contacts"))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-missing.csv"'
    return response


@require_POST
@may_organize
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Put who is missing on the list of whom to invite. Nothing is sent."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    network = get_object_or_404(Network, pk=invitation_desk.number(request.POST.get("network", "")))
    missing_ones = [line.member for line in covering.compute(network, statement).of(covering.MISSING)]
    number = guest_lists.from_members(statement, missing_ones, by=user, language=get_language() or "en")
    words = ngettext("%(number)s is on the list now. Nothing is sent yet.",
                     "%(number)s are on the list now. Nothing is sent yet.", number)  # fmt: skip
    messages.success(request, words % {"number": number})
    return redirect("desk-invitations-planned", slug)


def _network(request: HttpRequest) -> Network | None:
    """The one that was asked for; without a question the first there is."""
    if "network" in request.GET:
        found: Network = get_object_or_404(Network, pk=invitation_desk.number(request.GET["network"]))
        return found
    return Network.objects.first()
