"""The world as an SVG: Natural Earth's outlines in the Equal Earth projection, each country under its own code.

The outlines are the package world-atlas's, copied by `make outlines`. What is drawn says nothing on anybody's borders.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "outlines" / "countries-50m.json"
WIDTH, HEIGHT = 1000, 452  # pixels of the drawing
# Of a line, points nearer to each other than this are left out.
_STEP = 2.0
# Antarctica signs nothing and takes a fifth of the height.
_LEFT_OUT = "AQ"
# A country whose outline is smaller than this (square pixels) gets a dot as well, to be seen.
_SEEN_FROM = 25.0
# Natural Earth gives it no number of ISO 3166-1, for ISO has none.
_BY_NAME = {"Kosovo": "XK"}
# What has a code of its own and stands within another's outline, or in none: longitude and latitude.
_PLACES = {
    "BQ": (-68.3, 12.2), "BV": (3.4, -54.4), "CC": (96.8, -12.1), "CX": (105.7, -10.5), "GF": (-53.1, 4.0),
    "GI": (-5.4, 36.1), "GP": (-61.6, 16.2), "MQ": (-61.0, 14.6), "RE": (55.5, -21.1), "SJ": (16.0, 78.0),
    "TK": (-171.8, -9.2), "TV": (179.2, -8.5), "UM": (166.6, 19.3), "YT": (45.2, -12.8),
}  # fmt: skip
# Natural Earth draws who holds a place; the United Nations' General Assembly says whose it is (resolution 68/262).
_CRIMEA = ("RU", "UA", (32.0, 44.0, 37.0, 46.5))

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class Outline:
    """A country's shape: SVG path data, and where its dot stands if it is too small to be seen."""

    path: str
    dot: tuple[int, int] | None


@dataclass(frozen=True)
class Area:
    """A country that is spoken of: `level` (from 0) is how dark it is, `says` what it says when pointed at."""

    code: str
    path: str
    dot: tuple[int, int] | None
    level: int
    says: str


@dataclass(frozen=True)
class WorldMap:
    """What the template draws: `rest` is one path of all countries that nothing is said of."""

    areas: list[Area]
    rest: str
    width: int = WIDTH
    height: int = HEIGHT


def draw(levels: Mapping[str, int], says: Mapping[str, str]) -> WorldMap:
    """Both by country (alpha-2); a code that has no outline, as "" for international, is left out."""
    known = outlines()
    areas = [
        Area(code, known[code].path, known[code].dot, level, says.get(code, ""))
        for code, level in levels.items()
        if code in known
    ]
    rest = "".join(outline.path for code, outline in known.items() if code not in levels)
    return WorldMap(sorted(areas, key=lambda area: area.dot is not None), rest)


@functools.cache
def outlines() -> dict[str, Outline]:
    """All countries by alpha-2 code; what has none in ISO 3166-1 stands under its own name."""
    topology = json.loads(_FILE.read_text("utf-8"))
    arcs = list(_arcs(topology))
    rings: dict[str, list[Ring]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = _code(shape)
        if code != _LEFT_OUT:
            for ring in _rings(shape, arcs):
                halves = ([project(*point) for point in half] for half in _halves(ring))
                rings.setdefault(_whose(code, ring), []).extend(halves)
    drawn = {code: _outline(each) for code, each in rings.items()}
    return drawn | {code: Outline("", _whole(project(*place))) for code, place in _PLACES.items()}


def project(longitude: float, latitude: float) -> Point:
    """Degrees to pixels of the drawing, by Equal Earth (Šavrič, Patterson and Jenny, 2018): areas keep their ratio."""
    x, y = _equal_earth(longitude, latitude)
    scale = WIDTH / (2 * _equal_earth(180, 0)[0])
    return WIDTH / 2 + x * scale, (_equal_earth(0, 83.7)[1] - y) * scale


def _equal_earth(longitude: float, latitude: float) -> Point:
    a1, a2, a3, a4, root = 1.340264, -0.081106, 0.000893, 0.003796, math.sqrt(3) / 2
    theta = math.asin(root * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    x = math.radians(longitude) * math.cos(theta) / (root * (a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)))
    return x, theta * (a1 + a2 * square + sixth * (a3 + a4 * square))


def _arcs(topology: Mapping[str, Any]) -> Iterator[list[Point]]:
    """Lines between countries in degrees; TopoJSON keeps each as steps on a grid."""
    (scale_x, scale_y), (from_x, from_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + from_x, y * scale_y + from_y))
        yield _thinned(points)


def _thinned(arc: list[Point]) -> list[Point]:
    """Its ends, and between them what is a step away from the point before: neighbors stay neighbors."""
    kept = [arc[0]]
    last = project(*arc[0])
    for point in arc[1:-1]:
        here = project(*point)
        if math.dist(here, last) >= _STEP:
            kept.append(point)
            last = here
    return [*kept, arc[-1]]


def _rings(shape: Mapping[str, Any], arcs: list[list[Point]]) -> Iterator[Ring]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for polygon in polygons:
        for ring in polygon:
            points: Ring = []
            for number in ring:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[1:] if points else arc
            yield points


def _halves(ring: Ring) -> Iterator[Ring]:
    """The ring; cut where it crosses the meridian of 180 degrees, for the drawing ends there."""
    unrolled = [ring[0]]
    for (before, _), (longitude, latitude) in itertools.pairwise(ring):
        step = (longitude - before + 180) % 360 - 180
        unrolled.append((unrolled[-1][0] + step, latitude))
    for turn in (-360, 0, 360):
        moved = [(longitude + turn, latitude) for longitude, latitude in unrolled]
        half = _beside(_beside(moved, 180, 1), -180, -1)
        if half:
            yield half


def _beside(ring: Ring, edge: float, side: int) -> Ring:
    """What of it lies on one side of a meridian, by Sutherland and Hodgman."""
    kept: Ring = []
    for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True):
        if (x1 - edge) * (x2 - edge) < 0:
            kept.append((edge, y1 + (y2 - y1) * (edge - x1) / (x2 - x1)))
        if (x2 - edge) * side <= 0:
            kept.append((x2, y2))
    return kept


def _code(shape: Mapping[str, Any]) -> str:
    """ISO's number as alpha-2, by CLDR."""
    import icu

    name: str = shape["properties"]["name"]
    if "id" not in shape:
        return _BY_NAME.get(name, name)
    code: str = icu.Region.getInstance(int(shape["id"])).getRegionCode()
    return code


def _whose(code: str, ring: Ring) -> str:
    drawn, said, (west, south, east, north) = _CRIMEA
    lies_there = all(west <= x <= east and south <= y <= north for x, y in ring)
    return said if code == drawn and lies_there else code


def _outline(rings: list[Ring]) -> Outline:
    largest = max(rings, key=_size)
    center = sum(x for x, _ in largest) / len(largest), sum(y for _, y in largest) / len(largest)
    dot = _whole(center) if sum(map(_size, rings)) < _SEEN_FROM else None
    return Outline("".join(map(_path, rings)), dot)


def _size(ring: Ring) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def _whole(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _path(ring: Ring) -> str:
    """Whole pixels, as steps; "" for an island that none is left of."""
    points = list(map(_whole, ring))
    kept = [point for before, point in zip(points[-1:] + points, points, strict=False) if point != before]
    if len(kept) < 3:
        return ""
    steps = (f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in itertools.pairwise(kept))
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}z".replace(" -", "-")
