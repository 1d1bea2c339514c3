"""What people ask of the staff about their own data, and what became of it."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote, urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import Objection, User
from signon.privacy import rights
from signon.views.posted import tell
from signon.views.staff import staff_with

MAY = "signon.change_suppression"


def _for_the_whole_network(request: HttpRequest) -> None:
    """Objections are of no campaign: who works for some campaigns has no page of them."""
    if not request.user.has_perm(ALL_CAMPAIGNS):
        raise PermissionDenied


@require_safe
@staff_with(MAY)
def objections(request: HttpRequest) -> HttpResponse:
    _for_the_whole_network(request)
    found = Objection.objects.for_user(cast(User, request.user))
    settled = found.exclude(settled_at=None).select_related("settled_by").order_by("-settled_at", "-pk")[:50]
    may_write = request.user.has_perm(MAY)
    page = {
        name: [{"objection": each, "reply_url": _reply_url(each) if may_write else ""} for each in rows]
        for name, rows in (("waiting", found.waiting()), ("settled", settled))
    }
    return render(request, "desk/objections.html", page)


def _reply_url(objection: Objection) -> str:
    """Opens a mail to who asked, with a subject in their language; "" where their address is not kept."""
    if not objection.email:
        return ""
    with override(objection.language):
        subject = _("What you asked us about your data")
    return f"mailto:{quote(objection.email, safe='@')}?{urlencode({'subject': subject}, quote_via=quote)}"


@require_POST
@staff_with(MAY)
def settle(request: HttpRequest, number: int) -> HttpResponse:
    _for_the_whole_network(request)
    by = cast(User, request.user)
    done = rights.settle(get_object_or_404(Objection.objects.for_user(by), pk=number), by=by)
    tell(request, done=done)
    return redirect("desk-objections")
