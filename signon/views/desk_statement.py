"""One statement at the desk: where it stands, and the ways to everything about it."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from signon import reach
from signon.models import User
from signon.views.staff import staff_with


@require_safe
@staff_with("signon.view_signon")
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    found = reach.statement_or_404(cast(User, request.user), slug)
    page = {"statement": found, "tally": found.counters.all().tally()}
    return render(request, "desk/statement.html", page)
