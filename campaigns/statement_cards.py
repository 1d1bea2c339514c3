"""Statements as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language

from campaigns.models import Revision, RevisionText, Statement


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


def cards(statements: QuerySet[Statement]) -> dict[str, list[Card]]:
    """Open (and soon to open) statements, and past ones; a fixed number of queries."""
    found: dict[str, list[Card]] = {"open_statements": [], "past_statements": []}
    for each in with_texts(statements):
        text = each.text(get_language())
        if text:
            now_or_soon = each.phase() in ("before", "open")
            found["open_statements" if now_or_soon else "past_statements"].append(card(each, text))
    return found


def with_texts(statements: QuerySet[Statement]) -> QuerySet[Statement]:
    """With all that a card or a feed tells of them, in a fixed number of queries."""
    revisions = Revision.objects.order_by("-number").prefetch_related("texts")
    return statements.select_related("campaign").prefetch_related(Prefetch("revisions", revisions), "counters")


def card(each: Statement, text: RevisionText) -> Card:
    """One statement, in the words of one of its texts."""
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
