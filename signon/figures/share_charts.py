"""Pictures of numbers, drawn here as SVG. Each stands beside a table that says the same: nobody needs to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# In pixels. A row has the name above its bar, so that a long one has room on a phone.
ROW, BAR_FROM = 44, 22


class Share(Protocol):
    """So many of so many, under a name."""

    name: str
    members: int
    signed: int


@dataclass(frozen=True)
class Bar:
    """One row: where its name and its bar stand (pixels from the top), and from where to where (percent, as SVG)."""

    name: str
    members: int
    signed: int
    name_y: int
    bar_y: int
    whole: str
    whole_from: str
    part: str
    part_from: str


@dataclass(frozen=True)
class Chart:
    """Bars one below the other, the largest as wide as there is room; `start` is where a line begins."""

    bars: list[Bar]
    height: int
    start: str


def shares(places: Sequence[Share], *, rtl: bool) -> Chart:
    """A bar for each place, as long as it has members, filled as far as they signed; from the right with `rtl`."""
    most = max((place.members for place in places), default=1) or 1
    bars = []
    for number, place in enumerate(places):
        whole, part = 100 * place.members / most, 100 * place.signed / most
        bars.append(
            Bar(
                place.name,
                place.members,
                place.signed,
                name_y=number * ROW + 15,
                bar_y=number * ROW + BAR_FROM,
                whole=f"{whole:.2f}%",
                whole_from=f"{100 - whole if rtl else 0:.2f}%",
                part=f"{part:.2f}%",
                part_from=f"{100 - part if rtl else 0:.2f}%",
            )
        )
    return Chart(bars, len(bars) * ROW, "100%" if rtl else "0")
