"""Writing to signatories from the desk: draft, look at it, test it, send it, watch it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon import organizing
from signon.geography import countries
from signon.mail import mailing_page, mailings, reaffirming, rendering
from signon.mail.mailing_forms import MailingForm, MailingTextForm
from signon.models import Mailing, MailingText, Message, SignOn, User
from signon.people import reach
from signon.views.framed import framed
from signon.views.staff import staff_with

may_send = staff_with("signon.send_mailing")


@require_safe
@may_send
def listed(request: HttpRequest) -> HttpResponse:
    found = _own(request).select_related("statement", "created_by").prefetch_related("texts")[:100]
    return render(request, "desk/mailings.html", {"mailings": found})


@require_http_methods(["GET", "HEAD", "POST"])
@may_send
def write(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Who gets it, and its words in each language; an empty language is none."""
    user = cast(User, request.user)
    new = Mailing(created_by=user, sign_on_states=[SignOn.State.ACCEPTED])
    draft = get_object_or_404(_own(request), pk=number) if number else new
    if draft.state != Mailing.State.DRAFT:
        return redirect("desk-mailing", draft.pk)
    posted = request.POST if request.method == "POST" else None
    form = MailingForm(posted, instance=draft, places=_places(), statements=Statement.objects.for_user(user))
    texts = {text.language: text for text in draft.texts.all()} if draft.pk else {}
    written = [
        (name, MailingTextForm(posted, prefix=code, instance=texts.get(code) or MailingText(language=code)))
        for code, name in settings.LANGUAGES
    ]
    if form.is_bound and all([form.is_valid(), *(each.is_valid() for _name, each in written)]):
        try:
            mailings.keep(form.instance, dict(each.words() for _name, each in written))
        except mailings.CannotSend:  # somebody started it meanwhile
            return redirect("desk-mailing", number)
        messages.success(request, _("Saved. Nothing is sent yet."))
        return redirect("desk-mailing", form.instance.pk)
    page = {"form": form, "written": written, "mailing": draft}
    return render(request, "desk/mailing_write.html", page, status=422 if form.is_bound else 200)


@require_safe
@may_send
def mailing(request: HttpRequest, number: int) -> HttpResponse:
    """A draft with the exact number and a look at each language; once started, how far it has come."""
    shown = get_object_or_404(_own(request).select_related("statement"), pk=number)
    page = mailing_page.shown(shown) | {"languages": settings.LANGUAGES, "language": _language(request)}
    return render(request, "desk/mailing.html", page)


@require_safe
@xframe_options_sameorigin
@may_send
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """As a reader of this language gets it, with nobody's name."""
    shown = get_object_or_404(_own(request).select_related("statement"), pk=number)
    language, user = _language(request), cast(User, request.user)
    message = Message(
        kind=shown.kind, mailing=shown, user=user, language=language, to_address=user.email, mailbox=user.email,
        message_id="<0@preview.invalid>",
    )  # fmt: skip
    return framed(rendering.words(message)[2])


@require_POST
@may_send
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Start, pause, resume, stop, or send a test to oneself."""
    chosen = get_object_or_404(_own(request).select_related("statement"), pk=number)
    user, seen = cast(User, request.user), request.POST.get("recipients", "")
    verbs: dict[str, Callable[[], object]] = {
        "start": lambda: mailings.start(chosen, seen=int(seen) if re.fullmatch("[0-9]{1,9}", seen) else -1),
        "pause": lambda: mailings.pause(chosen),
        "resume": lambda: mailings.resume(chosen),
        "stop": lambda: mailings.stop(chosen),
        "test": lambda: mailings.send_test(chosen, user=user, language=_language(request)),
    }
    if name not in verbs:
        raise Http404
    try:
        verbs[name]()
    except mailings.CannotSend as error:
        messages.warning(request, REASONS[error.reason](chosen))
    else:
        if name == "test":
            messages.success(request, _("A test is on its way to %(email)s.") % {"email": user.email})
    return redirect("desk-mailing", chosen.pk)


@require_POST
@may_send
def ask_to_reaffirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft the mail to all who signed an earlier text; the mailing's own page shows and sends it."""
    user = cast(User, request.user)
    try:
        draft = reaffirming.ask(reach.statement_or_404(user, slug), by=user)
    except organizing.Forbidden:
        messages.warning(request, _("That cannot be done from where the statement stands now."))
        return redirect("desk-statement", slug)
    if draft.state == Mailing.State.DRAFT:
        messages.success(request, _("A draft: look at it in each language, then send it."))
    else:
        messages.warning(request, REASONS["state"](draft))
    return redirect("desk-mailing", draft.pk)


REASONS: dict[str, Any] = {
    "no_words": lambda chosen: _("It has no words yet: each language needs a subject and a text."),
    "no_readers": lambda chosen: _("It has no readers: nobody is left of whom you chose."),
    "changed": lambda chosen: _("The number has changed since you looked. Please look again, then send."),
    "state": lambda chosen: _left_as_it_is(chosen),
}


def _left_as_it_is(chosen: Mailing) -> str:
    chosen.refresh_from_db()
    return _("It was left as it is: %(state)s.") % {"state": chosen.get_state_display()}


def _own(request: HttpRequest) -> QuerySet[Mailing]:
    return Mailing.objects.for_user(cast(User, request.user))


def _places() -> list[tuple[str, str]]:
    return [("", _("Regional or international")), *countries.choices(get_language() or "en")]


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language") or request.POST.get("language") or get_language() or "en"
    return asked if asked in dict(settings.LANGUAGES) else "en"
