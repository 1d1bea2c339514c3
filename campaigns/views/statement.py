"""A stranger's page of a statement."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import amendments, heads, markdown, piece_cards
from campaigns.models import RevisionText, Statement

# So long after closing a page says that the list may still grow.
TIME_TO_VERIFY = timedelta(days=30)


def statement_or_404(slug: str, *along: str) -> Statement:
    """A statement that a stranger may reach; one that was withdrawn from publication is, and its page says so.

    `along` are relations whose rows are read with it.
    """
    reachable = Statement.objects.reachable().select_related("campaign").prefetch_related(*along)
    return get_object_or_404(reachable, slug=slug)


@require_safe
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    found = statement_or_404(slug, "counters")
    text = found.text(get_language())
    if text is None:
        raise Http404
    closed = found.closes_at if found.phase() == "closed" else None
    response = render(
        request,
        "campaigns/statement.html",
        {"statement": found, "phase": found.phase(), "text": text, "html": markdown.render(text.body),
         "still_verifying": closed is not None and timezone.now() - closed < TIME_TO_VERIFY,
         "head": None if found.phase() == "withdrawn" else heads.of_statement(found, text),
         "other_languages": _other_languages(request, found, text),
         "amended_at": amendments.amended_at(found),
         "events": piece_cards.cards(found.events.published().with_words()),
         "documents": list(found.documents.published())},
    )  # fmt: skip
    response.good_until = found.next_moment()  # type: ignore[attr-defined]
    return response


def _other_languages(request: HttpRequest, found: Statement, shown: RevisionText) -> list[dict[str, str]]:
    """The statement's other texts that the site has a page for."""
    return [
        {
            "code": text.language,
            "name": text.language_name,
            "url": translate_url(request.get_full_path(), text.language),
        }
        for text in shown.revision.current_texts
        if text.language != shown.language
    ]
