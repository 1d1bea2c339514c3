"""Writing to signatories from the desk: draft, look at it, test it, send it, watch it."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon import organizing
from signon.casework.desk_forms import MailingForm, MailingTextForm
from signon.geography import countries
from signon.mail import mailings, reaffirming, rendering
from signon.models import Mailing, MailingText, Message, SignOn, Suppression, User
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
@transaction.atomic
def write(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Who gets it, and its words in each language; an empty language is none."""
    new = Mailing(created_by=cast(User, request.user), sign_on_states=[SignOn.State.ACCEPTED])
    # Held until it is saved: nobody starts it meanwhile.
    own = _own(request)
    held = own.select_for_update(of=["self"]) if request.method == "POST" else own
    draft = get_object_or_404(held, pk=number) if number else new
    if draft.pk and draft.state != Mailing.State.DRAFT:
        return redirect("desk-mailing", draft.pk)
    posted = request.POST if request.method == "POST" else None
    form = MailingForm(posted, instance=draft, places=_places(), statements=Statement.objects.for_user(new.created_by))
    texts = {text.language: text for text in draft.texts.all()} if draft.pk else {}
    written = [
        (name, MailingTextForm(posted, prefix=code, instance=texts.get(code) or MailingText(language=code)))
        for code, name in settings.LANGUAGES
    ]
    if form.is_bound and all([form.is_valid(), *(each.is_valid() for _name, each in written)]):
        saved = form.save()
        _save_texts(saved, [each for _name, each in written])
        messages.success(request, _("Saved. Nothing is sent yet."))
        return redirect("desk-mailing", saved.pk)
    page = {"form": form, "written": written, "mailing": draft}
    return render(request, "desk/mailing_write.html", page, status=422 if form.is_bound else 200)


@require_safe
@may_send
def mailing(request: HttpRequest, number: int) -> HttpResponse:
    """A draft with the exact number and a look at each language; once started, how far it has come."""
    shown = get_object_or_404(_own(request).select_related("statement"), pk=number)
    is_draft = shown.state == Mailing.State.DRAFT
    page = {
        "mailing": shown,
        "is_draft": is_draft,
        "recipients": (recipients := mailings.count(shown) if is_draft else shown.recipients),
        "left_out": [] if recipients or not is_draft else _left_out(shown),
        "asked": _asked(shown) if recipients and is_draft else "",
        "by_language": _by_language(shown) if is_draft else [],
        "has_words": mailings.has_words(shown),
        "progress": None if is_draft else mailings.progress(shown),
        "languages": settings.LANGUAGES,
        "language": _language(request),
        "states": [SignOn.State(state).label for state in shown.sign_on_states],
        "places": [countries.name(code, get_language() or "en") for code in shown.countries],
    }
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
    verbs: dict[str, Any] = {"start": mailings.start, "pause": mailings.pause, "resume": mailings.resume}
    verbs["stop"] = mailings.stop
    if name != "test" and name not in verbs:
        raise Http404
    if name == "start" and request.POST.get("recipients") != str(mailings.count(chosen)):
        messages.warning(request, _("The number has changed since you looked. Please look again, then send."))
        return redirect("desk-mailing", chosen.pk)
    try:
        if name == "test":
            user = cast(User, request.user)
            mailings.send_test(chosen, user=user, language=_language(request))
            messages.success(request, _("A test is on its way to %(email)s.") % {"email": user.email})
        else:
            verbs[name](chosen)
    except mailings.CannotSend as error:
        messages.warning(request, REASONS[error.reason](chosen))
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
    "state": lambda chosen: _left_as_it_is(chosen),
}


def _left_as_it_is(chosen: Mailing) -> str:
    chosen.refresh_from_db()
    return _("It was left as it is: %(state)s.") % {"state": chosen.get_state_display()}


def _own(request: HttpRequest) -> QuerySet[Mailing]:
    return Mailing.objects.for_user(cast(User, request.user))


def _save_texts(saved: Mailing, forms: list[MailingTextForm]) -> None:
    for form in forms:
        text = form.save(commit=False)
        text.mailing = saved
        if text.subject or text.body:
            text.save()
        elif text.pk:
            text.delete()


def _places() -> list[tuple[str, str]]:
    return [("", _("Regional or international")), *countries.choices(get_language() or "en")]


def _left_out(shown: Mailing) -> list[str]:
    """Why a mailing reaches nobody, a sentence for each reason."""
    return [_why_left_out(reason, number) % number for reason, number in mailings.left_out(shown)]


def _asked(shown: Mailing) -> str:
    """How many a draft leaves out for they were asked already, in words."""
    number = mailings.asked_already(shown)
    return _why_left_out("asked", number) % number if number else ""


def _why_left_out(reason: str, number: int) -> str:
    if reason == "chosen":
        return ngettext("%d sign-on is as you chose.", "%d sign-ons are as you chose.", number)
    if reason == "no_address":
        return ngettext("%d came without an e-mail address.", "%d came without an e-mail address.", number)
    if reason == "asked":
        return ngettext("%d was asked already.", "%d were asked already.", number)
    if reason == "no_consent":
        return ngettext("%d did not ask for updates.", "%d did not ask for updates.", number)
    if reason == Suppression.Reason.BOUNCED:
        return ngettext("Mail to %d of them bounced.", "Mail to %d of them bounced.", number)
    if reason == Suppression.Reason.COMPLAINED:
        return ngettext("%d reported our mail as spam.", "%d reported our mail as spam.", number)
    if reason == Suppression.Reason.UNSUBSCRIBED:
        return ngettext("%d has unsubscribed.", "%d have unsubscribed.", number)
    return ngettext("%d was barred by staff.", "%d were barred by staff.", number)


def _by_language(shown: Mailing) -> list[tuple[str, int, bool]]:
    """Readers in each language, and whether there are words in it."""
    written = {text.language for text in shown.texts.all()}
    names = dict(settings.LANGUAGES)
    numbers = mailings.by_language(shown).items()
    return [(str(names.get(code, code)), number, code in written) for code, number in sorted(numbers)]


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language") or request.POST.get("language") or get_language() or "en"
    return asked if asked in dict(settings.LANGUAGES) else "en"
