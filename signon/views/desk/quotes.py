"""Quotes at the desk: which answers to "Why do you sign?" stand on the statement's page."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from signon.models import OwnAnswer, User
from signon.people import reach
from signon.questions import quotes as verbs
from signon.views.staff import staff_with

may_decide = staff_with("signon.verify_signon")
SHOWN = 200


@require_safe
@may_decide
def quotes(request: HttpRequest, slug: str) -> HttpResponse:
    statement = reach.statement_or_404(cast(User, request.user), slug)
    found = list(verbs.to_look_at(statement)[:SHOWN])
    page = {"statement": statement, "quotes": found, "waiting": verbs.waiting(found)}
    return render(request, "desk/quotes.html", page)


@require_POST
@may_decide
def decide(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    answer = verbs.to_look_at(statement).filter(pk=number).first()
    decisions = {"accept": OwnAnswer.Quote.ACCEPTED, "refuse": OwnAnswer.Quote.REFUSED}
    if name not in decisions:
        raise Http404
    if answer is not None:
        # Of the words that were on the page: whoever typed again meanwhile is looked at again.
        answer.value = request.POST.get("words", "").replace("\r\n", "\n")
    if answer is None or not verbs.decide(answer, decisions[name], by=user):
        messages.warning(request, _("Somebody decided on this quote already, or it was written anew. Look again."))
    return redirect("desk-quotes", slug)
