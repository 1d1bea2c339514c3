"""Typed accessors of the environment; what is wrong is loud, in one sentence."""

from ipaddress import IPv4Network, IPv6Network, ip_network

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
LANES = ("transactional", "bulk")
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def at_least(name: str, least: int, *, default: int) -> int:
    """A whole number from `least` on; raises ImproperlyConfigured for anything else."""
    try:
        value = int(env.int(name, default))
    except ValueError:
        value = least - 1
    if value < least:
        raise ImproperlyConfigured(f"{name} takes a whole number from {least} on.")
    return value


def switch(name: str) -> bool:
    """1 for on; 0, or nothing, for off. Raises ImproperlyConfigured for anything else."""
    value = env.str(name, "") or "0"
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} takes 1 or 0.")
    return bool(value == "1")


def networks(name: str, default: list[str] | None = None, *, like: str) -> list[IPv4Network | IPv6Network]:
    """Networks of IP addresses; raises ImproperlyConfigured, with an example, for anything else."""
    try:
        return [ip_network(each) for each in env.list(name, default=default or [])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} takes networks like {like}: {error}.") from error


def rates(name: str) -> dict[str, float]:
    """Messages a second for each lane of the outbox, from "14/s", "100/m" or "transactional=14/s,bulk=300/h".

    A lane that is not named has no limit. Raises ImproperlyConfigured for anything else.
    """
    found: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in env.str(name, "").split(","))):
        lane, _equals, rate = part.rpartition("=")
        number, _slash, unit = rate.partition("/")
        try:
            messages = float(number)
        except ValueError:
            messages = 0
        lanes = [lane.strip()] if lane else list(LANES)
        if unit.strip() not in SECONDS or messages <= 0 or not set(lanes) <= set(LANES):
            raise ImproperlyConfigured(f"{name} takes rates like 14/s, 100/m or transactional=14/s,bulk=300/h.")
        found |= dict.fromkeys(lanes, messages / SECONDS[unit.strip()])
    return found


def secret(name: str) -> str:
    """50 random characters or more; raises ImproperlyConfigured for what is short, repeats itself or is an example."""
    return _checked(name, str(env.str(name)))


def contact_keys(name: str, *, beside: str) -> list[str]:
    """Secrets with commas between: the first encrypts ("" there: nothing is encrypted), all decrypt.

    None: contact data is kept in clear. Raises ImproperlyConfigured where one is weak, or the setting `beside` missing.
    """
    keys = [each.strip() for each in str(env.str(name, "")).split(",")]
    if not any(keys):
        return []
    if not env.str(beside, ""):
        raise ImproperlyConfigured(f"{name} needs {beside} beside it, which stays the same for good.")
    return [each and _checked(f"Each of {name}", each) for each in keys]


def _checked(name: str, value: str) -> str:
    if len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
        raise ImproperlyConfigured(f"{name} must be 50 random characters or more.")
    return value


def token(name: str) -> str:
    """A token that opens something, or none; raises ImproperlyConfigured for what is short."""
    value = str(env.str(name, ""))
    if value and len(value) < 20:
        raise ImproperlyConfigured(f"{name} must be 20 random characters or more, or be left out.")
    return value
