"""Guards of strangers' POSTs: no cookie, no token in the page, so that one cached copy serves all readers."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def own_pages_only(view: View) -> View:
    """Refuse a browser's POST from another site, by Sec-Fetch-Site (W3C Fetch Metadata) or else by Origin.

    A request with neither is no browser's and cannot ride on anybody's session: it is let through.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_own(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def is_own(request: HttpRequest) -> bool:
    """Whether a POST comes from a page of ours, or from no browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False


def under_a_token(view: View) -> View:
    """For pages whose address holds a secret: kept by nobody, told to no other site; the token is the proof.

    `strict-origin`, for under `no-referrer` Chromium posts `Origin: null`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(guarded)
