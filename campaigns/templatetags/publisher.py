"""What every page shows of its network."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from campaigns import network, photos

register = template.Library()
# Of a logo, in pixels.
HEIGHT, WIDEST = 40, 160


@register.inclusion_tag("components/logo.html")
def network_logo() -> dict[str, Any]:
    """Its logo, where it has one; what it shows is said, unless that is the name that stands beside it."""
    shown = network.at_hand()
    if shown.logo is None:
        return {}
    text = shown.logo.text(get_language())
    alt = text.alt if text and text.alt.casefold() != shown.name.casefold() else ""
    height = min(HEIGHT, round(WIDEST * shown.logo.height / shown.logo.width) or 1)
    size = {"width": round(height * shown.logo.width / shown.logo.height), "height": height}
    return {"src": photos.url(shown.logo, photos.WIDTHS[0]), "text": text, "alt": alt, **size}


@register.simple_tag
def contact_link() -> SafeString | str:
    """Its address for questions, to be written to; "" where it names none."""
    address = network.at_hand().contact
    return format_html('<a href="mailto:{}" dir="ltr">{}</a>', address, address) if address else ""
