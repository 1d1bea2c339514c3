"""A statement's text at the desk: begin one, write it in each language, and look at it as its readers will."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import checking, markdown, pasting, writing
from campaigns.models import RevisionText, Statement
from signon.models import User
from signon.people import reach
from signon.statements import drafting
from signon.statements.text_forms import LanguagesForm, NewStatementForm, TextForm, name_of
from signon.views.desk.beside import columns, say_what_is_unsaved
from signon.views.staff import staff_with

may_write = staff_with("campaigns.change_statement")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("campaigns.add_statement")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a statement; what its text lost on the way is told on the page where it is written."""
    user = cast(User, request.user)
    posted = request.method == "POST"
    form = NewStatementForm(request.POST if posted else None, request.FILES if posted else None, user=user)
    if form.is_bound and form.is_valid():
        made = drafting.begin(by=user, **form.words())
        messages.success(request, _("Begun. Nobody but you and your colleagues sees it yet."))
        _tell(request, form.pasted.lost)
        return redirect("desk-text", made.slug)
    return render(request, "desk/statement_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_write
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The original, and beside it one of its translations. Each is saved by itself."""
    statement = reach.statement_or_404(cast(User, request.user), slug)
    languages = statement.text_languages or ["en"]
    asked = request.POST.get("language") or request.GET.get("language") or ""
    if asked and asked not in languages:
        raise Http404
    others = languages[1:]
    beside = asked if asked in others else request.GET.get("beside", "")
    beside = beside if beside in others else next(iter(others), "")
    make = partial(_form, statement)
    forms, unsaved = columns(request, filter(None, [languages[0], beside]), asked, make)
    status, current = 200, None
    if request.method == "POST":
        form = forms.get(asked)
        if form is None:
            raise Http404
        status = 422
        if form.is_valid():
            try:
                _save(request, statement, form)
                if not unsaved:
                    return redirect(f"{request.path}?beside={beside}" if beside else request.path)
                say_what_is_unsaved(request, unsaved)
                statement = reach.statement_or_404(cast(User, request.user), slug)
                return render(request, "desk/statement_text.html", _again(statement, forms, beside, unsaved))
            except writing.Conflict as conflict:
                current = conflict.current
                form.keep(current)
                form.add_error(None, _("Somebody changed this text while you wrote. Yours is not saved yet."))
                status = 409
            except writing.Delivered:
                form.add_error(None, _("It was delivered with this text, so the text stays. The lead can be changed."))
            except writing.NotAgreed:
                form.add_error("agreed", _("This text was signed. Say that you want what saving will do."))
        form.show_typed()
        _tell(request, form.lost)
    page = _page(statement, forms, beside) | {"unsaved": unsaved}
    page |= {"conflict": current, "conflict_language": asked if status == 409 else ""}
    return render(request, "desk/statement_text.html", page, status=status)


@require_POST
@may_write
def languages(request: HttpRequest, slug: str) -> HttpResponse:
    """In which languages it is to be read."""
    statement = reach.statement_or_404(cast(User, request.user), slug)
    form = LanguagesForm(request.POST)
    if form.is_valid():
        writing.choose_languages(statement, form.cleaned_data["languages"])
        messages.success(request, _("Saved."))
    return redirect("desk-text", slug)


@require_POST
@staff_with("campaigns.change_statement")
def paste(request: HttpRequest) -> HttpResponse:
    """What an editor's clipboard holds, as the HTML of the Markdown that it becomes, and what it lost."""
    found = pasting.from_html(request.POST.get("html", ""))
    body = f"## {found.title}\n\n{found.body}" if found.title else found.body
    return JsonResponse({"html": markdown.render(body), "lost": found.lost})


def _form(statement: Statement, language: str, posted: QueryDict | None, **options: Any) -> TextForm:
    found = {each.language: each for each in statement.revision.current_texts} if statement.revision else {}
    current: RevisionText | None = found.get(language)
    begin_with = None if current else writing.earlier_text(statement, language)
    is_original = language == (statement.text_languages or ["en"])[0]
    words: dict[str, Any] = {"text": current, "language": language, "begin_with": begin_with}
    return TextForm(posted, is_original=is_original, **words, **options)


def _again(statement: Statement, forms: dict[str, TextForm], beside: str, unsaved: list[str]) -> dict[str, Any]:
    """The page after one was saved and another not: what was typed there, on top of what it stood beside until now."""
    anew = {}
    for language, form in forms.items():
        fresh = _form(statement, language, None)
        if language in unsaved:
            was_newest = form.initial["seen"] == writing.mark_of(form.text)
            seen = fresh.initial["seen"] if was_newest else form.initial["seen"]
            fresh = _form(statement, language, None, initial={**form.initial, "seen": seen})
        anew[language] = fresh
    return _page(statement, anew, beside) | {"unsaved": unsaved}


def _save(request: HttpRequest, statement: Statement, form: TextForm) -> None:
    given = form.cleaned_data
    words = {name: given[name] for name in ("title", "lead", "body", "seen")}
    words["addressee"] = given.get("addressee", "")
    saved = writing.save(statement, form.language, agreed=given.get("agreed", False), **words)
    if form.text and saved.revision_id != form.text.revision_id:
        messages.success(
            request,
            _("Saved as revision %(number)s. Translations are to be written anew; who signed the earlier text can be"
              " asked to re-affirm.") % {"number": saved.revision.number},
        )  # fmt: skip
    else:
        messages.success(request, _("Saved."))
    _tell(request, form.lost)


def _tell(request: HttpRequest, lost: list[str]) -> None:
    if lost:
        messages.warning(request, " ".join([_("Not everything could be kept."), *lost]))


def _page(statement: Statement, forms: dict[str, TextForm], beside: str) -> dict[str, Any]:
    found = checking.findings_of(statement.revision) if statement.revision else []
    languages = statement.text_languages or ["en"]
    shown = [
        {
            "language": language,
            "name": name_of(language),
            "form": form,
            "is_original": language == languages[0],
            "direction": RevisionText(language=language).direction,
            "html": markdown.render(str(form["body"].value() or "")),
            "findings": [each for each in found if each.language == language],
            "is_new": form.text is None,
        }
        for language, form in forms.items()
    ]
    elsewhere = [each for each in found if each.language not in forms]
    return {
        "statement": statement,
        "columns": shown,
        "beside": beside,
        "others": [(language, name_of(language)) for language in languages[1:]],
        "languages_form": LanguagesForm(initial={"languages": languages[1:]}),
        "elsewhere": [(name_of(each.language), each) for each in elsewhere],
        "has_findings": bool(found),
    }
