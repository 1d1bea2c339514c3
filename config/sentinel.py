"""REDIS_URL of a Redis that Sentinel watches: `redis+sentinel://:password@host:26379,host:26379/name`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}
WRONG = "REDIS_URL must be like redis+sentinel://:password@host:26379,host:26379/name (rediss+sentinel:// with TLS)"


@dataclass(frozen=True)
class Sentinel:
    """Where sentinels are, and the name by which they know the servers that they watch."""

    hosts: tuple[tuple[str, int], ...]
    name: str
    username: str | None
    password: str | None
    sentinel_password: str | None
    is_secure: bool

    def to_server(self) -> dict[str, Any]:
        """What redis-py takes of it for the server itself."""
        given = {"username": self.username, "password": self.password}
        return {name: value for name, value in given.items() if value} | ({"ssl": True} if self.is_secure else {})

    def to_sentinels(self, seconds: float) -> dict[str, Any]:
        """What redis-py takes of it for the sentinels, who have a password of their own or none."""
        timeouts = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
        own = {"username": None, "password": self.sentinel_password}
        return timeouts | own | ({"ssl": True} if self.is_secure else {})

    def broker_url(self) -> str:
        """For Celery, which has each sentinel in an address of its own."""
        login = f"{quote(self.username or '', safe='')}:{quote(self.password, safe='')}@" if self.password else ""
        return ";".join(f"sentinel://{login}{host}:{port}/0" for host, port in self.hosts)

    def limits_url(self) -> str:
        """For `limits`, which takes the rest as options."""
        return f"redis+sentinel://{','.join(f'{host}:{port}' for host, port in self.hosts)}/{self.name}"

    def limits_options(self) -> dict[str, Any]:
        """The rest: it counts where it is written, in the third database."""
        return {"use_replicas": False, "db": 2, "sentinel_kwargs": self.to_sentinels(0.3), **self.to_server()}


def read(address: str) -> Sentinel | None:
    """None where it names a server itself; raises ImproperlyConfigured for half an address of sentinels."""
    parts = urlsplit(address)
    if not parts.scheme.endswith("+sentinel"):
        return None
    login, _at, places = parts.netloc.rpartition("@")
    username, _colon, password = login.partition(":")
    name = parts.path.strip("/")
    asked = parse_qs(parts.query)
    if parts.scheme not in SCHEMES or not name or "/" in name or set(asked) - {"sentinel_password"}:
        raise ImproperlyConfigured(f"{WRONG}; with ?sentinel_password=… where sentinels have one.")
    return Sentinel(
        hosts=tuple(_host(place) for place in places.split(",")),
        name=name,
        username=unquote(username) or None,
        password=unquote(password) or None,
        sentinel_password=asked.get("sentinel_password", [None])[0],
        is_secure=SCHEMES[parts.scheme],
    )


def _host(place: str) -> tuple[str, int]:
    host, _colon, port = place.rpartition(":")
    if not host or not port.isdecimal():
        raise ImproperlyConfigured(f"{WRONG}: each sentinel needs its port.")
    return host, int(port)
