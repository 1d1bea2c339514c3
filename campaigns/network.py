"""The network that this installation serves: what its settings say, at hand for every page, and how they change.

Each process keeps what it read for SECONDS, so that no page asks the database; the one that saved knows at once.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from campaigns import colors, marks
from campaigns.models import Photo, Publisher, PublisherWords

SECONDS = 10


@dataclass(frozen=True)
class Network:
    """What pages, mails and names of countries ask for."""

    name: str
    accent: str = ""
    accent_dark: str = ""
    country_names: dict[str, dict[str, str]] = field(default_factory=dict)
    contact: str = ""
    # With its words at hand.
    logo: Photo | None = None

    @property
    def printed_accent(self) -> str:
        """The color of pictures that are sent on, which have no night: one that can be read on paper, in any case."""
        return colors.passing(self.accent or colors.ACCENT, colors.DAY)

    @property
    def css(self) -> str:
        """Its colors as a style sheet; "" where it has none of its own."""
        return colors.css(self.accent, self.accent_dark)

    @property
    def css_digest(self) -> str:
        """Changes with its colors, "" where it has none: an address with it may be kept for ever."""
        return hashlib.sha256(self.css.encode()).hexdigest()[:12] if self.css else ""


_held: list[tuple[float, Network]] = []


def current() -> Network:
    """As its settings say, at most SECONDS ago; by its defaults while nobody wrote any."""
    if _held and time.monotonic() - _held[0][0] < SECONDS:
        return _held[0][1]
    found = Publisher.objects.select_related("logo").prefetch_related("logo__words").first()
    network = _read(found) if found else Network(settings.NETWORK_NAME)
    remember(network)
    return network


def at_hand() -> Network:
    """The same for pages that must answer without a database too: then what was read last, or the defaults."""
    try:
        return current()
    except Exception:  # whatever keeps the database away: the page that says so is answered
        rest()  # and the next ones wait for nothing
        return _held[0][1]


def rest() -> None:
    """Ask no database for SECONDS: it is known to be away."""
    remember(_held[0][1] if _held else Network(settings.NETWORK_NAME))


def _read(found: Publisher) -> Network:
    return Network(
        found.name or settings.NETWORK_NAME,
        found.accent,
        found.accent_dark,
        found.country_names,
        found.contact,
        found.logo,
    )


def remember(network: Network) -> None:
    """Take this as what was read just now."""
    _held[:] = [(time.monotonic(), network)]


def forget() -> None:
    """Read it anew the next time."""
    _held.clear()


def publisher() -> Publisher:
    """The row, made on first use."""
    return Publisher.objects.get_or_create(pk=1)[0]


def change(*, seen: str = "", **fields: Any) -> None:
    """Save settings: name, logo, colors, contact, zone, featured statement, names of countries.

    `seen` is marks.mark_of these fields as a page showed them; raises marks.ChangedMeanwhile.
    """
    with transaction.atomic():
        marks.hold(publisher(), list(fields), seen)
        Publisher.objects.filter(pk=1).update(**fields)
        transaction.on_commit(forget)
    forget()


def say(language: str, *, tagline: str, about: str) -> None:
    """Write what it says of itself in a language."""
    PublisherWords.objects.update_or_create(
        publisher=publisher(), language=language, defaults={"tagline": tagline, "about": about}
    )
