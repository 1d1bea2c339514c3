"""Pages that answer when something broke, or when a request cannot be read: they need no database and no context."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from campaigns import network


def alone() -> dict[str, str]:
    """What templates/alone.html shows of the network."""
    return {"network_name": network.at_hand().name}


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    return HttpResponse(render_to_string("500.html", alone()), status=500)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return HttpResponse(render_to_string("400.html", alone()), status=400)
