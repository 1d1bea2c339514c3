"""Letter packs at the desk: order one, watch it being made, fetch its files, record its delivery."""

from __future__ import annotations

import contextlib
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import Statement
from signon import jobs, letter
from signon.casework.hand_forms import HandedOverForm, ProofForm
from signon.figures.numbers import not_listed_yet
from signon.letters.letter import in_words
from signon.letters.letter_forms import PackForm
from signon.mail import reaffirming
from signon.models import Job, LetterFile, LetterPack, User
from signon.people import reach
from signon.statements import delivering
from signon.views.posted import posted_from
from signon.views.staff import staff_with

may_make = staff_with("signon.export_signon")
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
}


@require_http_methods(["GET", "HEAD", "POST"])
@may_make
def packs(request: HttpRequest, slug: str) -> HttpResponse:
    """A statement's letters, and what the next one is to be like."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    form = PackForm(request.POST if request.method == "POST" else None, statement=statement, user=user)
    if form.is_bound and form.is_valid():
        with contextlib.suppress(letter.CannotOrder):  # the page says so
            return redirect("desk-letter", letter.order(statement, by=user, **form.cleaned_data).pk)
    page = {
        "statement": statement,
        "form": form,
        "may_order": Statement.objects.for_user(user).opened().filter(pk=statement.pk).exists(),
        "packs": statement.letter_packs.light().with_work().select_related("made_by", "text"),
        "tally": statement.counters.all().tally(),
        "earlier": reaffirming.counted(statement),
        "left": not_listed_yet(statement),
    }
    return render(request, "desk/statement_letters.html", page, status=422 if form.is_bound else 200)


@require_safe
@may_make
def pack(request: HttpRequest, number: int) -> HttpResponse:
    return _show(request, _pack(request, number))


@require_POST
@may_make
def try_again(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a pack anew that could not be made."""
    chosen = _pack(request, number)
    letter.order_again(chosen, by=cast(User, request.user))
    return redirect("desk-letter", chosen.pk)


@posted_from("desk-letter", "number")
@staff_with("signon.deliver_letterpack")
def deliver(request: HttpRequest, number: int) -> HttpResponse:
    """Record a delivery, in the statement's time zone."""
    chosen = _pack(request, number)
    with timezone.override(chosen.statement.time_zone):
        form = HandedOverForm(request.POST, request.FILES, pack=chosen)
        if not form.is_valid():
            return _show(request, chosen, form)
    try:
        given = dict(form.cleaned_data)
        file = given.pop("file")
        delivering.deliver(chosen, by=cast(User, request.user), files=[file] if file else [], **given)
        messages.success(request, _("Recorded: delivered to %(to)s.") % given)
    except letter.CannotDeliver:
        messages.warning(request, _("Nothing was recorded: the letter is not made yet, or was delivered before."))
    return redirect("desk-letter", chosen.pk)


@require_POST
@staff_with("signon.deliver_letterpack")
def prove(request: HttpRequest, number: int) -> HttpResponse:
    """Add what proves a delivery, where nobody had it at hand when it was recorded."""
    chosen = _pack(request, number)
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, chosen, proof_form=form)
    try:
        delivering.prove(chosen, by=cast(User, request.user), file=form.cleaned_data["file"])
        messages.success(request, _("The file is kept."))
    except letter.CannotDeliver:
        messages.warning(request, _("Nothing was kept: the letter is not delivered yet."))
    return redirect("desk-letter", chosen.pk)


@require_POST
@staff_with("signon.deliver_letterpack")
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Take a letter's names and files away, for somebody who must be erased."""
    chosen = _pack(request, number)
    if letter.forget(chosen, by=cast(User, request.user)):
        messages.success(request, _("The list and the files are removed. The digests stay."))
    else:
        messages.warning(request, _("Nothing was removed: the letter is not made yet, or its list was removed before."))
    return redirect("desk-letter", chosen.pk)


@require_safe
@may_make
def fetch(request: HttpRequest, number: int, kind: str) -> FileResponse:
    """A file of a pack; that it was fetched is recorded. With representatives it is for who may export contacts."""
    user = cast(User, request.user)
    own = LetterFile.objects.for_user(user)
    file = get_object_or_404(own.select_related("pack"), pack=number, kind=kind)
    if not _may_fetch(user, file.pack):
        raise PermissionDenied
    try:
        opened = letter.fetch(file, by=user)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(opened, as_attachment=kind != "pdf", filename=file.name, content_type=TYPES[kind])


def _pack(request: HttpRequest, number: int) -> LetterPack:
    own = LetterPack.objects.for_user(cast(User, request.user))
    found = own.light().with_work()
    found = found.select_related("statement", "text__revision", "made_by", "delivered_by", "forgotten_by")
    return get_object_or_404(found, pk=number)


def _may_fetch(user: User, chosen: LetterPack) -> bool:
    return not chosen.with_representatives or user.has_perm("signon.export_contacts")


def _show(
    request: HttpRequest,
    chosen: LetterPack,
    form: HandedOverForm | None = None,
    proof_form: ProofForm | None = None,
) -> HttpResponse:
    user = cast(User, request.user)
    page: dict[str, Any] = {
        "pack": chosen,
        "job": jobs.latest(Job.Kind.PACK, chosen.pk),
        "counts": in_words(chosen.counts) if chosen.counts else "",
        "remark": letter.remark_in_words(chosen),
        "files": chosen.files.all(),
        "proofs": chosen.attachments.select_related("by"),
        "may_fetch": _may_fetch(user, chosen),
        "fetches": [fetch for file in chosen.files.all() for fetch in file.fetches.select_related("by", "file")],
    }
    with timezone.override(chosen.statement.time_zone):
        if chosen.state == LetterPack.State.MADE and user.has_perm("signon.deliver_letterpack"):
            page["form"] = form or HandedOverForm(pack=chosen)
            page["left"] = not_listed_yet(chosen.statement)
        if chosen.state == LetterPack.State.DELIVERED and user.has_perm("signon.deliver_letterpack"):
            page["proof_form"] = proof_form or ProofForm()
        return render(request, "desk/letter.html", page, status=422 if form or proof_form else 200)
