"""Pictures that stand where an installation will have photos: hills in the site's colors under a low sun."""

from __future__ import annotations

import io
import math
import random

SIZE = (960, 640)
# Drawn larger and made smaller, so that edges are smooth.
SCALE = 2
# Sky at the top and at the horizon, the sun, hills from far to near; tokens.css has the same colors.
PALETTES = (
    ("#f1e8f5", "#faf7f1", "#ffffff", ("#d9c8e4", "#b795cb", "#8d5aaf", "#66288c", "#4b1a69")),
    ("#faf7f1", "#f3e3cf", "#c9826b", ("#ded5c8", "#b9ab9b", "#84786d", "#5e554f", "#3b342e")),
    ("#e8f2ea", "#fffdf9", "#f6e7b8", ("#c6ddcd", "#8fbfa1", "#4e9270", "#1d6743", "#124a2f")),
    ("#4b1a69", "#cf9fbf", "#f7e4d4", ("#a87cc0", "#7f4f9d", "#5a2d79", "#3c1a55", "#24122f")),
    ("#f3eee5", "#faf7f1", "#9c2a1a", ("#e6d6cb", "#d1ab9a", "#b0705d", "#84402f", "#4f2318")),
    ("#dfe9ee", "#faf7f1", "#ffffff", ("#c3d3da", "#94adb8", "#64828f", "#3c5a66", "#22393f")),
    ("#f6efe0", "#f1e8f5", "#66288c", ("#e2d3e6", "#c9b3c8", "#a08a93", "#6f5d60", "#3b342e")),
)


def draw(number: int) -> io.BytesIO:
    """The picture with a number (from 0), as PNG; the same every time, and each another."""
    from PIL import Image, ImageDraw

    chance = random.Random(number)  # noqa: S311  a drawing needs no secret
    top, horizon, sun, hills = PALETTES[number % len(PALETTES)]
    width, height = (side * SCALE for side in SIZE)
    picture = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(Image.new("RGB", picture.size, horizon), Image.new("RGB", picture.size, top), picture)
    pen = ImageDraw.Draw(picture)
    radius = height * chance.uniform(0.07, 0.12)
    x, y = width * chance.uniform(0.2, 0.8), height * chance.uniform(0.22, 0.38)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=sun)
    for place, color in enumerate(hills):
        pen.polygon(_hill(chance, width, height, height * (0.42 + 0.125 * place)), fill=color)
    out = io.BytesIO()
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG", compress_level=0)
    out.seek(0)
    return out


def _hill(chance: random.Random, width: int, height: int, level: float) -> list[tuple[float, float]]:
    """A line of three waves from edge to edge, and down to the picture's foot."""
    waves = [(height * chance.uniform(0.02, 0.06) / part, part, chance.uniform(0, math.tau)) for part in (1, 2, 3.3)]
    line = [
        (x, level + sum(high * math.sin(math.tau * part * x / width + shift) for high, part, shift in waves))
        for x in (width * step / 160 for step in range(161))
    ]
    return [*line, (width, height), (0.0, height)]
