"""Keys of the cache at the way in: they name addresses and networks, so the table holds digests of them alone."""

import hmac

from django.conf import settings


def hidden(key: str, prefix: str, version: int) -> str:
    """What Django's KEY_FUNCTION is: 64 hexadecimal digits, which without SECRET_KEY say nothing of the key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{prefix}:{version}:{key}".encode(), "sha256").hexdigest()
