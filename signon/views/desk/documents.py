"""Documents of the public site at the desk: PDFs that are uploaded, described, published."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import documents, marks
from campaigns.models import Document
from signon.models import User
from signon.site.file_forms import DocumentForm
from signon.views.staff import staff_with

PER_PAGE = 50


@require_safe
@staff_with("campaigns.view_document")
def listed(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    found = Document.objects.for_user(cast(User, request.user)).select_related("campaign").order_by("-created_at")
    page = {"part": "documents", "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "desk/documents.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.add_document")
def new(request: HttpRequest) -> HttpResponse:
    """Upload one. A file that is no PDF is told, and the words stay."""
    posted = request.method == "POST"
    user = cast(User, request.user)
    form = DocumentForm(request.POST if posted else None, request.FILES if posted else None, user=user)
    if posted and form.is_valid():
        try:
            kept = documents.keep(form.cleaned_data["file"].file, **form.said())
        except documents.NotADocument as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Kept. Nobody but your colleagues can fetch it yet."))
            return redirect("desk-document", kept.pk)
    page = {"part": "documents", "form": form}
    return render(request, "desk/document.html", page, status=422 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.change_document")
def document(request: HttpRequest, number: int) -> HttpResponse:
    """One document: what is said of it, and whether it is published."""
    user = cast(User, request.user)
    found = get_object_or_404(Document.objects.for_user(user), pk=number)
    form = DocumentForm(request.POST if request.method == "POST" else None, instance=found, user=user)
    if form.is_bound and form.is_valid():
        try:
            documents.change(found, **form.cleaned_data)
        except marks.ChangedMeanwhile as changed:
            form.keep(changed)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    page = {"part": "documents", "document": found, "form": form}
    return render(request, "desk/document.html", page, status=422 if form.is_bound else 200)


@require_safe
@staff_with("campaigns.view_document")
def file(request: HttpRequest, number: int) -> HttpResponseBase:
    """The PDF, also of one that is not published; this counts as no fetch."""
    found = get_object_or_404(Document.objects.for_user(cast(User, request.user)), pk=number)
    if not default_storage.exists(found.file_name):
        raise Http404
    return FileResponse(
        default_storage.open(found.file_name),
        as_attachment=True,
        filename=f"document-{found.pk}.pdf",
        content_type="application/pdf",
    )


@require_POST
@staff_with("campaigns.change_document")
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Publish it, or take it back."""
    found = get_object_or_404(Document.objects.for_user(cast(User, request.user)), pk=number)
    if name == "publish":
        documents.publish(found)
        messages.success(request, _("Published."))
    elif name == "take-back":
        documents.take_back(found)
        messages.success(request, _("Nobody but your colleagues can fetch it any more."))
    else:
        raise Http404
    return redirect("desk-document", number)
