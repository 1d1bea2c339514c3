"""What pages show that find something, or are to be found."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from campaigns.heads import whole
from campaigns.models import Statement
from campaigns.templatetags.structured import as_element
from signon.figures import public_numbers
from signon.finding.profiles import Profile
from signon.geography import country_maps
from signon.statements import timeline
from signon.statements.story import Chapter

register = template.Library()


@register.simple_tag
def organization_data(profile: Profile) -> SafeString:
    """An organization as schema.org's Organization: what its page shows, no more."""
    said: dict[str, Any] = {"@type": "Organization", "name": profile.name, "mainEntityOfPage": whole(profile.path)}
    if profile.website:
        said["url"] = profile.website
    if others := [*(each.name for each in profile.own_names), *profile.other_names]:
        said["alternateName"] = others
    if profile.logo:
        said["logo"] = whole(profile.logo["src"])
    if profile.country:
        said["address"] = {"@type": "PostalAddress", "addressCountry": profile.country}
    return as_element(said)


@register.filter
def gray(level: int) -> str:
    """A map's shade, from 0 to 3, for who reads without the page's style sheet."""
    return ("#ccc", "#999", "#666", "#000")[level]


@register.filter
def without_scheme(address: str) -> str:
    """An address as people write it: without https:// and the last slash."""
    return address.split("://", 1)[-1].removesuffix("/")


@register.inclusion_tag("signon/_timeline.html")
def statement_course(statement: Statement, chapters: list[Chapter]) -> dict[str, Any]:
    """What happened to a statement and when; `chapters` are signon.statements.story's."""
    return {"statement": statement, "steps": timeline.steps(statement, chapters)}


@register.inclusion_tag("signon/_signatory_map.html")
def signatory_map(statement: Statement) -> dict[str, Any]:
    """The signatories on a map with the same as a table; nothing while they are of fewer than three countries."""
    there = public_numbers.by_country(statement.counters.all())
    enough = len(there) >= public_numbers.ENOUGH_FOR_A_MAP
    return {"map": country_maps.of_signatories(there) if enough else None}
