"""The Redis server that counts now: the one that is named, or the one that sentinels name at this moment."""

from __future__ import annotations

from typing import Any

import redis
from django.conf import settings
from redis.sentinel import Sentinel, SentinelConnectionPool


class Pool(SentinelConnectionPool):
    """What Django's cache makes of its address where sentinels watch the server."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Pool:
        """The address names the database; all else is settings.SENTINEL's."""
        found: Any = settings.SENTINEL
        seconds = options.get("socket_timeout", 1)
        sentinels = Sentinel(found.hosts, sentinel_kwargs=found.to_sentinels(seconds))
        return cls(found.name, sentinels, db=int(url), **found.to_server(), **options)


def client(address: str, **options: Any) -> Any:
    """A client of the server at this address of settings.CACHES."""
    if settings.SENTINEL:
        return redis.Redis(connection_pool=Pool.from_url(address, **options))
    return redis.Redis.from_url(address, **options)
