"""What staff enter for somebody else: the form at the desk, and the page by which the representative objects."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from signon import tokens
from signon.casework import by_hand
from signon.casework.hand_forms import HandForm
from signon.models import HandEntry, SignOn, User
from signon.people import reach
from signon.views.links import of_a_sign_on
from signon.views.origin import under_a_token
from signon.views.staff import staff_with

SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("signon.organize_statement")
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter somebody who asked for it, and see who was entered."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    posted = request.method == "POST"
    form = HandForm(request.POST if posted else None, request.FILES if posted else None, statement=statement)
    if posted and form.is_valid():
        try:
            made = by_hand.enter(statement, by=user, **form.typed())
            words = _("Entered: {}. It waits at the desk to be accepted.")
            messages.success(request, format_html(words, _to_case(made)))
            return redirect("desk-by-hand", slug)
        except by_hand.EnteredAlready as error:
            words = _("This is there already: {}.")
            form.add_error(None, format_html(words, _to_case(error.sign_on)))
        except by_hand.CannotEnter:
            form.add_error(None, _("This statement takes nobody now, or has no text that could be signed."))
    entries = HandEntry.objects.filter(sign_on__statement=statement).select_related("sign_on", "by")
    page = {"statement": statement, "form": form, "entries": entries.order_by("-pk")[:SHOWN]}
    return render(request, "desk/by_hand.html", page, status=422 if form.is_bound else 200)


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_sign_on(tokens.OBJECT)
def object_to(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    """For the representative: what was entered in their name, and the button to object."""
    page: dict[str, Any] = {"sign_on": sign_on, "statement": sign_on.statement}
    if request.method == "POST" and by_hand.object_to(sign_on):
        return render(request, "signon/objected.html", page | {"done": True})
    page["stands"] = SignOn.State.WITHDRAWN in sign_on.may_become
    page["entry"] = HandEntry.objects.filter(pk=sign_on.pk).first()
    return render(request, "signon/objected.html", page)


def _to_case(sign_on: SignOn) -> str:
    return format_html('<a href="{}">{}</a>', reverse("desk-case", args=[sign_on.pk]), sign_on)
