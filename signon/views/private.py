"""Pages under a personal link: a draft for its conveners, the form for who may sign late, the end of a test.

Kept by no cache, found by no search; GET changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import markdown
from campaigns.models import RevisionText, Statement
from signon import signing, tokens
from signon.forms import SignOnForm
from signon.mail import addresses
from signon.models import Comment, Convener, LateLink, Rehearsal, SignOn
from signon.statements import convening, late_signing, rehearsing
from signon.statements.life_forms import CommentForm
from signon.views.links import ended
from signon.views.origin import under_a_token
from signon.views.posted import posted_from


@under_a_token
@require_safe
def draft(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The text as it is now, what conveners said of it, and the form."""
    convener = _convener(slug, token)
    if convener is None:
        return ended(request, "tampered")
    form = SignOnForm(statement=convener.statement, initial=_known(convener))
    return _draft(request, convener, token, form)


@under_a_token
@posted_from("draft", "slug", "token")
def draft_comment(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    convener = _convener(slug, token)
    if convener is None:
        return ended(request, "tampered")
    comments, text = CommentForm(request.POST), convener.statement.text(get_language())
    if convener.may_read and not convener.may_comment:
        return render(request, "signon/draft_closed.html", {"convener": convener, "token": token}, status=410)
    if convener.may_read and text is not None and comments.is_valid():
        said = comments.cleaned_data
        convening.comment(convener, said["words"], text=text, digest=said["text"])
        return redirect("draft", slug, token)
    form = SignOnForm(statement=convener.statement, initial=_known(convener))
    return _draft(request, convener, token, form, comments, status=422)


@under_a_token
@posted_from("draft", "slug", "token")
def draft_sign(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    convener = _convener(slug, token)
    if convener is None:
        return ended(request, "tampered")
    form = SignOnForm(request.POST, statement=convener.statement)
    signed = _sign(request, form, lambda **asked: convening.sign(convener, **asked))
    if signed:
        return redirect("draft-sent", slug, token)
    return _draft(request, convener, token, form, status=422)


@under_a_token
@require_safe
def draft_sent(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    convener = _convener(slug, token)
    if convener is None:
        return ended(request, "tampered")
    if not convener.may_read:
        return render(request, "signon/draft_resting.html", {"convener": convener}, status=410)
    return render(request, "signon/private_sent.html", _sent(convener.statement, "draft", token))


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def late(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The text and the form, for one organization, until delivery."""
    link = _row(slug, token, tokens.LATE, LateLink.objects.select_related("statement__campaign", "sign_on"))
    if link is None:
        return ended(request, "tampered")
    text = link.statement.text(get_language())
    if link.is_open and text is not None:
        initial = {"organization_name": link.name, "email": link.email}
        posted = request.POST if request.method == "POST" else None
        form = SignOnForm(posted, statement=link.statement, initial=initial)
        if form.is_bound and _sign(request, form, lambda **asked: late_signing.sign(link, **asked)):
            return redirect("late-sent", slug, token)
        page = _text(link.statement, text) | {"link": link, "form": form, "action": request.path, "token": token}
        return render(request, "signon/late.html", page, status=422 if form.is_bound else 200)
    return render(request, "signon/late_ended.html", {"statement": link.statement, "link": link}, status=410)


@under_a_token
@require_safe
def late_sent(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    link = _row(slug, token, tokens.LATE, LateLink.objects.select_related("statement"))
    if link is None:
        return ended(request, "tampered")
    return render(request, "signon/private_sent.html", _sent(link.statement, "late", token))


@under_a_token
@require_http_methods(["GET", "HEAD", "POST"])
def try_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail of a test sign-on leads: the page that a signer sees, for nobody's sign-on."""
    try:
        rehearsal = tokens.read_row(token, tokens.TEST, Rehearsal.objects.select_related("statement", "text__revision"))
    except (tokens.Tampered, tokens.Ended):
        return ended(request, "tampered")
    page: dict[str, Any] = {"sign_on": rehearsal.as_sign_on(), "statement": rehearsal.statement, "is_test": True}
    if request.method == "POST":
        rehearsing.finish(rehearsal)
        return render(request, "signon/confirmed.html", page)
    return render(request, "signon/confirm.html", page | {"token": token, "version": 1, "not_me_url": request.path})


def _draft(
    request: HttpRequest,
    convener: Convener,
    token: str,
    form: SignOnForm,
    comments: CommentForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    statement = convener.statement
    text = statement.text(get_language())
    if text is None or not convener.may_read:
        return render(request, "signon/draft_resting.html", {"convener": convener}, status=410)
    said = Comment.objects.filter(convener__statement=statement).select_related("convener")
    now = {each.digest for each in text.revision.current_texts}
    page = _text(statement, text) | {
        "convener": convener,
        "conveners": statement.conveners.standing(),
        "comments": [{"comment": each, "is_of_this_text": each.digest in now} for each in said],
        "comment_form": comments or CommentForm(text=text.digest),
        "form": form,
        "signed": convener.sign_on if convener.sign_on and convener.sign_on.state in _SIGNED else None,
        "token": token,
    }
    return render(request, "signon/draft.html", page, status=status)


_SIGNED = (SignOn.State.UNCONFIRMED, SignOn.State.CONFIRMED, SignOn.State.ACCEPTED)


def _text(statement: Statement, text: RevisionText) -> dict[str, Any]:
    return {"statement": statement, "text": text, "html": markdown.render(text.body), "phase": statement.phase()}


def _sign(request: HttpRequest, form: SignOnForm, verb: Callable[..., SignOn]) -> bool:
    """Whether what was posted is signed; where not, the form says why."""
    if not form.is_valid():
        return False
    try:
        verb(
            language=get_language() or "en",
            digest=form.cleaned_data["text"],
            network=addresses.network(request.META.get("REMOTE_ADDR", "")),
            answers=form.answers(),
            **form.typed(),
        )
    except signing.NotOpen:
        form.add_error(None, _("It cannot be signed any more."))
    except signing.TextChanged:
        form.add_error(None, _("The text was changed while you read it. Please read it again, then sign."))
        form.show_text(request.POST)
    else:
        return True
    return False


def _known(convener: Convener) -> dict[str, str]:
    return {
        "organization_name": convener.name,
        "representative_name": convener.contact_name,
        "email": convener.email,
    }


def _sent(statement: Statement, name: str, token: str) -> dict[str, Any]:
    return {"statement": statement, "back": name, "token": token}


def _convener(slug: str, token: str) -> Convener | None:
    return _row(slug, token, tokens.DRAFT, Convener.objects.select_related("statement__campaign", "sign_on"))


def _row(slug: str, token: str, purpose: str, rows: Any) -> Any:
    """What the link leads to; None for one that was ended, cut, or made for another statement."""
    try:
        row = tokens.read_row(token, purpose, rows)
    except (tokens.Tampered, tokens.Ended):
        return None
    if row.statement.slug != slug:
        raise Http404
    return row
