"""The signer's pages: the form, the mailed links. Each translates and decides nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import amendments, heads
from campaigns.models import Statement
from campaigns.views.statement import statement_or_404
from signon import signing, tokens
from signon.abuse import guarding, proofs
from signon.casework.proposal_forms import LanguageForm
from signon.forms import SignOnForm, typed_before, typed_of
from signon.link_forms import NewLinkForm, WithdrawForm
from signon.mail import addresses, asking
from signon.models import SignOn
from signon.questions import correcting, own_answers
from signon.running.turns import posts_in_turn
from signon.statements import time_to_confirm
from signon.statements.at_hand import statement_at_hand
from signon.views.links import ended, of_a_sign_on
from signon.views.origin import own_pages_only, under_a_token
from signon.views.posted import posted_from


@own_pages_only
@require_http_methods(["GET", "HEAD", "POST"])
@posts_in_turn
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    is_post = request.method == "POST"
    language = get_language() or settings.LANGUAGE_CODE
    statement = statement_at_hand(slug, language) if is_post else statement_or_404(slug)
    if not statement.takes_sign_ons():
        return redirect(statement)
    # Who changes the language midway, or corrects what waits, has not signed: the form holds what they typed.
    is_signed = is_post and "carry" not in request.POST
    typed = typed_before(request.POST) if is_post else {}
    form = SignOnForm(
        request.POST if is_signed else None, statement=statement, initial=typed, via=request.GET.get("via", "")
    )
    if is_signed and form.is_valid():
        network = addresses.network(request.META.get("REMOTE_ADDR", ""))
        suspicion = guarding.weigh(statement, network, **form.told())
        record = partial(
            signing.sign,
            language=language,
            digest=form.cleaned_data["text"],
            network=network,
            suspicion=suspicion,
            answers=form.answers(),
            may_be_old=True,
            **form.typed(),
        )
        try:
            try:
                sign_on = record(statement=statement)
            except signing.StatementChanged:
                sign_on = record(statement=statement_at_hand(slug, language, anew=True))
        except signing.NotOpen:
            return redirect(statement)
        except signing.TextChanged:
            form.add_error(None, _("The text was changed while you read it. Please read it again, then sign."))
            form.show_text(request.POST)
        else:
            token = form.cleaned_data["corrects"]
            if not suspicion and _opens(token, sign_on):
                return redirect("confirm", token)
            return redirect("sign-on-held" if suspicion else "sign-on-sent", slug)
    status = 200 if not form.is_bound else 422
    head = heads.head(reverse("sign", args=[slug]), title=statement.title)
    page = render(request, "signon/sign.html", {"statement": statement, "form": form, "head": head}, status=status)
    page.good_until = statement.next_moment()  # type: ignore[attr-defined]
    return page


@never_cache
@require_safe
def challenge(request: HttpRequest, slug: str) -> JsonResponse:
    """Whether the browser is to compute something before it posts the form, and what (signon/abuse/proofs.py)."""
    statement = statement_or_404(slug)
    asks = guarding.asks_for_proof(statement, addresses.network(request.META.get("REMOTE_ADDR", "")))
    return JsonResponse({"challenge": proofs.challenge(statement) if asks else None})


@require_safe
def held(request: HttpRequest, slug: str) -> HttpResponse:
    """For who signed while very many did: the mail comes later, and why."""
    return _same_for_all(request, "signon/held.html", slug)


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    return _same_for_all(request, "signon/sent.html", slug)


@require_safe
def confirmed(request: HttpRequest, slug: str) -> HttpResponse:
    """For who has confirmed: it says nothing of them, may be opened again and is made once a second (kept_pages)."""
    return _same_for_all(request, "signon/confirmed.html", slug)


def _same_for_all(request: HttpRequest, template: str, slug: str) -> HttpResponse:
    statement = statement_or_404(slug)
    page = render(request, template, {"statement": statement})
    page.good_until = statement.next_moment()  # type: ignore[attr-defined]
    return page


def _opens(token: str, sign_on: SignOn) -> bool:
    """Whether this mailed link is of what was typed now: who has it needs no second mail to see it and confirm."""
    try:
        return bool(token) and tokens.read(token, tokens.CONFIRM).pk == sign_on.pk
    except (tokens.Tampered, tokens.Ended):
        return False


def _thanks(request: HttpRequest, statement: Statement) -> HttpResponse:
    """Where strangers may not reach the statement yet, they reach no page of it: the thanks are the answer."""
    if statement.is_reachable:
        return redirect("sign-on-confirmed", statement.slug)
    return render(request, "signon/confirmed.html", {"statement": statement})


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_sign_on(tokens.CONFIRM, posted=SignOn.objects.to_confirm)
def confirm(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    changed = False
    if request.method == "POST":
        try:
            signing.confirm(sign_on, version=_number(request.POST.get("version")))
            return _thanks(request, sign_on.statement)
        except signing.TypedAgain:
            changed = True
            sign_on = SignOn.objects.select_related("statement", "text__revision").get(pk=sign_on.pk)
        except signing.CannotConfirm as error:
            return ended(request, error.reason, sign_on.statement)
    elif reason := time_to_confirm.why_not(sign_on):
        return ended(request, reason, sign_on.statement)
    page = _page(sign_on)
    page |= {
        "typed": typed_of(sign_on, [each.answer for each in page["answers"]]),
        "token": token,
        "version": sign_on.version,
        "changed": changed,
        "not_me_url": reverse("not-me", args=[token]),
    }
    return render(request, "signon/confirm.html", page)


@under_a_token
@posted_from("confirm", "token")
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    try:
        sign_on = tokens.read(token, tokens.CONFIRM)
    except (tokens.Tampered, tokens.Ended):
        return ended(request, "tampered")
    if signing.this_was_not_me(sign_on):
        return render(request, "signon/not_me_done.html", _page(sign_on))
    return ended(request, time_to_confirm.why_not(sign_on), sign_on.statement)


@own_pages_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """For a link that was cut, used or lost. The answer is the same whether or not the address is known."""
    form = NewLinkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        asking.mail_links(form.cleaned_data["email"], get_language() or "en")
        return redirect("links-sent")
    return render(request, "signon/new_link.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def links_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "signon/sent.html")


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_sign_on(tokens.MANAGE)
def manage(request: HttpRequest, sign_on: SignOn, token: str) -> HttpResponse:
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        if signing.withdraw(sign_on, reason=reason, tells_signer=True):
            return redirect("manage", token)
    newest = sign_on.statement.text(sign_on.language) if _may_reaffirm(sign_on) else None
    page = _page(sign_on) | {
        "form": form,
        "token": token,
        "may_withdraw": SignOn.State.WITHDRAWN in sign_on.may_become,
        "may_correct": correcting.may_correct(sign_on),
        "may_answer": correcting.may_correct(sign_on) and bool(correcting.questions(sign_on)),
        "proposals": sign_on.proposals.open(),
        "former_in": correcting.letters_with_a_former_name(sign_on),
        "language_form": LanguageForm(initial={"language": sign_on.language}),
        "newest": newest,
        "changes": newest and amendments.since(sign_on.text, newest),
    }
    return render(request, "signon/manage.html", page, status=422 if form.is_bound else 200)


def _may_reaffirm(sign_on: SignOn) -> bool:
    return sign_on.is_of_an_earlier_text and sign_on.state in (SignOn.State.CONFIRMED, SignOn.State.ACCEPTED)


def _page(sign_on: SignOn) -> dict[str, Any]:
    answers = own_answers.told(sign_on, get_language() or "en")
    return {"sign_on": sign_on, "statement": sign_on.statement, "answers": answers}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
