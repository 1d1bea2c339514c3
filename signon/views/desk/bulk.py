"""Deciding many at once: first a page that shows what was chosen and what would become of it, then the act."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from signon import verifying
from signon.casework import desk, evidence, findings, resembling
from signon.casework.desk_forms import DeclineForm, ReasonForm
from signon.models import Organization, SignOn, User
from signon.views.desk import case_page
from signon.views.staff import staff_with

MOST = 200
LEADS_TO = {"accept": "accepted", "decline": "declined", "reopen": "confirmed"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("signon.view_signon")
def decide(request: HttpRequest, act: str) -> HttpResponse:
    """GET: the preview. POST: each of them is decided by itself, and what could not be is told."""
    user, chosen = cast(User, request.user), desk.Choice.read(request.GET)
    if act not in LEADS_TO:
        raise Http404
    if not user.has_perm("signon.verify_signon"):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    numbers = [desk.number(number) for number in given.getlist("chosen")[:MOST]]
    seen = SignOn.objects.for_user(user).filter(pk__in=numbers).select_related("statement", "text", "case")
    sign_ons = list(seen.order_by("confirmed_at", "pk"))
    back = reverse("desk-queue") + chosen.query()
    if not sign_ons:
        messages.warning(request, _("Nothing was chosen."))
        return redirect(back)
    posted = request.POST if request.method == "POST" else None
    form = DeclineForm(posted) if act == "decline" else ReasonForm(posted)
    if form.is_bound and form.is_valid():
        _decide(request, act, sign_ons, user, form.cleaned_data)
        return redirect(back)
    rows = [_row(act, sign_on) for sign_on in sign_ons]
    for row in rows:
        # What has a warning is looked at first; who ticked it all the same did so on purpose.
        row["ticked"] = row["possible"] and (form.is_bound or act != "accept" or not row["warns"])
    page: dict[str, Any] = {"act": act, "form": form, "rows": rows, "back": back, "query": chosen.query()}
    page["number"] = sum(row["ticked"] for row in rows)
    page["warned"] = sum(row["warns"] for row in rows)
    return render(request, "desk/decide.html", page, status=422 if form.is_bound else 200)


def _row(act: str, sign_on: SignOn) -> dict[str, Any]:
    possible, words = _becomes(act, sign_on)
    found = case_page.kept_findings(sign_on)
    warns = any(one.weight == findings.WARNS for one in found)
    return {"sign_on": sign_on, "findings": found, "possible": possible, "becomes": words, "warns": warns}


def _becomes(act: str, sign_on: SignOn) -> tuple[bool, str]:
    """Whether the act is possible for it now, and in words what would become of it, or why it stays as it is."""
    if LEADS_TO[act] not in sign_on.may_become or sign_on.state == SignOn.State.UNCONFIRMED:
        return False, sign_on.get_state_display()
    if act != "accept" or sign_on.is_individual:
        return True, ""
    known: Organization | None = evidence.known_organization(sign_on)
    if known is None:
        return _becomes_new(sign_on)
    standing = sign_on.statement.sign_ons.public().filter(organization=known).first()
    if standing:
        return False, _("%(name)s stands on the list already") % {"name": standing}
    return True, _("as %(name)s") % {"name": known}


def _becomes_new(sign_on: SignOn) -> tuple[bool, str]:
    """What is perhaps in the directory already is for a person to choose, on its own page."""
    for same in resembling.same_in_directory(sign_on)[:1]:
        return False, _("looks like %(name)s: open it and choose") % {"name": same}
    return True, _("a new organization")


def _decide(request: HttpRequest, act: str, sign_ons: list[SignOn], by: User, given: dict[str, Any]) -> None:
    acts: dict[str, Any] = {"accept": verifying.accept, "decline": verifying.decline, "reopen": verifying.reopen}
    done, left = 0, []
    for sign_on in sign_ons:
        possible, words = _becomes(act, sign_on)
        if not possible:
            left.append(f"{sign_on} ({words})")
            continue
        try:
            acts[act](sign_on, by=by, **given)
            done += 1
        except (verifying.CannotDecide, verifying.StandsAlready):
            left.append(str(sign_on))
    if done:
        messages.success(request, _told(act, done))
    if left:
        messages.warning(request, _("Left as they were: %(names)s.") % {"names": "; ".join(left)})


def _told(act: str, number: int) -> str:
    words = {
        "accept": ngettext("%d sign-on accepted.", "%d sign-ons accepted.", number),
        "decline": ngettext("%d sign-on declined.", "%d sign-ons declined.", number),
        "reopen": ngettext("%d decision taken back.", "%d decisions taken back.", number),
    }
    return words[act] % number
