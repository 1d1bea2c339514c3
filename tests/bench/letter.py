"""How long a letter pack takes: names read, manifest, PDF, DOCX and CSV, as a worker makes them."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Revision, RevisionText, Statement
from signon import letter
from signon.models import Counter, Organization, SignOn, User
from signon.naming import names

LIMITS = {1000: 1.0, 10_000: 10.0}  # seconds
COUNTRIES = ("KE", "MX", "VN", "JO", "FR", "IN", "BR", "PH", "US", "ZA", "")
NAMES = (
    "Women’s Network for Peace {}", "Collectif des femmes migrantes n° {}", "Red de Mujeres Migrantes {} (REMM)",
    "منظمة المرأة العربية {}", "Женщины мира {}", "Hội Phụ nữ Việt Nam {}", "महिला संगठन {}",
)  # fmt: skip


def measure() -> list[dict[str, Any]]:
    """Seconds for each size; the fonts and the printer are loaded before the clock runs, as in a worker that lives."""
    by = User.objects.create_user("bench-letter@network.example", name="Bench")
    pack(1, by)
    rows = []
    for count, limit in LIMITS.items():
        seconds = pack(count, by)
        rows.append(
            {"name": f"letter {count}", "value": seconds, "unit": "s", "limit": limit, "ratio": seconds / limit}
        )
    return rows


def pack(count: int, by: User) -> float:
    """Seconds to make a pack of so many signatories."""
    statement = store(count, by)
    made = letter.order(statement, by=by, text=statement.text())
    begun = time.perf_counter()
    letter.make(made)
    seconds = time.perf_counter() - begun
    assert made.counts["organizations"] == statement.counters.all().tally().organizations == count
    assert made.files.count() == 3
    return seconds


def store(count: int, by: User) -> Statement:
    """A statement with as many signatories, from many countries and in many scripts."""
    campaign = Campaign.objects.create(slug=f"bench-letter-{count}", title="Bench")
    now = timezone.now()
    statement = Statement.objects.create(
        campaign=campaign, slug=f"bench-letter-{count}", state="closed", addressee="The General Assembly", closes_at=now
    )
    revision = Revision.objects.create(statement=statement, number=1, original_language="en")
    text = RevisionText(revision=revision, language="en")
    text.write(title="Bread and roses", body="We call on you:[^1]\n\n1. Bread.\n2. Roses.\n\n[^1]: All of you.\n")
    organizations, sign_ons = [], []
    for number in range(count):
        name, country = NAMES[number % len(NAMES)].format(number), COUNTRIES[number % len(COUNTRIES)]
        place = {"country": country, "scope": "national" if country else "international"}
        slug = f"bench-letter-{count}-{number}"
        organizations.append(Organization(name=name, slug=slug, search_key=names.search_key(name), **place))
        sign_ons.append(
            SignOn(
                statement=statement, text=text, organization=organizations[-1], organization_name=name,
                organization_type="ngo", state="accepted", authorized=True, consent_publish=True, source="import",
                decided_at=now, decided_by=by, confirmed_at=now, **place, **SignOn.listed_as(name, "name"),
            )
        )  # fmt: skip
    Organization.objects.bulk_create(organizations, batch_size=1000)
    SignOn.objects.bulk_create(sign_ons, batch_size=1000)
    Counter.objects.join(*sign_ons)
    return statement
