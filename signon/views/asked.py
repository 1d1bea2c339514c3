"""The signer's pages behind later mails: answer a question, correct answers, re-affirm an amended text."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from signon import tokens
from signon.casework.desk_forms import AnswerForm
from signon.models import SignOn
from signon.questions import answering, correcting
from signon.questions.answer_forms import OwnAnswersForm
from signon.signing import TextChanged
from signon.views.links import of_a_sign_on
from signon.views.origin import under_a_token
from signon.views.posted import posted_from


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_sign_on(tokens.ANSWER)
def answer(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    """The question and room for the answer; once answered, or taken back, the page says so."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    page = {"sign_on": sign_on, "statement": sign_on.statement, "form": form, "question": sign_on.open_question}
    if form.is_bound and form.is_valid():
        page["answered"] = answering.answer(sign_on, words=form.cleaned_data["words"])
        page["question"] = None
    return render(request, "signon/answer.html", page, status=422 if form.is_bound and form.errors else 200)


@under_a_token
@posted_from("manage", "token")
@of_a_sign_on(tokens.MANAGE)
def reaffirm(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    """Sign the amended text too. What was shown is not the newest any more: back to the page, which shows it."""
    with suppress(TextChanged):
        answering.reaffirm(sign_on, digest=request.POST.get("text", ""))
    return redirect("manage", token)


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_sign_on(tokens.MANAGE)
def answers(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    """The answers to the statement's own questions, to be written anew; back to the sign-on where that may not be."""
    form = OwnAnswersForm(request.POST if request.method == "POST" else None, sign_on=sign_on)
    if not form.fields or not correcting.may_correct(sign_on):
        return redirect("manage", token)
    if form.is_bound and form.is_valid():
        with suppress(correcting.CannotCorrect):
            correcting.correct_answers(sign_on, form.answers())
        return redirect("manage", token)
    page = {"statement": sign_on.statement, "form": form, "token": token}
    return render(request, "signon/manage_answers.html", page, status=422 if form.is_bound else 200)
