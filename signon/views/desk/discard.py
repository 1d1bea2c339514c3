"""What was never published, and files that nothing shows, are deleted at the desk: after a page that asks."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import discarding
from campaigns.models import Document, Photo
from signon.models import User
from signon.site import site_desk
from signon.site.site_desk import Kind
from signon.views.desk.site import may
from signon.views.staff import staff_with


@require_http_methods(["GET", "HEAD", "POST"])
@may("delete")
def piece(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """A post, an event or a page."""
    found = site_desk.piece_or_404(cast(User, request.user), kind, number)
    shown = {"part": kind.name, "title": found.title, "language": found.original_language, "list_name": kind.many}
    own, listed = reverse("desk-piece-publish", args=[kind.name, number]), reverse("desk-pieces", args=[kind.name])
    return _asked(request, found, shown, own, listed)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.delete_document")
def document(request: HttpRequest, number: int) -> HttpResponse:
    """A PDF, with its file."""
    found = get_object_or_404(Document.objects.for_user(cast(User, request.user)), pk=number)
    shown = {"part": "documents", "title": found.title, "language": found.language, "list_name": _("Documents")}
    return _asked(request, found, shown, reverse("desk-document", args=[number]), reverse("desk-documents"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.delete_photo")
def photo(request: HttpRequest, number: int) -> HttpResponse:
    """A photo, with its files."""
    found = get_object_or_404(Photo.objects.for_user(request.user).prefetch_related("words"), pk=number)
    text = found.text(get_language())
    language = text.language if text else found.original_language
    shown = {"part": "photos", "title": str(text.caption or text.alt) if text else found.key, "language": language}
    shown |= {"list_name": _("Photos"), "photo": found}
    return _asked(request, found, shown, reverse("desk-photo", args=[number]), reverse("desk-photos"))


def _asked(request: HttpRequest, thing: Any, shown: dict[str, Any], own: str, listed: str) -> HttpResponse:
    """The page that asks, or that says why not; its button deletes."""
    status = 200
    bars = discarding.reasons(thing)
    if request.method == "POST":
        try:
            discarding.discard(thing, by=cast(User, request.user))
        except discarding.InTheWay as barred:
            bars, status = barred.reasons, 409
        else:
            messages.success(request, _("Deleted."))
            return redirect(listed)
    page = shown | {"reasons": bars, "own_url": own, "list_url": listed}
    return render(request, "desk/discard.html", page, status=status)
