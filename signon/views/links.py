"""Mailed links that lead to a sign-on, and the page of a link that does nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Statement
from signon import signing, tokens
from signon.link_forms import NewLinkForm
from signon.models import SignOn

View = Callable[..., HttpResponse]
Find = Callable[[int], SignOn]


def of_a_sign_on(purpose: str, *, posted: Find | None = None) -> Callable[[View], View]:
    """The view gets the sign-on that a link for this purpose (signon.tokens) leads to, and the token.

    A POST finds it by `posted`, where the view needs less of it for that than for its page.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, token: str, **kwargs: object) -> HttpResponse:
            try:
                find = posted if request.method == "POST" else None
                sign_on = tokens.read_by(token, purpose, find) if find else tokens.read(token, purpose)
            except tokens.Tampered:
                return ended(request, "tampered")
            except tokens.Ended as error:
                return replaced(request, error)
            return view(request, sign_on, token, **kwargs)

        return guarded

    return decorated


def replaced(request: HttpRequest, error: tokens.Ended) -> HttpResponse:
    """For a link to a sign-on that has another key by now: what became of it."""
    return ended(request, signing.why_ended(error.row), error.row.statement)


# What the page of a link that ended is called; of another reason the link was broken.
ENDED = {
    "used": gettext_lazy("This sign-on is already confirmed"),
    "expired": gettext_lazy("This link is too old"),
    **dict.fromkeys(["ended", "handed_over", "erased", "taken_back"], gettext_lazy("This link does not work any more")),
    "withdrawn_statement": gettext_lazy("This statement is withdrawn"),
    "withdrawn": gettext_lazy("This sign-on was withdrawn"),
    "not_me": gettext_lazy("This sign-on was stopped"),
    "closed": gettext_lazy("This statement is closed"),
    "declined": gettext_lazy("This sign-on was not accepted"),
}


def ended(request: HttpRequest, reason: str, statement: Statement | None = None) -> HttpResponse:
    """The plain words for a link that does nothing any more, and the way to a new mail."""
    title = ENDED.get(reason, _("This link is not complete"))
    page = {"reason": reason, "title": title, "statement": statement, "form": NewLinkForm()}
    return render(request, "signon/ended.html", page, status=404 if reason == "tampered" else 410)
