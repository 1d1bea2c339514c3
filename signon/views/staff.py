"""Who may open the desk's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from signon.people.reach import READ_ALL

View = Callable[..., HttpResponseBase]


READING = ("GET", "HEAD")


def staff_with(*permissions: str) -> Callable[[View], View]:
    """For staff who have one of these permissions, or for all staff where none is named. Kept by no cache.

    Others are asked to sign in, or refused; who may read all is let in to read.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (request.user.is_staff and _may(request, permissions)):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            response["X-Robots-Tag"] = "noindex"
            response["Referrer-Policy"] = "same-origin"
            return response

        guarded.is_guarded = True  # type: ignore[attr-defined]
        return never_cache(guarded)

    return guard


def _may(request: HttpRequest, permissions: tuple[str, ...]) -> bool:
    if not permissions or any(request.user.has_perm(each) for each in permissions):
        return True
    return request.method in READING and request.user.has_perm(READ_ALL)
