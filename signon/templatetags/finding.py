"""What pages show that find something, or are to be found."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from campaigns.heads import whole
from campaigns.templatetags.structured import as_element
from signon.profiles import Profile

register = template.Library()


@register.simple_tag
def organization_data(profile: Profile) -> SafeString:
    """An organization as schema.org's Organization: what its page shows, no more."""
    said: dict[str, Any] = {"@type": "Organization", "name": profile.name, "mainEntityOfPage": whole(profile.path)}
    if profile.website:
        said["url"] = profile.website
    if profile.other_names:
        said["alternateName"] = profile.other_names
    if profile.country:
        said["address"] = {"@type": "PostalAddress", "addressCountry": profile.country}
    return as_element(said)


@register.filter
def without_scheme(address: str) -> str:
    """An address as people write it: without https:// and the last slash."""
    return address.split("://", 1)[-1].removesuffix("/")
