"""How the API answers HTTP: to programs of every site, without cookies, with an ETag, kept for two seconds at most."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page

from signon.api.problems import problem

ALLOWED = "GET, HEAD, OPTIONS"
# A list is right within two seconds of a change.
KEPT = "public, max-age=2"

View = Callable[..., HttpResponse]


def open_to_all(view: View) -> View:
    """For what only reads: any origin may ask, without credentials; HEAD and OPTIONS are answered, others refused."""
    conditional = conditional_page(_kept_shortly(view))

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": ALLOWED})
            response["Access-Control-Allow-Methods"] = ALLOWED
            response["Access-Control-Allow-Headers"] = "If-None-Match"
            response["Access-Control-Max-Age"] = "86400"
            del response["Content-Type"]
        elif request.method in ("GET", "HEAD"):
            asked, request.method = request.method, "GET"  # the server leaves out the body of an answer to HEAD
            response = conditional(request, *args, **kwargs)
            request.method = asked
        else:
            response = problem(405, f"This only reads: {ALLOWED}.")
            response["Allow"] = ALLOWED
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag"
        return response

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


def _kept_shortly(view: View) -> View:
    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = KEPT if response.status_code == 200 else "no-store"
        if (language := request.GET.get("language")) in dict(settings.LANGUAGES):
            response["Content-Language"] = language
        return response

    return kept
