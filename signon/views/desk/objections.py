"""What people ask of the staff about their own data, and what became of it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from signon.models import Objection, User
from signon.privacy import rights
from signon.views.staff import staff_with

MAY = "signon.change_suppression"


@require_safe
@staff_with(MAY)
def objections(request: HttpRequest) -> HttpResponse:
    settled = Objection.objects.exclude(settled_at=None).select_related("settled_by")[:50]
    return render(request, "desk/objections.html", {"waiting": Objection.objects.waiting(), "settled": settled})


@require_POST
@staff_with(MAY)
def settle(request: HttpRequest, number: int) -> HttpResponse:
    done = rights.settle(get_object_or_404(Objection, pk=number), by=cast(User, request.user))
    messages.success(request, _("Done.") if done else _("Somebody was faster."))
    return redirect("desk-objections")
