"""Which browser somebody signs in with, in words, and whether this account was in it before; never from where."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from signon.models import User

# Named by what stands in it first: Edge says that it is Chrome, and Chrome that it is Safari.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
_COOKIE = "__Host-known" if settings.SECURE else "known"
_KEPT = 2 * 365 * 24 * 3600  # seconds
_MOST = 10  # accounts in one browser
# What stands in allauth's column for the address of a device, which may not be empty.
NO_ADDRESS = "::"


def keep_no_address(sender: Any, instance: UserSession, **rest: Any) -> None:
    """Before a device is written, whoever writes it: nobody needs to know from where it came."""
    instance.ip = NO_ADDRESS


def forget_addresses() -> int:
    """Blank those that were written before, or past us; returns of how many devices."""
    return UserSession.objects.exclude(ip=NO_ADDRESS).update(ip=NO_ADDRESS)


def named(agent: str) -> str:
    """A browser by its User-Agent, for people: “Firefox on Linux”. It may lie: this is no evidence."""
    browser, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser that does not say its name")


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether this account was signed in to in this browser before, by a signed cookie of two years."""
    return user.pk in _known(request)


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """From now on this browser is known for this account."""
    accounts = [user.pk, *(other for other in _known(request) if other != user.pk)][:_MOST]
    response.set_cookie(
        _COOKIE,
        signing.dumps(accounts, salt=_COOKIE),
        max_age=_KEPT,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[int]:
    try:
        known = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_COOKIE, max_age=_KEPT)
    except signing.BadSignature:
        return []
    return known if isinstance(known, list) else []


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for part, name in names if part in agent), "")
