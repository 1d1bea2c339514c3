"""Lists in, at the desk: a file, its columns, its rows, the import; each step a page of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from signon import jobs
from signon.geography import countries
from signon.imports import amending, import_desk, previewing, question_cells, undoing
from signon.imports.columns import columns_sample
from signon.imports.import_forms import ColumnsForm, ReadingForm, RowForm, SourceForm
from signon.imports.tables import Unreadable
from signon.models import Import, ImportRow, Job, User
from signon.people import reach
from signon.views.staff import staff_with

may_import = staff_with("signon.import_signon")
State = Import.State


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Step 1: a file or pasted text, and the statement's earlier imports."""
    statement = reach.statement_or_404(cast(User, request.user), slug)
    form = SourceForm(request.POST, request.FILES) if request.method == "POST" else SourceForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = previewing.begin(
                statement,
                file or form.cleaned_data["text"],
                by=cast(User, request.user),
                name=getattr(file, "name", ""),
            )
            return redirect("desk-import-columns", made.pk)
        except Unreadable as error:
            form.add_error("file" if file else "text", str(error))
    earlier = statement.imports.exclude(state=State.DISCARDED).select_related("by")[:50]
    page = {"form": form, "statement": statement, "earlier": earlier, "step": "file"}
    return render(request, "desk/import_file.html", page, status=422 if form.is_bound else 200)


@require_safe
@may_import
def show(request: HttpRequest, number: int) -> HttpResponse:
    """The step at which an import is; once it was carried out, what came of it."""
    chosen = _chosen(request, number)
    if chosen.state == State.UPLOADED:
        return redirect("desk-import-columns", number)
    if chosen.state in (State.MAPPED, State.PREVIEWED):
        return redirect("desk-import-rows", number)
    page = {"import": chosen, "step": "apply", **import_desk.result(chosen)}
    return render(request, "desk/import_result.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def columns(request: HttpRequest, number: int) -> HttpResponse:
    """Step 2: what the columns hold, where the list is from, and with what consent."""
    chosen = _chosen(request, number)
    if not chosen.is_open:
        return redirect("desk-import", number)
    if request.method == "POST" and "reread" in request.POST:
        if not previewing.reread(chosen, request.POST.get("encoding", ""), request.POST.get("sheet", "")):
            _warn(request, chosen)
        return redirect("desk-import-columns", number)
    try:
        table = previewing.table_of(chosen)
        found = previewing.columns_of(chosen, table)
    except Unreadable as error:
        messages.error(request, str(error))
        return redirect("desk-import-begin", chosen.statement.slug)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        columns=found,
        questions=question_cells.labels(question_cells.asked(chosen.statement)),
        initial={"source": chosen.source, "consent": chosen.consent},
    )
    if form.is_bound and form.is_valid():
        by, source, consent = cast(User, request.user), form.cleaned_data["source"], form.cleaned_data["consent"]
        try:
            if not previewing.tell(chosen, table, form.told(), by=by, source=source, consent=consent):
                _warn(request, chosen)
            return redirect("desk-import-rows", number)
        except Unreadable as error:
            form.add_error("consent", str(error))
    page = {
        "import": chosen, "form": form, "reading": ReadingForm(table=table), "step": "columns",
        "columns": [(form[f"column-{at}"], cells) for at, cells in enumerate(columns_sample(table, found))],
        "rows": len(table.rows) - found.first, "has_header": found.first > 0,
    }  # fmt: skip
    return render(request, "desk/import_columns.html", page, status=422 if form.is_bound else 200)


@require_safe
@may_import
def rows(request: HttpRequest, number: int) -> HttpResponse:
    """Step 3: every row, with what would become of it and why."""
    chosen = _chosen(request, number)
    if chosen.state not in (State.MAPPED, State.PREVIEWED):
        return redirect("desk-import", number)
    job = jobs.latest(Job.Kind.PREVIEW, chosen.pk)
    page: dict[str, Any] = {"import": chosen, "job": job, "step": "rows"}
    if chosen.state == State.PREVIEWED:
        page |= import_desk.rows(chosen, request.GET) | {"under_way": previewing.is_under_way(chosen.pk)}
        page["countries"] = countries.choices(get_language() or "en")
    return render(request, "desk/import_rows.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def row(request: HttpRequest, number: int, row: int) -> HttpResponse:
    """One row, mended; what is wrong with it comes back beside the field."""
    found = _row(request, number, row)
    if found.of.state != State.PREVIEWED:
        return redirect("desk-import", number)
    posted = request.POST.copy() if request.method == "POST" else None
    if posted is not None and (code := posted.get("pick", "")):
        posted["country"] = countries.name(code, "en")
    form = RowForm(posted, row=found)
    if form.is_bound and form.is_valid():
        if not amending.revise(found, form.values()):
            _warn(request, found.of)
        return _back(request, found)
    page = {"import": found.of, "step": "rows", "shown": import_desk.shown(found, form)}
    page |= {"countries": countries.choices(get_language() or "en"), "query": request.POST.get("query", "")}
    return render(request, "desk/import_row.html", page, status=422 if form.is_bound else 200)


@require_POST
@may_import
def act(request: HttpRequest, number: int, row: int, name: str) -> HttpResponse:
    """Take a row, leave it out, link it to the organization it resembles, or take it apart."""
    verbs: dict[str, Callable[[ImportRow], bool]] = {
        "take": amending.take,
        "as-new": partial(amending.take, as_new=True),
        "skip": amending.skip,
        "link": amending.link,
        "one": amending.take_as_one,
        "apart": amending.take_apart,
    }
    found = _row(request, number, row)
    if name not in verbs:
        raise Http404
    if not verbs[name](found):
        _warn(request, found.of)
    return _back(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def apply(request: HttpRequest, number: int) -> HttpResponse:
    """Step 4: what exactly will happen; then it happens, in the background."""
    chosen = _chosen(request, number)
    if chosen.state != State.PREVIEWED:
        return redirect("desk-import", number)
    job = jobs.latest(Job.Kind.IMPORT, chosen.pk)
    sums = import_desk.sums(chosen)
    if request.method == "POST":
        seen = request.POST.get("taken", "")
        taken = int(seen) if re.fullmatch("[0-9]{1,9}", seen) else -1
        if not previewing.order(chosen, taken=taken, by=cast(User, request.user)):
            messages.warning(request, _("The number has changed since you looked. Please look again."))
        return redirect("desk-import-apply", number)
    return render(request, "desk/import_apply.html", {"import": chosen, "job": job, "step": "apply", "sums": sums})


@require_POST
@may_import
def end(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Give an import up before it was carried out, or take it back as a whole afterwards."""
    chosen = _chosen(request, number)
    if name == "discard":
        if previewing.discard(chosen):
            messages.success(request, _("Discarded. Nothing was imported."))
        return redirect("desk-import-begin", chosen.statement.slug)
    if name != "undo":
        raise Http404
    undoing.order(chosen, by=cast(User, request.user))
    return redirect("desk-import", number)


def _chosen(request: HttpRequest, number: int) -> Import:
    own = Import.objects.for_user(cast(User, request.user))
    found: Import = get_object_or_404(own.select_related("statement", "by"), pk=number)
    return found


def _row(request: HttpRequest, number: int, row: int) -> ImportRow:
    own = ImportRow.objects.for_user(cast(User, request.user))
    rows = own.select_related("of__statement", "organization")
    found: ImportRow = get_object_or_404(rows, of=number, number=row)
    return found


def _warn(request: HttpRequest, chosen: Import) -> None:
    """Say that what somebody pressed changed nothing, where the import is being carried out."""
    if previewing.is_under_way(chosen.pk):
        messages.warning(request, _("The import is under way: nothing was changed."))


def _back(request: HttpRequest, row: ImportRow) -> HttpResponse:
    """To the row, in the list as it was filtered."""
    url = import_desk.url_of(row, request.POST.get("query", ""))
    return redirect(url)
