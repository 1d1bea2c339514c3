"""What a page says of itself to programs (schema.org, as JSON-LD)."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from campaigns import network, photos
from campaigns.heads import whole
from campaigns.models import RevisionText, Statement

register = template.Library()

# What would end the element, or begin a comment in it; in JSON these read the same (as in Django's json_script).
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def statement_data(statement: Statement, text: RevisionText) -> SafeString:
    """A statement as schema.org's Article, without a word on who signed it."""
    said: dict[str, Any] = {
        "@type": "Article",
        "headline": text.title,
        "inLanguage": text.language,
        "url": f"{settings.SITE_URL}{statement.get_absolute_url()}",
        "publisher": network_said(),
    }
    if text.lead:
        said["description"] = text.lead
    if statement.opens_at:
        said["datePublished"] = statement.opens_at.isoformat()
    if statement.campaign:
        said["about"] = {"@type": "Thing", "name": statement.campaign.title}
    return as_element(said)


def network_said() -> dict[str, Any]:
    """The network as schema.org's Organization, as its settings say."""
    shown = network.current()
    said: dict[str, Any] = {"@type": "Organization", "name": shown.name, "url": whole("/")}
    if shown.logo:
        said["logo"] = whole(photos.url(shown.logo))
    if shown.contact:
        said["email"] = shown.contact
    return said


def as_element(said: dict[str, Any]) -> SafeString:
    """What is said, as an element of the page's head."""
    data = json.dumps({"@context": "https://schema.org"} | said, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{data}</script>')  # noqa: S308
