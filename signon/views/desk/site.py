"""The public site at the desk: posts, events and pages, each begun, written in its languages, and looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import markdown, piece_checking, publishing
from campaigns.models import Piece, Words
from signon.models import User
from signon.site import site_desk
from signon.site.site_desk import KINDS, Kind
from signon.site.site_forms import NewPieceForm, WordsForm, direction_of, zones
from signon.statements.text_forms import name_of
from signon.views.desk.beside import columns, say_what_is_unsaved
from signon.views.desk.changed_events import say_who_is_to_be_told
from signon.views.staff import staff_with

PER_PAGE = 50


def may(act: str) -> Callable[..., Any]:
    """For staff who may add, change or view this kind; the view gets the kind itself."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, kind: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = site_desk.kind_or_404(kind)
            try:
                return staff_with(found.right(act))(view)(request, found, *args, **kwargs)
            except found.model.DoesNotExist as error:  # somebody deleted it meanwhile
                raise Http404 from error

        guarded.is_guarded = True  # type: ignore[attr-defined]
        return guarded

    return guard


@require_safe
@staff_with("campaigns.view_post")
def home(request: HttpRequest) -> HttpResponse:
    """The first list that somebody may see."""
    first = next((name for name, kind in KINDS.items() if request.user.has_perm(kind.right("view"))), "posts")
    return redirect("desk-pieces", first)


@require_safe
@may("view")
def pieces(request: HttpRequest, kind: Kind) -> HttpResponse:
    """All of a kind, by state: the newest first, by when it appeared or was begun; of events the latest."""
    found = site_desk.pieces(cast(User, request.user), kind)
    state = request.GET.get("state", "")
    state = state if state in site_desk.STATES else ""
    query = request.GET.get("q", "").strip()[:100]
    shown = site_desk.newest_first(site_desk.titled(site_desk.in_state(found, state), query)).prefetch_related("words")
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/site_pieces.html",
        {
            "kind": kind,
            "part": kind.name,
            "page": page,
            "state": state,
            "query": query,
            "kept": urlencode({name: value for name, value in (("state", state), ("q", query)) if value}),
            "states": [
                (name, label, site_desk.in_state(found, name).count())
                for name, label in [("", _("All")), *site_desk.STATES.items()]
            ],
            "may_add": request.user.has_perm(kind.right("add")),
            "zone": site_desk.zone(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may("add")
def new(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Begin a piece; its words are written on the next page."""
    user = cast(User, request.user)
    posted = request.POST if request.method == "POST" else None
    form = NewPieceForm(posted, model=kind.model, user=user, zone=site_desk.zone())
    if form.is_bound and form.is_valid():
        made = publishing.begin(form.made(), by=user, title=form.cleaned_data["title"])
        messages.success(request, _("Begun. It is a draft: nobody but your colleagues sees it."))
        return redirect("desk-piece", kind.name, made.pk)
    page = {"kind": kind, "part": kind.name, "form": form, "zones": zones() if "zone" in form.fields else []}
    return render(request, "desk/site_new.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may("change")
def piece(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """Its original, and beside it how it will look or one of its translations. Each is saved by itself."""
    found = site_desk.piece_or_404(cast(User, request.user), kind, number)
    languages = site_desk.languages_of(found)
    previewed = request.POST.get("preview", "")
    asked = previewed or request.POST.get("language", "")
    if asked and asked not in languages:
        raise Http404
    beside = asked if asked in languages[1:] else request.GET.get("beside", "")
    beside = beside if beside in languages[1:] else ""
    forms, unsaved = columns(request, filter(None, [languages[0], beside]), asked, partial(_form, found))
    status, current = 200, None
    if request.method == "POST":
        if asked not in forms:
            raise Http404
        form = forms[asked]
        status = 422
        if previewed:
            status = 200
        elif form.is_valid():
            try:
                given = form.cleaned_data
                publishing.write(found, asked, by=cast(User, request.user), **given)
                messages.success(request, _("Saved."))
                say_who_is_to_be_told(request, found)
                if not unsaved:
                    return redirect(f"{request.path}?beside={beside}" if beside else request.path)
                say_what_is_unsaved(request, unsaved)
                found = site_desk.piece_or_404(cast(User, request.user), kind, number)
                forms[asked], status = _form(found, asked, None), 200
            except publishing.Changed as changed:
                current, status = changed.current, 409
                form.keep(current)
                form.add_error(None, _("Somebody changed this text while you wrote. Yours is not saved yet."))
    shown = _shown(kind, found, forms, beside) | {"unsaved": unsaved}
    shown |= {"conflict": current, "conflict_language": asked * (status == 409)}
    return render(request, "desk/site_text.html", shown | {"previewed": previewed}, status=status)


@require_POST
@staff_with("campaigns.view_post")
def preview(request: HttpRequest) -> HttpResponse:
    """What was typed, as readers will see it. Nothing is kept."""
    return render(
        request,
        "desk/_site_preview.html",
        {
            "title": request.POST.get("title", "")[:300],
            "html": markdown.render(request.POST.get("body", "")),
            "language": request.POST.get("language", "en")[:12],
            "direction": direction_of(request.POST.get("language", "en")),
        },
    )


def _form(found: Piece, language: str, posted: QueryDict | None, **options: Any) -> WordsForm:
    current: Words | None = next((text for text in found.words.all() if text.language == language), None)
    return WordsForm(posted, text=current, language=language, kind=type(found), **options)


def _shown(kind: Kind, found: Any, forms: dict[str, WordsForm], beside: str) -> dict[str, Any]:
    told = piece_checking.findings(found)
    languages = site_desk.languages_of(found)
    written = {text.language for text in found.words.all()}
    shown = [
        {
            "language": language,
            "name": name_of(language),
            "form": form,
            "is_original": language == languages[0],
            "is_new": language not in written,
            "direction": direction_of(language),
            "title": form["title"].value() or "",
            "html": markdown.render(str(form["body"].value() or "")),
            "findings": [each for each in told if each.language == language],
        }
        for language, form in forms.items()
    ]
    return {
        "kind": kind,
        "part": kind.name,
        "piece": found,
        "piece_part": "text",
        "columns": shown,
        "beside": beside,
        "others": [(code, name_of(code), code in written) for code in languages[1:]],
    }
