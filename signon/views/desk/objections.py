"""What people ask of the staff about their own data, and what became of it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import Objection, User
from signon.privacy import rights
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
    settled = found.exclude(settled_at=None).select_related("settled_by")[:50]
    return render(request, "desk/objections.html", {"waiting": found.waiting(), "settled": settled})


@require_POST
@staff_with(MAY)
def settle(request: HttpRequest, number: int) -> HttpResponse:
    _for_the_whole_network(request)
    by = cast(User, request.user)
    done = rights.settle(get_object_or_404(Objection.objects.for_user(by), pk=number), by=by)
    messages.success(request, _("Done.") if done else _("Somebody was faster."))
    return redirect("desk-objections")
