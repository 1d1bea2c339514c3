"""One piece of the public site at the desk: its particulars, its moment, its history."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import histories, marks, piece_checking, publishing
from signon.models import User
from signon.site import piece_particulars, site_desk
from signon.site.site_desk import Kind
from signon.site.site_forms import PARTICULARS, MomentForm, zones
from signon.statements.text_forms import name_of
from signon.views.desk.changed_events import say_who_is_to_be_told, say_who_moved_up
from signon.views.desk.site import may


@require_http_methods(["GET", "HEAD", "POST"])
@may("change")
def particulars(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """What is not its words: where it belongs, its photo, its address, an event's time and place."""
    user = cast(User, request.user)
    found = site_desk.piece_or_404(user, kind, number)
    form = PARTICULARS[kind.model](request.POST if request.method == "POST" else None, instance=found, user=user)
    if form.is_bound and form.is_valid():
        try:
            moved = piece_particulars.change(found, by=user, **form.cleaned_data)
        except marks.ChangedMeanwhile as changed:
            form.keep(changed)
        except publishing.Taken:
            form.add_error("slug", _("Another one has this short name, or had it."))
        else:
            messages.success(request, _("Saved."))
            say_who_moved_up(request, moved)
            say_who_is_to_be_told(request, found)
            return redirect(request.path)
    page = {"kind": kind, "part": kind.name, "piece": found, "piece_part": "particulars", "form": form}
    if "zone" in form.fields:
        page["zones"] = zones()
    return render(request, "desk/site_particulars.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may("change")
def publication(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """Whether strangers read it, from when on, and who else may: what it lacks is told; no text at all bars it."""
    found = site_desk.piece_or_404(cast(User, request.user), kind, number)
    zone = site_desk.zone()
    posted = request.POST if request.method == "POST" else None
    form = MomentForm(posted, zone=zone, at=found.published_at if found.state == "scheduled" else None)
    if form.is_bound and form.is_valid():
        try:
            publishing.publish(found, by=cast(User, request.user), at=form.cleaned_data["at"])
        except publishing.Unwritten:
            form.add_error(None, _("It has no text yet. Write it first, then publish it."))
        else:
            messages.success(request, _("It appears by itself at that moment."))
            return redirect(request.path)
    told = piece_checking.findings(found)
    languages = dict.fromkeys(each.language for each in told)
    page = {
        "kind": kind,
        "part": kind.name,
        "piece": found,
        "piece_part": "publish",
        "form": form,
        "zone": zone,
        "has_text": publishing.has_text(found),
        "may_delete": request.user.has_perm(kind.right("delete")) and not publishing.was_public(found),
        "findings": [(name_of(code), [each for each in told if each.language == code]) for code in languages],
        "draft_url": settings.SITE_URL + reverse("piece-draft", args=[kind.name, found.draft_key]),
    }
    return render(request, "desk/site_publish.html", page, status=422 if form.is_bound else 200)


@require_POST
@may("change")
def act(request: HttpRequest, kind: Kind, number: int, name: str) -> HttpResponse:
    """Publish it now, take it back, or end the secret link."""
    user = cast(User, request.user)
    found = site_desk.piece_or_404(user, kind, number)
    if name == "publish":
        try:
            publishing.publish(found, by=user)
        except publishing.Unwritten:
            messages.warning(request, _("It has no text yet. Write it first, then publish it."))
        else:
            messages.success(request, _("Published."))
    elif name == "take-back":
        publishing.take_back(found, by=user)
        messages.success(request, _("It is a draft again. The secret link that was given before has ended."))
        say_who_is_to_be_told(request, found)
    elif name == "end-link":
        publishing.end_link(found)
        messages.success(request, _("The old link has ended. There is a new one."))
    else:
        raise Http404
    return redirect("desk-piece-publish", kind.name, number)


@require_safe
@may("change")
def history(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """Who changed what when."""
    found = site_desk.piece_or_404(cast(User, request.user), kind, number)
    page = {
        "kind": kind,
        "part": kind.name,
        "piece": found,
        "piece_part": "history",
        "steps": histories.steps(found),
        "zone": site_desk.zone(),
    }
    return render(request, "desk/site_history.html", page)


@require_POST
@may("change")
def restore(request: HttpRequest, kind: Kind, number: int, version: int) -> HttpResponse:
    """Make its words what they were."""
    user = cast(User, request.user)
    found = site_desk.piece_or_404(user, kind, number)
    earlier = get_object_or_404(publishing.versions(found), pk=version)
    publishing.restore(found, earlier, by=user)
    messages.success(request, _("Its words are what they were then. What stood there before is in the history."))
    return redirect("desk-piece-history", kind.name, number)
