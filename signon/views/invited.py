"""The page behind an invitation's personal link. Opening it changes nothing; its buttons do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns import markdown
from signon import signing, tokens
from signon.forms import SignOnForm
from signon.invitations import replying
from signon.invitations.invitation_forms import QuestionForm, RefusalForm
from signon.link_forms import NewLinkForm
from signon.mail import addresses, bouncing, envelope
from signon.models import Invitation, SignOn
from signon.views.origin import under_a_token
from signon.views.posted import posted_from


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The statement's form, filled in with what the organizers know; nothing is agreed to beforehand."""
    try:
        found = _read(token)
    except tokens.Tampered:
        return _ended(request, "tampered")
    except tokens.Ended as error:
        return _ended(request, "ended", error.row)
    if not found.statement.takes_sign_ons() or replying.stands(found):
        return _page(request, found, token)
    posted = request.POST if request.method == "POST" else None
    form = _form(found, posted)
    if form.is_bound and form.is_valid():
        confirms = replying.confirms_for(found, form.cleaned_data["email"])
        try:
            sign_on = replying.sign(
                found,
                language=get_language() or "en",
                digest=form.cleaned_data["text"],
                network=addresses.network(request.META.get("REMOTE_ADDR", "")),
                answers=form.answers(),
                **form.typed(),
            )
        except (signing.NotOpen, replying.AnsweredAlready):
            return redirect("invitation", token)
        except tokens.Ended as error:
            return _ended(request, "ended", error.row)
        except signing.TextChanged:
            form.add_error(None, _("The text was changed while you read it. Please read it again, then sign."))
            form.show_text(request.POST)
        else:
            is_confirmed = sign_on.state in (SignOn.State.CONFIRMED, SignOn.State.ACCEPTED)
            if is_confirmed and confirms:
                page = {"sign_on": sign_on, "statement": found.statement, "is_by_invitation": True}
                return render(request, "signon/confirmed.html", page)
            return redirect("sign-on-sent", found.statement.slug)
    if not form.is_bound:
        return _page(request, found, token)
    return _page(request, found, token, form=form, status=422)


@under_a_token
@posted_from("invitation", "token")
def act(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Say that the organization will not sign, take that back, say that another signed in its name, or ask."""
    try:
        found = _read(token)
        if name == "will-not-sign":
            refusal = RefusalForm(request.POST)
            if not refusal.is_valid():
                return _page(request, found, token, refusal=refusal, status=422)
            replying.will_not_sign(found, reason=refusal.cleaned_data["reason"])
        elif name == "reopen":
            replying.reopen(found)
        elif name == "was-not-us":
            replying.was_not_us(found)
        else:
            question = QuestionForm(request.POST)
            if not question.is_valid():
                return _page(request, found, token, question=question, status=422)
            replying.ask(found, words=question.cleaned_data["words"])
    except tokens.Tampered:
        return _ended(request, "tampered")
    except tokens.Ended as error:
        return _ended(request, "ended", error.row)
    return redirect("invitation", token)


def _read(token: str) -> Invitation:
    rows = Invitation.objects.sent().select_related("statement__campaign", "sign_on")
    return tokens.read_row(token, tokens.INVITATION, rows)


def _form(found: Invitation, posted: QueryDict | None = None) -> SignOnForm:
    form = SignOnForm(posted, statement=found.statement, initial=_known(found))
    form.fields["email"].help_text = _("It is never published.")
    return form


def _known(found: Invitation) -> dict[str, Any]:
    """What fills the form in. No consent is among it, nor who may sign."""
    known = {
        "organization_name": found.organization_name,
        "acronym": found.acronym,
        "country": found.country,
        "scope": found.scope if found.scope == "regional" else "",
        "website": found.website,
        "representative_name": found.contact_name,
        "email": found.email,
    }
    if found.organization:
        known["organization_type"] = found.organization.organization_type
    return known


def _page(
    request: HttpRequest,
    found: Invitation,
    token: str,
    *,
    form: SignOnForm | None = None,
    refusal: RefusalForm | None = None,
    question: QuestionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    statement = found.statement
    takes = statement.takes_sign_ons()
    is_by_name = replying.is_signed_by_name(found)
    stands = replying.stands(found) or (is_by_name and not takes)
    if form is None and takes and not (stands or is_by_name or replying.is_refused(found)):
        form = _form(found)
    language = get_language() or "en"
    text = statement.text(language) if statement.phase() not in ("draft", "withdrawn") else None
    page = {
        "invitation": found,
        "statement": statement,
        "phase": statement.phase(),
        "stands": stands,
        "is_signed_by_name": is_by_name,
        "is_refused": replying.is_refused(found),
        "is_undecided": replying.is_undecided(found),
        "form": form,
        "token": token,
        "mailed_to": found.email if replying.confirms_for(found, found.email) else "",
        "refusal": refusal or RefusalForm(auto_id="refusal-%s"),
        "question": question or QuestionForm(auto_id="question-%s"),
        "new_link": NewLinkForm(),
        "text": text,
        "html": markdown.render(text.body) if text else "",
        "is_opted_out": bool(found.email) and bouncing.has_opted_out(addresses.mailbox(found.email)),
        "opt_out_url": envelope.opt_out_url(addresses.mailbox(found.email), language) if found.email else "",
    }
    return render(request, "signon/invitation.html", page, status=status)


def _ended(request: HttpRequest, reason: str, found: Invitation | None = None) -> HttpResponse:
    if found and found.erased_at:
        reason = "erased"
    page = {"reason": reason, "statement": found.statement if found and _is_shown(found) else None}
    return render(request, "signon/invitation_ended.html", page, status=404 if reason == "tampered" else 410)


def _is_shown(found: Invitation) -> bool:
    """Whether strangers may read of the statement: a draft's title is not told to whoever holds an old link."""
    return found.statement.phase() != "draft"
