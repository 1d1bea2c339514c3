"""The demo's site around its statements: campaigns/data/site.toml, with placeholders for photos."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns import photos, placeholders, publishing
from campaigns.models import (
    Campaign,
    Event,
    Page,
    Photo,
    Piece,
    Post,
    Publisher,
    PublisherWords,
    Statement,
)  # fmt: skip

SITE = Path(__file__).parent / "data" / "site.toml"
NEW_YORK = ZoneInfo("America/New_York")
MONTH, DAY, BEGINS, ENDS = 7, 17, time(16), time(18, 30)


def load(campaign: Campaign) -> None:
    """Make what of the site is not there yet; leaves alone what is."""
    site = tomllib.loads(SITE.read_text(encoding="utf-8"))
    _network(site["network"])
    _photos(site["photos"])
    for each in site["posts"]:
        if not Post.objects.filter(slug=each["slug"]).exists():
            _post(each, campaign, site["ends"])
    if not Event.objects.filter(slug=site["event"]["slug"]).exists():
        _event(site["event"], campaign, site["ends"])
    for place, each in enumerate(site["pages"], 1):
        if not Page.objects.filter(slug=each["slug"]).exists():
            page = Page.objects.create(
                slug=each["slug"], menu=each["menu"], position=place, published_at=timezone.now()
            )  # fmt: skip
            _write(page, each["words"])


def next_caucus() -> date:
    """The coming July 17 in New York; the day itself until the caucus has begun."""
    now = timezone.now().astimezone(NEW_YORK)
    this_year = datetime.combine(date(now.year, MONTH, DAY), BEGINS, NEW_YORK)
    return this_year.date() if this_year > now else date(now.year + 1, MONTH, DAY)


def _network(words: dict[str, Any]) -> None:
    featured = Statement.objects.filter(slug="initial-elements-2016").first()
    network, made = Publisher.objects.get_or_create(pk=1, defaults={"zone": NEW_YORK.key, "featured": featured})
    if made:
        for language, said in words.items():
            PublisherWords.objects.create(publisher=network, language=language, **said)


def _photos(wanted: list[dict[str, Any]]) -> None:
    if Photo.objects.exists():
        return
    for number, each in enumerate(wanted):
        picture = placeholders.draw(number)
        photos.keep(picture, language="en", alt=each["alt"], caption=each["caption"], front_place=number + 1)


def _post(each: dict[str, Any], campaign: Campaign, ends: dict[str, str]) -> None:
    post = Post.objects.create(
        slug=each["slug"],
        kind=each["kind"],
        campaign=campaign if each.get("in_campaign") else None,
        author=each.get("author", ""),
        source_name=each.get("source_name", ""),
        source_url=each.get("source_url", ""),
        photo=Photo.objects.filter(front_place=each.get("photo")).first(),
        published_at=datetime.combine(each["day"], time(12), ZoneInfo("UTC")),
    )
    _write(post, each["words"], None if each.get("is_whole") else ends)


def _event(each: dict[str, Any], campaign: Campaign, ends: dict[str, str]) -> None:
    day = next_caucus()
    event = Event.objects.create(
        slug=each["slug"],
        starts_at=datetime.combine(day, BEGINS, NEW_YORK),
        ends_at=datetime.combine(day, ENDS, NEW_YORK),
        zone=NEW_YORK.key,
        takes_registrations=True,
        places=each["places"],
        campaign=campaign,
        statement=Statement.objects.filter(slug=each["statement"]).first(),
        published_at=timezone.now() - timedelta(minutes=1),
    )
    _write(event, each["words"], ends)


def _write(piece: Piece, words: dict[str, Any], ends: dict[str, str] | None = None) -> None:
    """Its words in each language; `ends` says after the text that its source breaks off, and the excerpt does not."""
    for language, said in words.items():
        body = said["body"].strip()
        excerpt = said.get("excerpt", body) if ends else ""
        body = f"{body}\n\n{ends[language]}" if ends else body
        publishing.write(piece, language, by=None, seen="new", **(said | {"body": body, "excerpt": excerpt}))
