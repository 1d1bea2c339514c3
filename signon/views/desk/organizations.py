"""The directory at the desk: find two entries that are one, merge them, or say that they are two."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from signon.casework import findings, merging, resembling
from signon.finding import staff_search, word_search
from signon.models import Merge, Organization, SignOn, User
from signon.views.staff import staff_with

SHOWN = 50
# By what no index has: PostgreSQL would go through all entries, in order, to find the few that match.
AS_SORTED = Coalesce("search_key", "search_key")
may_merge = staff_with("signon.merge_organization")
REASONS = {
    "same": lambda: _("Choose two different entries."),
    "gone": lambda: _("One of them was merged already."),
    "told_apart": lambda: _("Staff said that these are two organizations."),
}


@require_safe
@staff_with("signon.view_organization")
def organizations(request: HttpRequest) -> HttpResponse:
    """The directory, by name; entries that were merged away are found under what they were merged into."""
    asked, too_many = request.GET.get("q", "")[:200], False
    found = Organization.objects.for_user(cast(User, request.user)).current().order_by("search_key", "pk")
    if asked.strip():
        try:
            found = found.filter(pk__in=staff_search.organizations(asked)).order_by(AS_SORTED, "pk")
        except word_search.TooMany:
            found, too_many = found.none(), True
    most = word_search.MOST if too_many else None
    page = {"q": asked, "found": found[:SHOWN], "too_many": most, "merges": _merges()}
    return render(request, "desk/organizations.html", page)


@require_safe
@staff_with("signon.view_organization")
def organization(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: its names, domains and sign-ons, and what looks like it."""
    user = cast(User, request.user)
    entry = get_object_or_404(Organization.objects.for_user(user).select_related("merged_into"), pk=number)
    apart, seen = merging.apart_from(entry), SignOn.objects.for_user(user)
    alike = [
        (each, findings.grounds_in_words(each.why), round(100 * each.score), looks_alike)
        for each, looks_alike in resembling.entries_like(entry)
        if each.organization not in apart
    ]
    page = {
        "entry": entry,
        "alike": alike[:8],
        "apart": apart,
        "sign_ons": seen.filter(organization=entry).select_related("statement").order_by("-created_at")[:SHOWN],
        "merges": entry.merges.filter(undone_at=None).select_related("merged", "by"),
    }
    return render(request, "desk/organization.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_merge
def merge(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """GET: what a merge would do. POST: merge `other` into this entry, tell the two apart, or undo that."""
    user = cast(User, request.user)
    kept, merged = (get_object_or_404(Organization.objects.for_user(user), pk=pk) for pk in (number, other))
    try:
        if request.method == "POST" and request.POST.get("act") == "tell-apart":
            merging.tell_apart(kept, merged, by=user)
            messages.success(request, _("Two organizations from now on: neither is offered as the other."))
            return redirect("desk-organization", kept.pk)
        if request.method == "POST" and request.POST.get("act") == "tell-apart-no-more":
            merging.tell_apart_no_more(kept, merged)
            messages.success(request, _("This one may be %(name)s again.") % {"name": merged})
            return redirect("desk-organization", kept.pk)
        effect = merging.preview(kept, merged)
        reached = SignOn.objects.for_user(user).filter(pk__in=[later.pk for later, _earlier in effect.pairs])
        shown = set(reached.values_list("pk", flat=True))
        if request.method == "POST":
            merging.merge(kept, merged, by=user)
            messages.success(request, _("Merged: %(name)s is another name of it now.") % {"name": merged})
            return redirect("desk-organization", kept.pk)
    except merging.CannotMerge as error:
        messages.warning(request, REASONS[error.reason]())
        return redirect("desk-organization", kept.pk)
    pieces = findings.difference(str(kept), str(merged)), findings.difference(str(merged), str(kept))
    # Where both stand, but on others' statements: counted, not named.
    pairs = [pair for pair in effect.pairs if pair[0].pk in shown]
    page = {"kept": kept, "merged": merged, "effect": effect, "pieces": pieces, "pairs": pairs}
    page["others"] = len(effect.pairs) - len(pairs)
    return render(request, "desk/merge.html", page)


@require_POST
@may_merge
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Make two of one again."""
    done = get_object_or_404(Merge.objects.select_related("kept", "merged"), pk=number)
    try:
        merging.undo(done, by=cast(User, request.user))
        messages.success(request, _("Two entries again: %(name)s.") % {"name": done.merged})
    except merging.CannotUndo:
        messages.warning(request, _("This cannot be undone: it was undone before, or merged again since."))
    return redirect("desk-organization", done.kept_id)


def _merges() -> list[Merge]:
    return list(Merge.objects.filter(undone_at=None).select_related("kept", "merged", "by")[:20])
