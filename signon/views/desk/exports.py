"""Lists out, at the desk: choose, look, fetch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Statement
from signon import exporting, jobs
from signon.exports import presets
from signon.exports.export_choice import Choice
from signon.exports.export_forms import ExportForm, PresetForm
from signon.exports.list_writers import TYPES
from signon.exports.question_columns import resource_of
from signon.models import Export, ExportPreset, Job, User
from signon.people import reach
from signon.statements import archiving
from signon.views.staff import staff_with

may_export = staff_with("signon.export_signon")
SHOWN = 10


@require_safe
@staff_with("signon.view_signon", "campaigns.view_statement")
def statements(request: HttpRequest) -> HttpResponse:
    """Every statement by its campaign, with its numbers and the ways into and out of its list."""
    found = Statement.objects.for_user(cast(User, request.user)).select_related("campaign")
    by_campaign = found.order_by("campaign__title", "campaign", "-created_at")
    told = [
        (each, each.counters.all().tally()) for each in by_campaign.prefetch_related("revisions__texts", "counters")
    ]
    return render(request, "desk/statements.html", {"statements": told})


@require_http_methods(["GET", "HEAD", "POST"])
@may_export
def campaign_archive(request: HttpRequest, slug: str) -> HttpResponse:
    """What is in a campaign's archive, and the button that has it made."""
    user = cast(User, request.user)
    campaign = reach.campaign_or_404(user, slug)
    if request.method == "POST":
        return redirect(
            "desk-export", archiving.prepare_campaign(campaign, by=user, contacts="contacts" in request.POST).pk
        )
    page = {
        "campaign": campaign,
        "statements": reach.texts(user).filter(campaign=campaign).prefetch_related("revisions__texts"),
    }
    return render(request, "desk/campaign_archive.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@may_export
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The form in the query string, a look at the list's first rows, and the ways to have it.

    What is posted is the same form, as it stands on the page: nobody fetches another list than they see chosen.
    """
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    if request.method == "POST" and request.GET.get("act") == "drop":
        return _drop(request)
    form = _form(request, user, slug)
    if not form.is_valid():
        page = {"form": form, "statement": statement, "presets": ExportPreset.objects.all()}
        return render(request, "desk/export.html", page, status=422)
    choice, form_of_file = form.choice(slug), form.cleaned_data["format"]
    act = request.GET.get("act", "") if request.method == "POST" else "look"
    if act == "keep":
        return _keep(request, form, choice, statement)
    if act != "look":
        return _hand_over(choice, form_of_file, user, is_prepared=act == "prepare")
    return render(request, "desk/export.html", _page(request, form, statement, choice, PresetForm()))


@require_safe
@may_export
def exports(request: HttpRequest) -> HttpResponse:
    """What somebody asked for lately."""
    user = cast(User, request.user)
    own = Export.objects.for_user(user).filter(by=user).select_related("statement", "campaign")[:100]
    return render(request, "desk/exports.html", {"exports": own})


@require_safe
@may_export
def one_export(request: HttpRequest, number: int) -> HttpResponse:
    """One list: how far it has come, where its file is, and who fetched it."""
    found = _own(request, number)
    kind = Job.Kind.ARCHIVE if found.format == Export.Format.ZIP else Job.Kind.EXPORT
    page = {
        "export": found,
        "job": jobs.latest(kind, found.pk),
        "fetches": found.fetches.select_related("by"),
    }
    return render(request, "desk/export_file.html", page)


@require_safe
@may_export
def file(request: HttpRequest, number: int) -> HttpResponseBase:
    """The file of a list that was prepared."""
    found = _own(request, number)
    if request.method == "HEAD":
        return HttpResponse(content_type=TYPES[found.format])
    try:
        opened = exporting.fetch(found, by=cast(User, request.user))
    except FileNotFoundError:
        messages.warning(request, _("This file was removed. Ask for the list again."))
        return redirect("desk-export", found.pk)
    return FileResponse(opened, as_attachment=True, filename=found.file_name, content_type=TYPES[found.format])


def _own(request: HttpRequest, number: int) -> Export:
    found = get_object_or_404(Export.objects.for_user(request.user).select_related("statement", "campaign"), pk=number)
    if not exporting.may_fetch(found, cast(User, request.user)):
        raise PermissionDenied
    return found


def _form(request: HttpRequest, user: User, slug: str) -> ExportForm:
    """What the query string says; else what a preset says; else all accepted, in all columns, as CSV."""
    given: Any = request.POST if request.method == "POST" else request.GET
    preset = _preset(given)
    may = user.has_perm("signon.export_contacts")
    resource = resource_of(slug, contacts=may)
    if preset or "format" not in given:
        choice = Choice.read(preset.choice) if preset else Choice()
        # A choice is kept for every statement; the questions of another are no columns here.
        there = resource.columns()
        known = tuple(name for name in choice.columns if name in there or not name.startswith("question_"))
        choice = replace(choice, columns=known)
        given = _query(choice, preset.format if preset else Export.Format.CSV)
    if up := given.get("up"):
        given = _moved_up(given, up)
    return ExportForm(given, resource=resource, may_have_contacts=may)


def _preset(given: Any) -> ExportPreset | None:
    number = given.get("preset", "")
    return ExportPreset.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None


def _moved_up(given: QueryDict, column: str) -> QueryDict:
    """The same query string with one column before the one that it followed."""
    moved, columns = given.copy(), given.getlist("columns")
    at = columns.index(column) if column in columns else 0
    if at:
        columns[at - 1 : at + 1] = [columns[at], columns[at - 1]]
    moved.setlist("columns", columns)
    del moved["up"]
    return moved


def _query(choice: Choice, form: str) -> QueryDict:
    """A choice as the form's own query string."""
    query = QueryDict(mutable=True)
    for name, value in vars(choice).items():
        if isinstance(value, tuple):
            query.setlist(name, list(value))
        elif value and name != "statement":
            query[name] = "on" if value is True else str(value)
    query["format"] = form
    return query


def _page(
    request: HttpRequest, form: ExportForm, statement: Statement, choice: Choice, preset: PresetForm
) -> dict[str, Any]:
    resource = resource_of(statement.slug, contacts=choice.contacts)
    number = choice.sign_ons().count()
    kind = form.cleaned_data["format"]
    return {
        "form": form,
        "statement": statement,
        "presets": ExportPreset.objects.all(),
        "preset": _preset(request.GET),
        "preset_form": preset,
        "is_chosen": "format" in (request.POST if request.method == "POST" else request.GET),
        "number": number,
        "header": choice.header(resource),
        "rows": list(choice.rows(resource)[:SHOWN]),
        "is_large": kind != Export.Format.CSV and number > exporting.MOST_AT_ONCE,
    }


def _keep(request: HttpRequest, form: ExportForm, choice: Choice, statement: Statement) -> HttpResponse:
    """Keep the choice under a name."""
    preset = PresetForm(request.POST)
    if not preset.is_valid():
        return render(request, "desk/export.html", _page(request, form, statement, choice, preset), status=422)
    name, format_of_file = preset.cleaned_data["name"], form.cleaned_data["format"]
    kept = presets.keep(name, choice, format_of_file, by=cast(User, request.user))
    messages.success(request, _("Kept as “%(name)s”.") % {"name": kept})
    return redirect(f"{request.path}?preset={kept.pk}")


def _drop(request: HttpRequest) -> HttpResponse:
    preset = _preset(request.GET)
    if preset:
        presets.drop(preset)
        messages.success(request, _("“%(name)s” is kept no longer.") % {"name": preset})
    return redirect(request.path)


def _hand_over(choice: Choice, form: str, user: User, *, is_prepared: bool) -> HttpResponseBase:
    if is_prepared:
        return redirect("desk-export", exporting.prepare(choice, form, by=user).pk)
    try:
        export, pieces = exporting.at_once(choice, form, by=user)
    except exporting.TooMany:
        return redirect("desk-export", exporting.prepare(choice, form, by=user).pk)
    response = StreamingHttpResponse(pieces, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return response
