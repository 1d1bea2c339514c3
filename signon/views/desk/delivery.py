"""The end of a statement's road at the desk: letters handed over, answers, thanks, the archive, files that prove."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.models import AddresseeAnswer
from signon import organizing
from signon.casework import attaching
from signon.casework.hand_forms import AnswerForm
from signon.models import Attachment, LetterPack, User
from signon.people import reach
from signon.statements import archiving, delivering
from signon.statements.story import story
from signon.views.staff import staff_with

may_organize = staff_with("signon.organize_statement")


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def delivery(request: HttpRequest, slug: str) -> HttpResponse:
    """What was handed over and answered, and a form for an answer."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    with timezone.override(statement.time_zone):
        form = AnswerForm(request.POST or None, request.FILES or None, statement=statement)
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            file = given.pop("file")
            try:
                delivering.answer(statement, by=user, files=[file] if file else [], **given)
                messages.success(request, _("Recorded: the statement’s page tells it now."))
                return redirect("desk-delivery", slug)
            except delivering.CannotAnswer:
                form.add_error(None, _("Record the delivery first: nobody can answer what they do not have."))
    packs = statement.letter_packs.light().exclude(state=LetterPack.State.ORDERED)
    proofs = Attachment.objects.for_user(user)
    page: dict[str, Any] = {
        "statement": statement,
        "form": form,
        "chapters": story(statement),
        "made": packs.filter(state=LetterPack.State.MADE),
        "files": proofs.filter(pack__statement=statement) | proofs.filter(answer__statement=statement),
        "may_answer": delivering.may_answer(statement),
    }
    return render(request, "desk/delivery.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_organize
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Correct a published answer; below, the way to remove it."""
    found, user = _answer(request, number)
    statement = found.statement
    seen = request.POST.get("seen") or delivering.mark_of(found)
    form = AnswerForm(request.POST if request.method == "POST" else None, statement=statement, instance=found)
    del form.fields["file"]
    if form.is_bound and form.is_valid():
        try:
            if delivering.correct_answer(found, by=user, seen=seen, **form.words()):
                messages.success(request, _("Corrected: the statement’s page says so."))
        except organizing.ChangedMeanwhile:
            form.add_error(None, _("Somebody changed these meanwhile. Look at the overview, then change them anew."))
        except delivering.CannotAnswer:
            form.add_error(None, _("That cannot be changed any more: somebody moved the statement meanwhile."))
        else:
            return redirect("desk-delivery", statement.slug)
    page = {"statement": statement, "form": form, "answer": found, "seen": seen, "files": found.attachments.all()}
    return render(request, "desk/answer.html", page, status=422 if form.is_bound else 200)


@require_POST
@may_organize
def remove_answer(request: HttpRequest, number: int) -> HttpResponse:
    """Take a published answer and its files away; that there was one stays on record."""
    found, user = _answer(request, number)
    if delivering.remove_answer(found, by=user):
        messages.success(request, _("The answer and its files are removed."))
    return redirect("desk-delivery", found.statement.slug)


def _answer(request: HttpRequest, number: int) -> tuple[AddresseeAnswer, User]:
    user = cast(User, request.user)
    own = AddresseeAnswer.objects.for_user(user)
    return get_object_or_404(own.select_related("statement"), pk=number), user


@require_POST
@staff_with("signon.send_mailing")
def thank(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft the thanks to all signatories; the mailing's own page shows and sends it."""
    user = cast(User, request.user)
    draft = delivering.thank(reach.statement_or_404(user, slug), by=user)
    messages.success(request, _("A draft: look at it in each language, then send it."))
    return redirect("desk-mailing", draft.pk)


@require_POST
@staff_with("signon.export_signon")
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the whole of it put into one file."""
    user = cast(User, request.user)
    statement = get_object_or_404(reach.texts(user), slug=slug)
    export = archiving.prepare(statement, by=user, contacts="contacts" in request.POST)
    return redirect("desk-export", export.pk)


@require_safe
@staff_with("signon.view_signon")
def attachment(request: HttpRequest, number: int) -> FileResponse:
    """A file that proves something, downloaded and never shown."""
    found = get_object_or_404(Attachment.objects.for_user(cast(User, request.user)), pk=number)
    try:
        opened = attaching.opened(found)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["Content-Security-Policy"] = "sandbox"
    return response


@require_POST
@may_organize
def remove_attachment(request: HttpRequest, number: int) -> HttpResponse:
    """Take a file away for good; that it was there stays on record."""
    own = Attachment.objects.for_user(cast(User, request.user)).filter(pk=number)
    found = get_object_or_404(own)
    attaching.remove(own)
    messages.success(request, _("The file is removed; its digest stays on record."))
    if found.sign_on_id:
        return redirect("desk-case", found.sign_on_id)
    statement = found.pack.statement if found.pack else found.answer.statement  # type: ignore[union-attr]
    return redirect("desk-delivery", statement.slug)
