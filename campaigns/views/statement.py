"""A stranger's pages of words: the front page, a campaign, a statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import markdown
from campaigns.models import Campaign, Revision, RevisionText, Statement

# So long after closing a page says that the list may still grow.
TIME_TO_VERIFY = timedelta(days=30)


@dataclass(frozen=True)
class Card:
    """A statement in a list."""

    statement: Statement
    title: str
    lead: str
    language: str
    direction: str
    url: str
    addressee: str
    closes_at: datetime | None
    zone: str
    campaign_title: str


def statement_or_404(slug: str) -> Statement:
    """A statement that a stranger may reach; one that was withdrawn from publication is, and its page says so."""
    return get_object_or_404(Statement.objects.reachable().select_related("campaign"), slug=slug)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "campaigns/home.html", _cards(Statement.objects.public()))


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Campaign, slug=slug)
    cards = _cards(Statement.objects.public().filter(campaign=found))
    if not any(cards.values()):
        raise Http404
    shown = {"title": found.title, "summary_html": markdown.render(found.summary)}
    return render(request, "campaigns/campaign.html", cards | {"campaign": shown})


@require_safe
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    found = statement_or_404(slug)
    text = found.text(get_language())
    if text is None:
        raise Http404
    closed = found.closes_at if found.phase() == "closed" else None
    return render(
        request,
        "campaigns/statement.html",
        {"statement": found, "phase": found.phase(), "text": text, "html": markdown.render(text.body),
         "still_verifying": closed is not None and timezone.now() - closed < TIME_TO_VERIFY,
         "other_languages": _other_languages(request, found, text)},
    )  # fmt: skip


def _cards(statements: QuerySet[Statement]) -> dict[str, list[Card]]:
    """Open (and soon to open) statements, and past ones; a fixed number of queries."""
    revisions = Revision.objects.order_by("-number").prefetch_related("texts")
    found = statements.select_related("campaign").prefetch_related(Prefetch("revisions", revisions), "counters")
    cards: dict[str, list[Card]] = {"open_statements": [], "past_statements": []}
    for each in found:
        text = each.text(get_language())
        if text:
            now_or_soon = each.phase() in ("before", "open")
            cards["open_statements" if now_or_soon else "past_statements"].append(_card(each, text))
    return cards


def _card(each: Statement, text: RevisionText) -> Card:
    return Card(
        statement=each,
        title=text.title,
        lead=text.lead,
        language=text.language,
        direction=text.direction,
        url=each.get_absolute_url(),
        addressee=each.addressee_of(text),
        closes_at=each.closes_at,
        zone=each.zone,
        campaign_title=each.campaign.title if each.campaign else "",
    )


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
