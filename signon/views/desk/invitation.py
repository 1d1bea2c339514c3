"""One invitation at the desk: what came of it, its contact, its notes, and who looks after it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from signon import inviting
from signon.casework.desk_forms import NoteForm
from signon.invitations import guest_lists, invitation_desk, reconciling, replying
from signon.invitations.invitation_forms import ContactForm, LookAfterForm, PlannedForm
from signon.models import Invitation, User
from signon.views.desk.invitations import may_organize
from signon.views.posted import posted_from

SHOWN = 20


@require_http_methods(["GET", "HEAD"])
@may_organize
def invitation(request: HttpRequest, number: int) -> HttpResponse:
    found = _found(request, number)
    if found.state == Invitation.State.PLANNED:
        return _planned(request, found, PlannedForm(invitation=found))
    return render(request, "desk/invitation.html", _page(request, found))


@posted_from("desk-invitation", "number")
@may_organize
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Mend a planned row, leave it out; write down, hand over, readdress, answer, decide whose sign-on it is."""
    found, user = _found(request, number), cast(User, request.user)
    if name == "mend":
        return _mend(request, found)
    if name == "skip":
        inviting.remove(Invitation.objects.filter(pk=found.pk))
        return redirect("desk-invitations-planned", found.statement.slug)
    forms: dict[str, Any] = {
        "note": NoteForm(request.POST),
        "contact": ContactForm(request.POST, instance=found),
        "assign": LookAfterForm(request.POST, staff=invitation_desk.staff(found.statement)),
        "answered": NoteForm(request.POST),
    }
    form = forms.get(name)
    if form is not None:
        if not form.is_valid():
            found.refresh_from_db()
            return render(request, "desk/invitation.html", _page(request, found) | {f"{name}_form": form}, status=422)
        given = form.cleaned_data
        if name == "note":
            inviting.note(found, by=user, words=given["words"])
        elif name == "assign":
            inviting.assign(Invitation.objects.filter(pk=found.pk), to=given["to"])
        elif name == "answered":
            replying.answered(found, by=user, words=given["words"])
        else:
            _readdress(request, number, given)
    elif name == "it-is":
        _decide(request, found)
    elif name == "it-is-not":
        reconciling.is_not_it(found)
    elif name == "ask-again":
        replying.ask_again(found, by=user)
    else:
        raise Http404
    return redirect("desk-invitation", number)


def _found(request: HttpRequest, number: int) -> Invitation:
    """Of another's campaign there is none."""
    rows = Invitation.objects.for_user(cast(User, request.user))
    rows = rows.select_related("statement__campaign", "organization", "looked_after_by", "sign_on", "perhaps")
    found: Invitation = get_object_or_404(rows, pk=number)
    return found


def _page(request: HttpRequest, found: Invitation) -> dict[str, Any]:
    asked = request.GET.get("q", "")[:100]
    return {
        "invitation": found,
        "statement": found.statement,
        "told": found.told.select_related("by"),
        "mails": found.messages.order_by("-created_at", "-pk")[:SHOWN],
        "note_form": NoteForm(auto_id="note-%s"),
        "answered_form": NoteForm(auto_id="answered-%s"),
        "contact_form": ContactForm(instance=found),
        "assign_form": LookAfterForm(
            staff=invitation_desk.staff(found.statement), initial={"to": found.looked_after_by_id}
        ),
        "q": asked,
        "choices": reconciling.choices(found, asked)[:SHOWN] if asked else [],
        "is_undecided": replying.is_undecided(found),
        "is_denied": replying.is_denied(found),
        "is_over": found.state in (Invitation.State.REFUSED, Invitation.State.WITHDREW, Invitation.State.DECLINED),
        "is_barred": inviting.with_mailbox(Invitation.objects.filter(pk=found.pk)).get().is_barred,
    }


def _planned(request: HttpRequest, found: Invitation, form: PlannedForm) -> HttpResponse:
    code = guest_lists.standing(found.statement, [found])[found.pk]
    page = {
        "invitation": found, "statement": found.statement, "form": form, "says": guest_lists.says(found),
        "standing": invitation_desk.STANDING[code],
    }  # fmt: skip
    return render(request, "desk/invitation_planned.html", page, status=422 if form.is_bound else 200)


def _mend(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = PlannedForm(request.POST, invitation=found)
    if not form.is_valid():
        return _planned(request, found, form)
    if not guest_lists.mend(found, form.values()):
        messages.warning(request, _("It was sent meanwhile, and left as it is."))
    return redirect("desk-invitations-planned", found.statement.slug)


def _readdress(request: HttpRequest, number: int, given: dict[str, Any]) -> None:
    # The form has written on its own instance: what stands in the database is asked anew.
    found = Invitation.objects.select_related("statement").get(pk=number)
    try:
        if inviting.readdress(found, **given):
            messages.success(request, _("Saved. An invitation goes to the new address."))
        else:
            messages.success(request, _("Saved."))
    except inviting.Taken:
        messages.warning(request, _("This address is invited to this statement already."))


def _decide(request: HttpRequest, found: Invitation) -> None:
    chosen = invitation_desk.number(request.POST.get("sign_on", ""))
    sign_on = reconciling.choices(found).filter(pk=chosen).first()
    if sign_on is None or not reconciling.is_it(found, sign_on):
        messages.warning(request, _("It was left as it is: somebody else was faster."))
