"""Under a sign-on's own link: another name in the list, another representative, another language of mails."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from signon import tokens
from signon.casework import proposing
from signon.casework.proposal_forms import LanguageForm, ListedNameForm, RepresentativeForm, RepresentForm
from signon.models import Proposal, SignOn
from signon.questions import correcting
from signon.views.links import ended, of_a_sign_on
from signon.views.origin import under_a_token
from signon.views.posted import posted_from

FORM = ["GET", "HEAD", "POST"]
View = Callable[..., HttpResponse]


def to_be_corrected(view: View) -> View:
    """The view gets the sign-on that the link leads to, for as long as it may be corrected."""

    @wraps(view)
    def guarded(request: HttpRequest, sign_on: SignOn, token: str, **kwargs: object) -> HttpResponse:
        if not correcting.may_correct(sign_on):
            return redirect("manage", token)
        return view(request, sign_on, token, **kwargs)

    return of_a_sign_on(tokens.MANAGE)(guarded)


@under_a_token
@require_http_methods(FORM)
@to_be_corrected
def name(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    """Propose another name for the list."""
    form = ListedNameForm(request.POST if request.method == "POST" else None, initial={"name": sign_on.listed_name})
    if form.is_bound and form.is_valid():
        try:
            proposing.propose_name(sign_on, form.cleaned_data["name"])
        except proposing.CannotPropose:
            form.add_error("name", _("It is listed under this name now. Write another one."))
        else:
            return redirect("manage", token)
    page = {"sign_on": sign_on, "statement": sign_on.statement, "form": form, "token": token}
    return render(request, "signon/manage_name.html", page, status=422 if form.is_bound else 200)


@under_a_token
@require_http_methods(FORM)
@to_be_corrected
def representative(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    """Name another person; an individual's sign-on has nobody else."""
    if sign_on.is_individual:
        raise Http404
    form = RepresentativeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            proposing.propose_representative(sign_on, **form.cleaned_data)
        except proposing.CannotPropose:
            return redirect("manage", token)
        except proposing.TooMuchMail:
            form.add_error(
                "email", _("This address got many mails from us today. Try again tomorrow, or enter another address.")
            )
        else:
            return redirect("manage", token)
    page = {"sign_on": sign_on, "statement": sign_on.statement, "form": form, "token": token}
    return render(request, "signon/manage_representative.html", page, status=422 if form.is_bound else 200)


@under_a_token
@posted_from("manage", "token")
@to_be_corrected
def language(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    form = LanguageForm(request.POST)
    if form.is_valid():
        proposing.change_language(sign_on, form.cleaned_data["language"])
    return redirect("manage", token)


@under_a_token
@posted_from("manage", "token")
@to_be_corrected
def take_back(request: HttpRequest, sign_on: SignOn, token: str, number: int) -> HttpResponse:
    proposing.take_back(get_object_or_404(Proposal, sign_on=sign_on, pk=number))
    return redirect("manage", token)


@under_a_token
@require_http_methods(FORM)
def represent(request: HttpRequest, token: str) -> HttpResponse:
    """Where the new representative's mail leads: what they would represent, and the button."""
    rows = Proposal.objects.select_related("sign_on__statement", "sign_on__text")
    try:
        proposal = tokens.read_row(token, tokens.REPRESENT, rows)
    except tokens.Tampered:
        return ended(request, "tampered")
    except tokens.Ended:
        return ended(request, "taken_back")
    assert proposal.sign_on is not None  # noqa: S101
    form = RepresentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        proposing.confirm_representative(
            proposal, language=get_language() or "en", updates=form.cleaned_data["consent_updates"]
        )
        return redirect("represent-done", token)
    page = {"proposal": proposal, "sign_on": proposal.sign_on, "statement": proposal.sign_on.statement, "form": form}
    return render(request, "signon/represent.html", page, status=422 if form.errors else 200)


@under_a_token
@require_safe
def represent_done(request: HttpRequest, token: str) -> HttpResponse:
    """What happens now; the way to manage it is in the mail that the new representative gets."""
    try:
        proposal = tokens.read_row(token, tokens.REPRESENT, Proposal.objects.select_related("sign_on__statement"))
    except tokens.Tampered:
        return ended(request, "tampered")
    except tokens.Ended:
        return ended(request, "taken_back")
    page = {"proposal": proposal, "sign_on": proposal.sign_on}
    return render(request, "signon/represent_done.html", page)
