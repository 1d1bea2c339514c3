"""Photos of the public site at the desk: uploaded, said in each language, put in order for the front page."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import front_photos, photos
from campaigns.models import Photo
from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import User
from signon.site.file_forms import CreditForm, NewPhotoForm, PhotoWordsForm
from signon.site.site_desk import site_languages
from signon.site.site_forms import direction_of
from signon.statements.text_forms import name_of
from signon.views.desk.beside import columns, say_what_is_unsaved
from signon.views.staff import staff_with

PER_PAGE = 60


@require_safe
@staff_with("campaigns.view_photo")
def listed(request: HttpRequest) -> HttpResponse:
    """The front page's in their order, then all."""
    every = Photo.objects.for_user(request.user).prefetch_related("words")
    page = {
        "part": "photos",
        "front": every.filter(front_place__isnull=False).order_by("front_place", "pk"),
        "page": Paginator(every, PER_PAGE).get_page(request.GET.get("page")),
        "may_order": _may_order(request),
    }
    return render(request, "desk/photos.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.add_photo")
def new(request: HttpRequest) -> HttpResponse:
    """Upload one. A file that is no picture is told, and the words stay."""
    posted = request.method == "POST"
    form = NewPhotoForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        given = form.cleaned_data
        try:
            kept = photos.keep(given.pop("file").file, **given)
        except photos.NotAPicture as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Kept. Place and camera were removed from it."))
            return redirect("desk-photo", kept.pk)
    return render(request, "desk/photo_new.html", {"part": "photos", "form": form}, status=422 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.change_photo")
def photo(request: HttpRequest, number: int) -> HttpResponse:
    """One photo, and what it shows in each language."""
    found = get_object_or_404(Photo.objects.for_user(request.user).prefetch_related("words"), pk=number)
    asked = request.POST.get("language", "")
    said = {text.language: text for text in found.words.all()}
    languages = site_languages(found.original_language, said)

    def make(language: str, posted: QueryDict | None, **options: Any) -> PhotoWordsForm:
        return PhotoWordsForm(posted, text=said.get(language), language=language, **options)

    forms, unsaved = columns(request, languages, asked, make)
    # What was typed there is kept with whatever is saved: it is short, and never refused but for its length.
    credit = CreditForm(request.POST if "credit" in request.POST else None, instance=found)
    status = 200
    if request.method == "POST":
        if asked and asked not in forms:
            raise Http404
        if (not asked or forms[asked].is_valid()) and (not credit.is_bound or credit.is_valid()):
            if asked:
                photos.say(found, asked, **forms[asked].cleaned_data)
            if credit.is_bound:
                photos.give_credit(found, credit.cleaned_data["credit"])
            messages.success(request, _("Saved."))
            if not unsaved:
                return redirect(request.path)
            say_what_is_unsaved(request, unsaved)
        else:
            status = 422
    page = {
        "part": "photos",
        "photo": found,
        "unsaved": unsaved,
        "columns": [(code, name_of(code), direction_of(code), form, code in said) for code, form in forms.items()],
        "credit": credit,
        "may_order": _may_order(request),
    }
    return render(request, "desk/photo.html", page, status=status)


@require_POST
@staff_with("campaigns.change_photo")
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Put it on the front page, take it away from there, or move it."""
    found = get_object_or_404(Photo.objects.for_user(request.user), pk=number)
    if not _may_order(request):
        raise PermissionDenied
    if name in ("up", "down"):
        front_photos.move(found, -1 if name == "up" else 1)
    elif name == "front":
        front_photos.place(found)
        messages.success(request, _("It stands on the front page, last."))
    elif name == "away":
        front_photos.take_away(found)
        messages.success(request, _("It is not on the front page any more."))
    else:
        raise Http404
    return redirect("desk-photos")


def _may_order(request: HttpRequest) -> bool:
    """The front page is the network's, not one campaign's."""
    user = cast(User, request.user)
    return user.has_perm("campaigns.change_photo") and user.has_perm(ALL_CAMPAIGNS)
