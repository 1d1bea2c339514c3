"""Lists of statements: all of them, and a campaign's, among what else it gathers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import heads, markdown, piece_cards
from campaigns.excerpts import plain
from campaigns.models import Campaign, Document, Event, Post, Statement
from campaigns.statement_cards import cards


@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    title = _("Statements")
    lead = _("What we ask of those who govern. Read a statement, and add your organization’s name to it.")
    shown = {"head": heads.head(reverse("statements"), title=title, description=lead), "lead": lead}
    return render(request, "campaigns/statements.html", shown | cards(Statement.objects.public()))


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Campaign, slug=slug)
    posts = Post.objects.published().filter(campaign=found).with_words()
    events = Event.objects.published().filter(campaign=found).with_words()
    gathered = cards(Statement.objects.public().filter(campaign=found)) | {
        "posts": piece_cards.cards(posts),
        "coming": piece_cards.cards(events.coming()),
        "past": piece_cards.cards(events.past()),
        "documents": list(Document.objects.published().filter(campaign=found)),
    }
    if not any(gathered.values()):
        raise Http404
    head = heads.head(found.get_absolute_url(), title=found.title, description=plain(found.summary))
    shown = {"campaign": {"title": found.title, "summary_html": markdown.render(found.summary)}, "head": head}
    return render(request, "campaigns/campaign.html", gathered | shown)
