"""Pages that answer when something broke, or when a request cannot be read: they need no database and no context."""

from __future__ import annotations

import sys
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from campaigns import network
from signon.running import outages
from signon.running.outages import Outage
from signon.views.origin import is_own

# What is typed into these stays in nobody's page.
SECRET = ("password", "code", "login", "otp")
# A page that holds more than this is none to send again.
MOST_KEPT = 1_000_000  # characters


def alone() -> dict[str, str]:
    """What templates/alone.html shows of the network."""
    return {"network_name": network.at_hand().name}


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500: what is away is told apart from what is our fault."""
    outage = outages.of(sys.exception())
    if outage:
        return away(request, outage)
    return HttpResponse(render_to_string("500.html", alone()), status=500)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return HttpResponse(render_to_string("400.html", alone()), status=400)


def away(request: HttpRequest, outage: Outage) -> HttpResponse:
    """503, when to come again, and what was typed, with a button that sends it again."""
    _let_go(request)
    if outage is Outage.DATABASE:
        network.rest()  # else the page would wait for it once more
    page = {
        "is_of_disk": outage is Outage.DISK,
        "is_of_setting": outage is Outage.SETTING,
        "is_posted": request.method == "POST",
        # What strangers send arrives once, however often it is sent (signon/signing.py); an act of staff may not.
        "is_once": not request.path_info.startswith(("/desk/", "/admin/")),
        "address": request.get_full_path(),
        "kept": _kept(request),
        **alone(),
    }
    headers = {"Retry-After": str(outages.COME_AGAIN), "Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}
    return HttpResponse(render_to_string("503.html", page), status=503, headers=headers)


def _let_go(request: HttpRequest) -> None:
    """Close and remove what came of a file that broke off: on a full disk it would be in the way of the next one."""
    for handler in request.upload_handlers:
        if file := getattr(handler, "file", None):
            with suppress(OSError):  # what is not written yet finds no room either; it is closed all the same
                file.close()


def _kept(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was posted, to be sent again; None where it cannot be: a file, a secret, or another site's form."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded" or not is_own(request):
        return None
    try:
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # whatever keeps it from being read: the page that says so is answered
        return None
    if any(secret in name.lower() for name, _value in typed for secret in SECRET):
        return None
    return typed if sum(len(name) + len(value) for name, value in typed) <= MOST_KEPT else None
