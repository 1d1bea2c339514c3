"""Local mode's mailbox: what the SMTP server on loopback took. No page of production."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config import local_mail
from signon.views.framed import framed


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    messages = [
        {
            "url": reverse("mailbox-message", args=[each.key]),
            "subject": each.subject,
            "recipients": each.recipients,
            "received_at": each.received_at,
        }
        for each in local_mail.messages(settings.VAR)
    ]
    return render(request, "signon/mailbox.html", {"messages": messages})


@never_cache
@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    found = _message_or_404(key)
    page = {
        "message": found,
        "html_url": reverse("mailbox-html", args=[key]) if found.html else "",
    }
    return render(request, "signon/mailbox_message.html", page)


@never_cache
@require_safe
@xframe_options_sameorigin
def html_part(request: HttpRequest, key: str) -> HttpResponse:
    """The mail's HTML as a frame of its own, under a policy that lets nothing in it run or load."""
    # A link opens beside the mail, as in mail programs: no page of ours shows itself in a frame.
    return framed(_message_or_404(key).html.replace("<head>", '<head><base target="_blank">', 1))


def _message_or_404(key: str) -> local_mail.OpenedMessage:
    try:
        return local_mail.message(settings.VAR, key)
    except KeyError:
        raise Http404 from None
