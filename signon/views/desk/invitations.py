"""Organizers' pages of invitations: choose whom, look, send, and see what came of each."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon import inviting
from signon.imports.tables import Unreadable
from signon.invitations import guest_lists, guest_tables, invitation_desk, unreminded
from signon.invitations.invitation_forms import (
    DirectoryForm,
    EarlierForm,
    GuestColumnsForm,
    GuestListForm,
    InvitingForm,
    LookAfterForm,
    WordsForm,
)
from signon.mail import rendering, samples
from signon.models import InvitationWords, Inviting, User
from signon.people import reach
from signon.views.framed import framed
from signon.views.staff import staff_with

may_organize = staff_with("signon.organize_statement")
SHOWN = 100


@require_safe
@may_organize
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """Who was asked, and what came of it."""
    statement = _statement(request, slug)
    chosen = invitation_desk.Choice.read(request.GET)
    page = invitation_desk.page(statement, chosen, request.GET.get("after", ""))
    page |= {"statement": statement, "chosen": chosen, "assign": _assign(statement), "step": "list"}
    return render(request, "desk/invitations.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose whom to invite: a list (then its columns), an earlier statement, the directory. Nothing is sent here."""
    statement, user = _statement(request, slug), _user(request)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    pasted = GuestListForm(
        request.POST if act == "list" else None, request.FILES if act == "list" else None, initial=_initial()
    )
    others = Statement.objects.for_user(user).exclude(pk=statement.pk).prefetch_related("revisions__texts")
    earlier = EarlierForm(request.POST if act == "earlier" else None, statements=others, initial=_initial())
    directory = DirectoryForm(request.GET if request.GET else None)
    found = _search(directory)
    if act == "columns":
        return _columns(request, statement)
    if act == "list" and pasted.is_valid() and (told := _read_list(pasted)):
        return _tell_columns(request, statement, told)
    if act == "earlier" and earlier.is_valid():
        chosen, language = earlier.cleaned_data["statement"], earlier.cleaned_data["language"]
        _say_planned(request, guest_lists.from_signatories(statement, chosen, by=user, language=language))
        return redirect("desk-invitations-planned", slug)
    if act == "directory":
        numbers = [invitation_desk.number(each) for each in request.POST.getlist("organization")]
        wanted = found if request.POST.get("which") == "all" else found.filter(pk__in=numbers)
        language = request.POST.get("language", "")
        language = language if language in dict(settings.LANGUAGES) else "en"
        _say_planned(request, guest_lists.from_directory(statement, wanted, by=user, language=language))
        return redirect("desk-invitations-planned", slug)
    page = {
        "statement": statement, "step": "add", "pasted": pasted, "earlier": earlier, "directory": directory,
        "found": list(found[:SHOWN]) if directory.is_bound else [], "found_number": found.count(),
        "query": request.GET.urlencode(), "languages": settings.LANGUAGES,
        "numbers": invitation_desk.numbers(statement),
    }  # fmt: skip
    return render(request, "desk/invitations_add.html", page, status=422 if act else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def planned(request: HttpRequest, slug: str) -> HttpResponse:
    """Every row that is not sent yet, with what would become of it; then all that can be sent are, at once."""
    statement, user = _statement(request, slug), _user(request)
    if request.method == "POST":
        rows = statement.invitations.planned()
        if request.POST.get("act") == "send":
            page = invitation_desk.planned(statement)
            if request.POST.get("sendable") != str(page["sendable"]):
                messages.warning(request, _("The number has changed since you looked. Please look again, then send."))
                return redirect("desk-invitations-planned", slug)
            sent = guest_lists.send(statement, list(rows.values_list("pk", flat=True)), by=user)
            words = ngettext("%(number)s invitation goes out.", "%(number)s invitations go out.", sent)
            messages.success(request, words % {"number": sent})
            return redirect("desk-invitations", slug)
        if request.POST.get("act") == "all":
            inviting.remove(rows)
        else:
            inviting.remove(rows.filter(pk__in=_chosen(request)))
        return redirect("desk-invitations-planned", slug)
    page = invitation_desk.planned(statement, request.GET.get("after", ""))
    page |= {"statement": statement, "step": "planned", "numbers": invitation_desk.numbers(statement)}
    return render(request, "desk/invitations_planned.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """What staff add to the mail in each language, how it looks then, and when who has not answered is reminded."""
    statement = _statement(request, slug)
    posted = request.POST if request.method == "POST" else None
    known = {each.language: each for each in InvitationWords.objects.filter(statement=statement)}
    rule = Inviting.objects.filter(statement=statement).first() or Inviting(statement=statement)
    form = InvitingForm(posted, instance=rule)
    written = [
        (name, code, WordsForm(posted, prefix=code, instance=known.get(code) or InvitationWords(language=code)))
        for code, name in settings.LANGUAGES
    ]
    if posted is not None and all([form.is_valid(), *(each.is_valid() for _name, _code, each in written)]):
        given = {code: each.cleaned_data["words"] for _name, code, each in written}
        inviting.write(statement, given, remind_before=form.cleaned_data["remind_before"])
        messages.success(request, _("Saved."))
        return redirect("desk-invitations-words", slug)
    page = {
        "statement": statement, "step": "words", "form": form, "written": written, "language": _language(request),
        "languages": settings.LANGUAGES, "numbers": invitation_desk.numbers(statement),
    }  # fmt: skip
    return render(request, "desk/invitations_words.html", page, status=422 if posted is not None else 200)


@require_safe
@xframe_options_sameorigin
@may_organize
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The mail as a contact who reads this language gets it; its link leads nowhere."""
    statement, language = _statement(request, slug), _language(request)
    message = samples.message("invitation", language)
    assert message.invitation is not None  # noqa: S101  # a sample of an invitation has one
    message.invitation.statement = statement
    return framed(rendering.words(message)[2])


@require_POST
@may_organize
def act(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """To the chosen invitations, or all: assign, remind, remove; send what never went out."""
    statement = _statement(request, slug)
    chosen = statement.invitations.sent().filter(pk__in=_chosen(request))
    if name == "assign":
        form = LookAfterForm(request.POST, staff=invitation_desk.staff(statement))
        if form.is_valid():
            _say(request, inviting.assign(chosen, to=form.cleaned_data["to"]), _("Saved for %(number)s."))
    elif name in ("remind", "remind-all"):
        numbers = None if name == "remind-all" else list(chosen.values_list("pk", flat=True))
        left = unreminded.count(statement, numbers or [])
        _say(request, inviting.remind(statement, numbers), _("Reminders are on their way to %(number)s."))
        if left:
            why = " · ".join(f"{words} ({number})" for words, number in left)
            messages.info(request, _("Not reminded: %(why)s.") % {"why": why})
    elif name == "send-unsent":
        _say(request, inviting.send_unsent(statement), _("Invitations are on their way to %(number)s."))
    elif name == "remove":
        _say(request, inviting.remove(chosen), _("Removed: %(number)s. Who was asked already stays on the list."))
    else:
        raise Http404
    back = invitation_desk.Choice.read(request.POST)
    return redirect(reverse("desk-invitations", args=[slug]) + back.query())


def _statement(request: HttpRequest, slug: str) -> Statement:
    return reach.statement_or_404(_user(request), slug)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _chosen(request: HttpRequest) -> list[int]:
    return [invitation_desk.number(each) for each in request.POST.getlist("invitation")]


def _initial() -> dict[str, str]:
    return {"language": get_language() or "en"}


def _assign(statement: Statement) -> LookAfterForm:
    return LookAfterForm(staff=invitation_desk.staff(statement))


def _search(form: DirectoryForm) -> Any:
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return guest_lists.search(asked.get("q", ""), asked.get("country", ""), asked.get("kind", ""))


def _read_list(form: GuestListForm) -> GuestColumnsForm | None:
    given = form.cleaned_data
    try:
        table = guest_tables.table_of(given["file"] or given["text"])
        return GuestColumnsForm(table=table, initial={"language": given["language"]})
    except Unreadable as error:
        form.add_error(None, str(error))
        return None


def _columns(request: HttpRequest, statement: Statement) -> HttpResponse:
    """What the columns hold is told: the rows are planned."""
    try:
        table = guest_tables.unpacked(request.POST.get("table", ""))
        form = GuestColumnsForm(request.POST, table=table)
        if not form.is_valid():
            return _tell_columns(request, statement, form)
        language = form.cleaned_data["language"]
        read = guest_lists.from_list(statement, table, by=_user(request), language=language, told=form.told())
    except Unreadable as error:
        messages.error(request, str(error))
        return redirect("desk-invitations-add", statement.slug)
    _say_planned(request, read.planned)
    if read.headings or read.individuals:
        left = {"headings": read.headings, "individuals": read.individuals}
        messages.info(request, _("Left out: %(headings)s headings, %(individuals)s individuals.") % left)
    return redirect("desk-invitations-planned", statement.slug)


def _tell_columns(request: HttpRequest, statement: Statement, form: GuestColumnsForm) -> HttpResponse:
    page = {"statement": statement, "step": "add", "form": form, "numbers": invitation_desk.numbers(statement)}
    return render(request, "desk/invitations_columns.html", page, status=422 if form.is_bound else 200)


def _say_planned(request: HttpRequest, number: int) -> None:
    told = ngettext("%(number)s is on the list now. Nothing is sent yet.",
                    "%(number)s are on the list now. Nothing is sent yet.", number)  # fmt: skip
    messages.success(request, told % {"number": number})


def _say(request: HttpRequest, number: int, words: str) -> None:
    messages.success(request, words % {"number": number})


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language") or get_language() or "en"
    return asked if asked in dict(settings.LANGUAGES) else "en"
