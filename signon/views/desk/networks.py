"""Lists of networks' members at the desk, and what staff say of one member."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon.imports.tables import Unreadable
from signon.invitations import guest_lists, invitation_desk, networks
from signon.invitations.network_forms import NetworkForm
from signon.models import Member, Network, Organization, User
from signon.views.staff import staff_with

SHOWN = 20
may_organize = staff_with("signon.organize_statement")


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def networks_page(request: HttpRequest) -> HttpResponse:
    """Every network's list, and a new one from a file or pasted text."""
    posted = request.method == "POST"
    form = NetworkForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        given = form.cleaned_data
        try:
            read = networks.from_list(
                given["name"], given["file"] or given["text"], by=cast(User, request.user), note=given["note"]
            )
        except Unreadable as error:
            form.add_error(None, str(error))
        except networks.Taken:
            form.add_error("name", _("There is a list of this name already."))
        else:
            _say(request, read)
            return redirect("desk-network", read.network.pk)
    page = {"form": form, "networks": Network.objects.annotate(members_number=Count("members"))}
    return render(request, "desk/networks.html", page, status=422 if posted else 200)


@require_safe
@may_organize
def network(request: HttpRequest, number: int) -> HttpResponse:
    """Its members, and the statements whose coverage can be looked at."""
    found = get_object_or_404(Network.objects.select_related("created_by"), pk=number)
    page = {
        "network": found,
        "members": found.members.select_related("organization").order_by("number"),
        "statements": Statement.objects.for_user(cast(User, request.user)).prefetch_related("revisions__texts"),
    }
    return render(request, "desk/network.html", page)


@require_safe
@may_organize
def member(request: HttpRequest, number: int) -> HttpResponse:
    """One member: which organization of the directory it is, found by likeness or by name."""
    found = get_object_or_404(Member.objects.select_related("network", "organization"), pk=number)
    asked = request.GET.get("q", "")[:100]
    reached = Statement.objects.for_user(cast(User, request.user))
    statement = reached.filter(slug=request.GET.get("statement", "")).first()
    page = {
        "member": found,
        "statement": statement,
        "q": asked,
        "near": networks.near(found)[:SHOWN] if not asked else [],
        "found": guest_lists.search(asked)[:SHOWN] if asked else [],
        "may_decide": request.user.has_perm("signon.merge_organization"),
    }
    return render(request, "desk/member.html", page)


@require_POST
@may_organize
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a list away."""
    try:
        networks.remove(get_object_or_404(Network, pk=number), by=cast(User, request.user))
    except networks.NotAllowed:
        messages.warning(request, _("Only whoever made the list, or an administrator, takes it away."))
        return redirect("desk-network", number)
    return redirect("desk-networks")


@require_POST
@staff_with("signon.merge_organization")
def decide(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """This member is that organization, or is not, or nothing is said of it any more."""
    member, by = get_object_or_404(Member, pk=number), cast(User, request.user)
    if name == "forget":
        networks.forget(member)
    elif name in ("is-it", "is-not-it"):
        chosen = invitation_desk.number(request.POST.get("organization", ""))
        organization = get_object_or_404(Organization.objects.for_user(by).current(), pk=chosen)
        (networks.is_it if name == "is-it" else networks.is_not_it)(member, organization, by=by)
    else:
        raise Http404
    statement = Statement.objects.for_user(by).filter(slug=request.POST.get("statement", "")).first()
    if statement is None:
        return redirect("desk-network", member.network_id)
    return redirect(f"{reverse('desk-coverage', args=[statement.slug])}?network={member.network_id}#member-{member.pk}")


def _say(request: HttpRequest, read: networks.Read) -> None:
    messages.success(request, _("%(number)s members are on the list.") % {"number": read.members})
    if read.in_doubt:
        told = {"names": ", ".join(read.in_doubt[:20])}
        messages.warning(
            request, _("Kept without a country, for we do not know the one that is printed: %(names)s.") % told
        )
    if read.left_out:
        messages.info(request, _("Left out: %(number)s headings or individuals.") % {"number": read.left_out})
