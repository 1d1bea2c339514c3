"""Addresses that forms are posted to, and nobody reads; and what the next page says of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

View = Callable[..., Any]


def posted_from(page: str, *given: str) -> Callable[[View], View]:
    """For a form that is shown again at its own address after an error: who reads it there comes to the form's page.

    The header's links to other languages lead there, and a reload. `page` is its name, `given` what of this address
    it needs.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return redirect(page, **{name: kwargs[name] for name in given})
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        guarded.is_posted_to = True  # type: ignore[attr-defined]
        return require_http_methods(["GET", "HEAD", "POST"])(guarded)

    return guard


def tell(request: HttpRequest, *, done: bool) -> None:
    """Say on the next page whether an act of staff or of an owner was done, or somebody else had decided before."""
    if done:
        messages.success(request, _("Done."))
    else:
        words = _("Somebody else decided this before you. Nothing was changed now. This page shows what they decided.")
        messages.warning(request, words)
