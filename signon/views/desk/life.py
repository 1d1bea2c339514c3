"""A statement's life at the desk: its moves, particulars, deadline, what staff look at, who may sign late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import checking
from campaigns.models import Statement
from signon import inviting, organizing
from signon.forms import SignOnForm
from signon.mail import link_mail
from signon.models import LateLink, Look, Message, User
from signon.people import reach
from signon.statements import deadlines, late_signing, readiness, rehearsing, showing
from signon.statements.life_forms import DeadlineForm, LateLinkForm, ParticularsForm
from signon.views.staff import staff_with

organizers = staff_with("signon.organize_statement")

_MOVES: dict[str, tuple[Callable[..., None], Any]] = {
    "circulate": (organizing.circulate, gettext_lazy("It circulates: send the conveners their links.")),
    "put-back": (organizing.put_back, gettext_lazy("It is a draft again.")),
    "open": (organizing.open_now, gettext_lazy("It is open for signing.")),
    "schedule": (organizing.schedule, gettext_lazy("It opens by itself at its moment.")),
    "unschedule": (organizing.unschedule, gettext_lazy("It does not open by itself any more.")),
    "close": (organizing.close, gettext_lazy("It is closed.")),
    "withdraw": (organizing.withdraw, gettext_lazy("It is withdrawn from publication.")),
}


@require_POST
@organizers
def move(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    """One of the moves that have a button; what cannot be done any more is told."""
    found, user = _statement(request, slug)
    if act not in _MOVES:
        raise Http404
    verb, told = _MOVES[act]
    try:
        verb(found, by=user)
    except organizing.NotReady as error:
        messages.warning(request, _("Still missing: %s") % ", ".join(check.words for check in error.missing))
    except organizing.Forbidden:
        messages.warning(request, _("That cannot be done from where the statement stands now."))
    else:
        messages.success(request, str(told))
    return redirect("desk-statement", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def particulars(request: HttpRequest, slug: str) -> HttpResponse:
    """Addressee, moments, zone, goal, who may sign, embargo."""
    found, user = _statement(request, slug)
    form = ParticularsForm(request.POST if request.method == "POST" else None, statement=found)
    if form.is_bound and form.is_valid():
        try:
            changed = organizing.change(found, form.particulars(), by=user, seen=form.cleaned_data["seen"])
        except organizing.ChangedMeanwhile:
            form.add_error(None, _("Somebody changed these meanwhile. Look at the overview, then change them anew."))
        except organizing.Forbidden:
            form.add_error(None, _("That cannot be changed any more: somebody moved the statement meanwhile."))
        else:
            messages.success(request, _("Saved."))
            if "addressee" in changed:
                _say_where_it_is_missing(request, found)
            return redirect("desk-statement", slug)
    page = {"statement": found, "part": "particulars", "form": form, "zones": sorted(available_timezones())}
    return render(request, "desk/particulars.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def deadline(request: HttpRequest, slug: str) -> HttpResponse:
    """Move the deadline, or open a closed statement again; the page says who will be told."""
    found, user = _statement(request, slug)
    form = DeadlineForm(request.POST if request.method == "POST" else None, statement=found)
    if form.is_bound and form.is_valid():
        try:
            told = deadlines.move(found, form.cleaned_data["closes_at"], by=user)
        except organizing.Forbidden:
            form.add_error(None, _("That cannot be done from where the statement stands now."))
        else:
            words = ngettext("%d person is told by mail.", "%d people are told by mail.", told) % told
            messages.success(request, f"{_('The deadline is moved.')} {words}")
            return redirect("desk-statement", slug)
    page = {
        "statement": found, "form": form, "phase": found.phase(), "waiting": deadlines.waiting(found).count(),
        "invited": inviting.told_of_new_deadline(found).count(), "unsent": inviting.unsent(found).count(),
    }  # fmt: skip
    return render(request, "desk/deadline.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def look(request: HttpRequest, slug: str, subject: str) -> HttpResponse:
    """What signers will see, in each of the statement's languages, and a button: "I looked at it"."""
    found, user = _statement(request, slug)
    if subject not in (Look.Subject.CONSENT, Look.Subject.MAILS):
        raise Http404
    languages = readiness.languages(found)
    now = {code: showing.digest(found, subject, code) for code in sorted(languages)}
    if request.method == "POST":
        # What the page showed: whoever changes it meanwhile changes what was looked at.
        if request.POST.getlist("shown") == list(now.values()):
            organizing.look(found, subject, languages, by=user, digests=now)
            messages.success(request, _("Noted: you looked at it."))
            return redirect("desk-statement", slug)
        messages.warning(request, _("It was changed while you looked. Please look at it again."))
    shown = [_shown(found, subject, code) for code in now]
    page = {"statement": found, "subject": Look.Subject(subject), "shown": shown, "digests": now.values()}
    return render(request, "desk/look.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def try_it(request: HttpRequest, slug: str) -> HttpResponse:
    """The form as a signer will see it. What is sent goes to the member of staff alone, and is no sign-on."""
    found, user = _statement(request, slug)
    if found.text() is None or found.phase() != "draft":
        messages.warning(request, _("A test needs a text, and comes before opening."))
        return redirect("desk-statement", slug)
    form = SignOnForm(
        request.POST if request.method == "POST" else None, statement=found, initial={"email": user.email}
    )
    if form.is_bound and form.is_valid():
        rehearsing.begin(found, by=user, language=get_language() or "en", **form.typed())
        messages.success(request, _("Sent to %s. Open the mail and follow its link.") % user.email)
        return redirect("desk-statement", slug)
    page = {"statement": found, "form": form, "action": request.path}
    return render(request, "desk/try.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@organizers
def late_links(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may sign although it is closed, and what came of it."""
    found, user = _statement(request, slug)
    form = LateLinkForm(request.POST if request.method == "POST" else None, initial={"language": get_language()})
    if form.is_bound and form.is_valid():
        try:
            made = late_signing.make(found, by=user, **form.cleaned_data)
        except organizing.Forbidden:
            form.add_error(None, _("Such links are for after closing and before delivery."))
        except link_mail.Unreachable as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The private link is on its way to %s.") % made.email)
            return redirect("desk-late-links", slug)
    links = list(found.late_links.select_related("made_by", "sign_on", "statement"))
    became = link_mail.became(links, Message.Kind.LATE, found.zone)
    listed = [(link, became.get(link.pk, "")) for link in links]
    page = {"statement": found, "part": "late", "form": form, "links": listed, "phase": found.phase()}
    return render(request, "desk/late_links.html", page, status=422 if form.is_bound else 200)


@require_POST
@organizers
def end_late_link(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user = cast(User, request.user)
    links = LateLink.objects.for_user(user).filter(statement__slug=slug)
    if late_signing.end(get_object_or_404(links, pk=number), by=user):
        messages.success(request, _("The link is ended."))
    return redirect("desk-late-links", slug)


def _statement(request: HttpRequest, slug: str) -> tuple[Statement, User]:
    user = cast(User, request.user)
    return reach.statement_or_404(user, slug), user


def _say_where_it_is_missing(request: HttpRequest, statement: Statement) -> None:
    """In which translations the addressee is to be said anew."""
    if statement.revision is None:
        return
    found = checking.findings_of(statement.revision)
    missing = [each for each in found if each.code == "no_addressee"]
    languages = {each.language for each in missing}
    if missing:
        names = ", ".join(text.language_name for text in statement.revision.current_texts if text.language in languages)
        messages.warning(request, f"{missing[0].words} ({names})")


def _shown(statement: Statement, subject: str, language: str) -> dict[str, Any]:
    """What there is to look at in one language."""
    shown: dict[str, Any] = {"code": language, "language": dict(settings.LANGUAGES)[language]}
    if subject == Look.Subject.MAILS:
        return shown | {"mails": showing.mails(statement, language)}
    return shown | {"sentences": showing.sentences(language)}
