"""The page behind each mail's "Unsubscribe", and mail programs' one click (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from signon import tokens
from signon.mail import bouncing, envelope
from signon.views.origin import under_a_token


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows how it stands. A POST unsubscribes, whatever is in it, but for the button that takes it back.

    From invitations nobody is subscribed again: that is for ever.
    """
    try:
        mailbox, about_invitations = envelope.mailbox_of(token)
    except tokens.Tampered:
        return render(request, "signon/unsubscribe.html", status=404)
    if about_invitations:
        return _from_invitations(request, mailbox)
    if request.method == "POST":
        if request.POST.get("act") == "subscribe":
            bouncing.subscribe(mailbox)
        else:
            bouncing.unsubscribe(mailbox)
    page = {
        "mailbox": mailbox,
        "done": request.method == "POST",
        "is_off": bouncing.is_unsubscribed(mailbox),
    }
    return render(request, "signon/unsubscribe.html", page)


def _from_invitations(request: HttpRequest, mailbox: str) -> HttpResponse:
    if request.method == "POST":
        bouncing.opt_out(mailbox)
    page = {"mailbox": mailbox, "is_off": bouncing.has_opted_out(mailbox)}
    return render(request, "signon/no_invitations.html", page)
