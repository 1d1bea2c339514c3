"""The desk's pages about mail: what could not be sent, and what every kind of mail looks like."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from signon.mail import lanes, outbox, samples
from signon.models import Message, User
from signon.people import reach
from signon.statements import showing
from signon.views.framed import framed
from signon.views.staff import staff_with

SHOWN = 100


@require_safe
@staff_with("signon.view_message")
def mail(request: HttpRequest) -> HttpResponse:
    """What was given up, what comes back, what waits; and whether a lane is held up."""
    user = cast(User, request.user)
    by_state = dict(Message.objects.for_user(user).values_list("state").annotate(number=Count("pk")).order_by())
    states = [(state.label, by_state.get(state.value, 0)) for state in Message.State]
    page = {
        "states": states,
        "dead": outbox.given_up(user)[:SHOWN],
        "dead_count": by_state.get(Message.State.DEAD, 0),
        "on_its_way": outbox.on_its_way(user)[:SHOWN],
        "returned": outbox.returned(user)[:SHOWN],
        "lanes": lanes.held(),
    }
    return render(request, "desk/mail.html", page)


@require_POST
@staff_with("signon.handle_message")
def handle(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """A message that was given up: try again, or say that somebody wrote by hand."""
    user = cast(User, request.user)
    message = get_object_or_404(Message.objects.for_user(user), pk=number)
    if act == "again":
        done, told = outbox.try_again(message, by=user), _("It is tried again now.")
    elif act == "by-hand":
        done, told = outbox.tried_by_hand(message, by=user), _("Noted: somebody wrote by hand.")
    else:
        raise Http404
    if done:
        messages.success(request, told)
    else:
        messages.warning(request, _("This message is not given up any more."))
    return redirect("desk-mail")


@require_POST
@staff_with("signon.handle_message")
def release(request: HttpRequest, lane: str) -> HttpResponse:
    """A lane that was stopped: the account is mended, try at once."""
    if lane not in Message.Lane.values:
        raise Http404
    lanes.release(lane)
    messages.success(request, _("One message is tried now; if it goes through, all others follow."))
    return redirect("desk-mail")


@require_safe
@staff_with("signon.view_message")
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of mail with made-up data, in the language that is chosen."""
    language = _language(request)
    found = [(kind, samples.render(kind, language)[0]) for kind in samples.KINDS]
    return render(request, "desk/kinds.html", {"kinds": found, "language": language, "languages": settings.LANGUAGES})


@require_safe
@staff_with("signon.view_message")
def kind(request: HttpRequest, name: str) -> HttpResponse:
    """One kind: subject, text, and the HTML part in a frame."""
    if name not in samples.KINDS:
        raise Http404
    language = _language(request)
    subject, text, _html = _rendered(request, name)
    page: dict[str, Any] = {"kind": Message.Kind(name), "subject": subject, "text": text}
    page |= {"language": language, "languages": settings.LANGUAGES, "slug": request.GET.get("statement", "")}
    return render(request, "desk/kind.html", page)


@require_safe
@xframe_options_sameorigin
@staff_with("signon.view_message")
def kind_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame."""
    if name not in samples.KINDS:
        raise Http404
    return framed(_rendered(request, name)[2])


def _rendered(request: HttpRequest, name: str) -> tuple[str, str, str]:
    """A kind of mail to signers about the statement that is asked for, else about one that is made up."""
    slug, language = request.GET.get("statement", ""), _language(request)
    if slug and name in showing.MAILS:
        return showing.mail(reach.statement_or_404(cast(User, request.user), slug), name, language)
    return samples.render(name, language)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", get_language() or "en")
    return asked if asked in dict(settings.LANGUAGES) else "en"
