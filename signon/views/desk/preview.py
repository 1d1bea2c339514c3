"""A statement as its readers will have it: its page, on a telephone, in the mail, as a letter. For staff alone."""

from __future__ import annotations

import logging
import subprocess
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from campaigns import markdown
from campaigns.models import RevisionText, Statement
from signon.letters import draft
from signon.mail import rendering, samples
from signon.models import Message, User
from signon.people import reach
from signon.statements.text_forms import name_of
from signon.views.framed import framed
from signon.views.staff import staff_with

log = logging.getLogger(__name__)
may_write = staff_with("campaigns.change_statement")


@require_safe
@may_write
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The frames, in one of the statement's languages."""
    statement, text = _text(request, slug)
    languages = [(language, name_of(language)) for language in statement.text_languages]
    page = {"statement": statement, "text": text, "languages": languages, "language": text.language}
    return render(request, "desk/preview.html", page)


@require_safe
@xframe_options_sameorigin
@may_write
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page with this text, as it looks while it is open; nothing on it can be sent."""
    statement, text = _text(request, slug)
    with translation.override(_site_language(text.language)):
        shown = {
            "statement": statement,
            "phase": "open",
            "text": text,
            "html": markdown.render(text.body),
            "other_languages": [],
            "still_verifying": False,
        }
        response = render(request, "campaigns/statement.html", shown)
    response._csp_update = {  # type: ignore[attr-defined]
        "sandbox": ["allow-same-origin", "allow-scripts"],
    }
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]
    response["Content-Language"] = text.language
    return response


@require_safe
@xframe_options_sameorigin
@may_write
def mail(request: HttpRequest, slug: str) -> HttpResponse:
    """The mail that asks a signer to confirm, with this statement's title and addressee; its signer is made up."""
    statement, text = _text(request, slug)
    language = _site_language(text.language)
    message = samples.message(Message.Kind.VERIFICATION, language)
    assert message.sign_on is not None  # noqa: S101  # the sample of this kind is about one
    message.sign_on.statement, message.sign_on.text = statement, text
    return framed(rendering.words(message)[2])


@require_safe
@may_write
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The letter with names that nobody has, marked as a draft."""
    statement, text = _text(request, slug)
    try:
        file = draft.pdf_of(draft.write(statement, text))
    except subprocess.SubprocessError:
        log.exception("The draft of %s could not be printed", slug)
        return HttpResponse(_("The letter could not be printed."), status=503, content_type="text/plain")
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{statement.slug}-draft.pdf"'
    return response


def _text(request: HttpRequest, slug: str) -> tuple[Statement, RevisionText]:
    statement = reach.statement_or_404(cast(User, request.user), slug)
    text = statement.text(request.GET.get("language"))
    if text is None:
        raise Http404
    return statement, text


def _site_language(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
