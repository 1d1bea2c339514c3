"""What programs are told, by the API and by webhooks alike: nothing that a stranger's page does not show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaigns.models import RevisionText, Statement
from signon import signatories
from signon.models import Counter, SignOn
from signon.models.counter import UNDISCLOSED, tally_of


def absolute(path: str) -> str:
    """A path of this site as a whole address; from settings alone, never from what a request says of its host."""
    return f"{settings.SITE_URL}{path}"


def page_url(statement: Statement, language: str = settings.LANGUAGE_CODE) -> str:
    """The address of a statement's page in a language of the site, else of its English one."""
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return absolute(statement.get_absolute_url())


def brief(statement: Statement, language: str) -> dict[str, Any]:
    """A statement in a list: its words in `language`, or the original's where it has none in it."""
    text = statement.text(language)
    assert text, "who lists statements leaves out those without a text"  # noqa: S101
    campaign = statement.campaign
    return {
        **reference(statement, language),
        "title": text.title,
        "lead": text.lead,
        "language": text.language,
        "direction": text.direction,
        "addressee": statement.addressee_of(text),
        "phase": statement.phase(),
        "opens_at": statement.opens_at,
        "closes_at": statement.closes_at,
        "zone": statement.zone,
        "accepts_individuals": statement.accepts_individuals,
        "campaign": campaign and {"slug": campaign.slug, "title": campaign.title},
        "counts": counts(statement.counters.all()),
    }


def whole(statement: Statement, language: str) -> dict[str, Any]:
    """A statement with the digests of its texts, the original first."""
    revision = statement.revision
    assert revision, "as in brief()"  # noqa: S101
    texts = [text_facts(statement, each) for each in revision.current_texts]
    return brief(statement, language) | {"revision": revision.number, "texts": texts}


def reference(statement: Statement, language: str = settings.LANGUAGE_CODE) -> dict[str, str]:
    """Which statement it is, and where it stands."""
    api_url = absolute(reverse("api:statement", args=[statement.slug]))
    return {"slug": statement.slug, "url": page_url(statement, language), "api_url": api_url}


def text_facts(statement: Statement, text: RevisionText) -> dict[str, Any]:
    """What there is to say of one text without its words."""
    return {
        "language": text.language,
        "direction": text.direction,
        "title": text.title,
        "digest": text.digest,
        "is_original": text.is_original,
        "url": page_url(statement, text.language),
    }


def counts(counters: Iterable[Counter]) -> dict[str, int]:
    """How many signatories there are, from the counters."""
    tally = tally_of(counters)
    return {"organizations": tally.organizations, "countries": tally.countries, "individuals": tally.individuals}


def counts_by_place(statement: Statement, language: str) -> dict[str, Any]:
    """The same, and for each place in the list's order; who is counted only has neither country nor scope."""
    rows = {(row.country, row.scope): row for row in statement.counters.all()}
    places = [
        {
            "country": None if group.code == UNDISCLOSED else group.code or None,
            "scope": group.scope or None,
            "name": group.title,
            "organizations": rows[group.code, group.scope].organizations,
            "individuals": rows[group.code, group.scope].individuals,
        }
        for group in signatories.groups_of(rows.values(), language)
    ]
    return counts(rows.values()) | {"places": places}


def signatory(row: signatories.Row) -> dict[str, Any]:
    """One signatory; a name that is withheld is null, and so is the id, which would follow it."""
    return {
        "id": row.id or None,
        "name": row.name if row.id else None,
        "kind": "individual" if row.is_individual else "organization",
        "country": row.country or None,
        "country_name": row.country_name if row.country else None,
        "scope": row.scope or None,
        "convener": row.is_convener,
    }


def told(sign_on: SignOn) -> dict[str, Any]:
    """The same of a sign-on by itself; who asked to be counted only has no country either."""
    if sign_on.listing != SignOn.Listing.COUNT:
        return signatory(signatories.as_row(sign_on, settings.LANGUAGE_CODE))
    return signatory(signatories.Row(name="", is_individual=sign_on.is_individual))
