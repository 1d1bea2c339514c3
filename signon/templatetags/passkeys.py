"""What a passkey's page hands to its script."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Options of WebAuthn for a data attribute; the template escapes it. Bytes are base64url already."""
    return json.dumps(value, default=dict)
