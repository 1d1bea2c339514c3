"""A network's own colors: measured against the papers they stand on (WCAG 2.2, 1.4.3), and what follows from them."""

from __future__ import annotations

import colorsys
import re

LEAST = 4.5
# As tokens.css has them: the accent by day; paper, sheet, tint.
ACCENT = "#66288c"
DAY = ("#faf7f1", "#fffdf9", "#f3eee5")
NIGHT = ("#191614", "#211d1a", "#292420")
RGB = tuple[float, float, float]


def read(typed: str) -> str:
    """A color as people type it ("#ABC", "66288c") in the form that everything here takes; "" where it is none."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", typed.strip().lower())
    if found is None:
        return ""
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def ratio(one: str, other: str) -> float:
    """The contrast between two colors ("#rrggbb"), from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def least(color: str, papers: tuple[str, ...]) -> float:
    """Its contrast with the paper that it stands out from least."""
    return min(ratio(color, paper) for paper in papers)


def passing(color: str, papers: tuple[str, ...]) -> str:
    """The nearest color of the same hue that can be read on these papers: darker by day, lighter by night."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(color))
    step = -0.01 if _luminance(papers[0]) > 0.5 else 0.01
    while least(color, papers) < LEAST and 0 <= lightness <= 1:
        lightness = min(max(lightness + step, 0), 1)
        color = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
        if lightness in (0, 1):
            break
    return color


def css(day: str, night: str) -> str:
    """A style sheet that puts them in the place of tokens.css's; "" keeps the token. On paper all stays black."""
    sheets = [
        ("screen", _tokens(day, DAY[0], "#000000", "#ffffff") if day else ""),
        ("screen and (prefers-color-scheme: dark)", _tokens(night, NIGHT[0], "#ffffff", NIGHT[0]) if night else ""),
    ]
    if day and not night:
        # Or the day's color would stand in the night.
        sheets[0] = ("screen and (prefers-color-scheme: light)", sheets[0][1])
    return "".join(f"@media {media} {{ :root {{ {tokens} }} }}\n" for media, tokens in sheets if tokens)


def _tokens(color: str, paper: str, towards: str, on: str) -> str:
    strong, tint = mixed(color, towards, 0.3), mixed(color, paper, 0.9)
    return f"--accent: {color}; --accent-strong: {strong}; --accent-tint: {tint}; --on-accent: {on};"


def mixed(one: str, other: str, share: float) -> str:
    """One color with a share (0 to 1) of another."""
    red, green, blue = (a * (1 - share) + b * share for a, b in zip(_rgb(one), _rgb(other), strict=True))
    return _hex((red, green, blue))


def _rgb(color: str) -> RGB:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(color: RGB) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in color)


def _luminance(color: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
