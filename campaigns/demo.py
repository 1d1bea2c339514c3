"""The demo's words: a campaign and three statements, from the texts in campaigns/data, and the site around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns import demo_site
from campaigns.models import Campaign, Revision, RevisionText, Statement

DATA = Path(__file__).parent / "data"
NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Draft:
    """A statement of the demo; its text stands in campaigns/data/<slug>.md."""

    slug: str
    title: str
    lead: str
    addressee: str
    state: str
    opens_at: datetime
    closes_at: datetime
    zone: str
    accepts_individuals: bool = False


def drafts() -> list[Draft]:
    """The statements, with deadlines that lie ahead of today where they are open."""
    today = timezone.now().astimezone(NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        Draft(
            "initial-elements-2016",
            "Initial Elements for the Outcome Document to the United Nations General Assembly Summit for Large"
            " Movements of Refugees and Migrants (Sept. 19)",
            "All migrants have all human rights: what the summit’s outcome document must begin with.",
            "Co-chairs of the United Nations General Assembly summit, and all member states",
            Statement.State.OPEN,
            today,
            today.replace(hour=17) + timedelta(days=45),
            "America/New_York",
        ),
        Draft(
            "international-womens-day",
            "On International Women’s Day: End Violence Against All Women, Regardless of Migration Status",
            "This March 8 falls in a period of intense global movement of migrants and refugees.",
            "Governments of countries of origin, transit and destination",
            Statement.State.OPEN,
            today,
            _next_march_8(today),
            "Europe/Brussels",
            accepts_individuals=True,
        ),
        Draft(
            "saving-lives-2020",
            "Stop all trade and investment treaty negotiations during the COVID-19 outbreak and refocus on access"
            " to medical supplies and saving lives",
            "An open letter of 30 April 2020, with its 400 endorsers as they were published.",
            "Trade ministries and the World Trade Organization",
            Statement.State.CLOSED,
            datetime(2020, 4, 9, tzinfo=ZoneInfo("UTC")),
            datetime(2020, 4, 30, tzinfo=ZoneInfo("UTC")),
            "UTC",
        ),
    ]


def _next_march_8(today: datetime) -> datetime:
    """The end of the coming March 8 in Brussels, at least a week ahead."""
    ahead = today + timedelta(days=7)
    this_year = datetime(ahead.year, 3, 8, 23, 59, tzinfo=ZoneInfo("Europe/Brussels"))
    return this_year if this_year > ahead else this_year.replace(year=ahead.year + 1)


def load() -> None:
    """Make what of the demo is not there yet; leaves alone what is."""
    campaign, _made = Campaign.objects.get_or_create(
        slug="women-in-migration",
        defaults={
            "title": "Women in Migration",
            "summary": "The Women & Global Migration Working Group focuses on Women IN Migration. This goes beyond"
            " migrant women to explore the realities of all women affected by migration.",
        },
    )
    for draft in drafts():
        if not Statement.objects.filter(slug=draft.slug).exists():
            _make(draft, campaign if draft.slug != "saving-lives-2020" else None)
    demo_site.load(campaign)


def _make(draft: Draft, campaign: Campaign | None) -> None:
    statement = Statement.objects.create(
        campaign=campaign,
        slug=draft.slug,
        state=draft.state,
        addressee=draft.addressee,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        zone=draft.zone,
        accepts_individuals=draft.accepts_individuals,
    )
    revision = Revision.objects.create(statement=statement, number=1, original_language="en")
    body = (DATA / f"{draft.slug}.md").read_text(encoding="utf-8")
    RevisionText(revision=revision, language="en").write(title=draft.title, body=body, lead=draft.lead)
