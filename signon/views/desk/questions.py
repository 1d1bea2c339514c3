"""A statement's own questions at the desk: write them, put them in order, take them away."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.models import Statement
from signon.models import OwnQuestion, User
from signon.models.own_question import MOST
from signon.people import reach
from signon.questions import own_questions
from signon.questions.question_forms import OwnQuestionForm
from signon.statements.text_forms import name_of
from signon.views.staff import staff_with

may_write = staff_with("campaigns.change_statement")


@require_http_methods(["GET", "HEAD", "POST"])
@may_write
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What is asked now, and the form for one more."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    form = OwnQuestionForm(request.POST if request.method == "POST" else None, statement=statement)
    if form.is_bound and form.is_valid() and _write(request, statement, form, None):
        return redirect("desk-questions", slug)
    asked = list(statement.own_questions.asked())
    page = {
        "statement": statement,
        "form": form,
        "asked": [(each, [name_of(code) for code in each.missing_in(form.languages)]) for each in asked],
        "most": MOST,
        "is_full": len(asked) >= MOST,
        "has_quote": any(each.is_quote for each in asked),
    }
    return render(request, "desk/questions.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_write
def question(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One question, to be written anew."""
    found = _asked(cast(User, request.user), slug, number)
    form = OwnQuestionForm(
        request.POST if request.method == "POST" else None, statement=found.statement, question=found
    )
    if form.is_bound and form.is_valid() and _write(request, found.statement, form, found):
        return redirect("desk-questions", slug)
    page = {"statement": found.statement, "form": form, "question": found}
    return render(request, "desk/question.html", page, status=422 if form.is_bound else 200)


@require_POST
@may_write
def act(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """Up, down, or away."""
    found = _asked(cast(User, request.user), slug, number)
    if name == "remove":
        own_questions.remove(found)
        messages.success(request, _("It is asked no longer. What was answered stays."))
    elif name in ("up", "down"):
        own_questions.move(found, -1 if name == "up" else 1)
    else:
        raise Http404
    return redirect("desk-questions", slug)


@require_POST
@may_write
def ask_why(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the question whose answers are quotes."""
    user = cast(User, request.user)
    statement = reach.statement_or_404(user, slug)
    if statement.own_questions.asked().filter(is_quote=True).exists():
        messages.warning(request, _("This is asked already."))
        return redirect("desk-questions", slug)
    try:
        own_questions.ask_why(statement, by=user)
    except own_questions.TooMany:
        messages.warning(request, _full())
    return redirect("desk-questions", slug)


def _write(request: HttpRequest, statement: Statement, form: OwnQuestionForm, before: OwnQuestion | None) -> bool:
    says = form.says()
    others = statement.own_questions.asked().filter(is_quote=True).exclude(pk=before.pk if before else 0)
    if says["is_quote"] and others.exists():
        form.add_error("is_quote", _("Another question asks for quotes already; one does."))
        return False
    try:
        written = own_questions.write(statement, before, by=cast(User, request.user), **says)
    except own_questions.TooMany:
        form.add_error(None, _full())
        return False
    except OwnQuestion.DoesNotExist:
        form.add_error(None, _("Somebody changed or removed this question meanwhile."))
        return False
    if before and written.pk != before.pk:
        messages.success(request, _("Saved as a new question. What was answered stays with the earlier words."))
    else:
        messages.success(request, _("Saved."))
    return True


def _full() -> str:
    return _("A statement asks %(most)s questions at most. Remove one first.") % {"most": MOST}


def _asked(user: User, slug: str, number: int) -> OwnQuestion:
    asked = OwnQuestion.objects.for_user(user).filter(statement__slug=slug, removed_at=None)
    return get_object_or_404(asked.select_related("statement"), pk=number)
