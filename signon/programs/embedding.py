"""A statement's count, button or list on another site's page: how it may look, and what that site copies."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaigns.models import Statement
from signon.programs.published import absolute

# Without a script a frame does not know how high its page is; in CSS pixels.
HEIGHTS = {"count": 190, "button": 130, "list": 560}
FONTS = {
    "serif": '"Source Serif", "Naskh", "Serif fallback", "Serif fallback 2", serif',
    "sans": '"Source Sans", "Naskh", "Sans fallback", system-ui, sans-serif',
    "system": "system-ui, sans-serif",
}
COLORS = {"accent": "#66288c", "text": "#221d1b", "background": "#faf7f1"}
# WCAG 2.2, 1.4.3: what is read.
LEAST_CONTRAST = 4.5


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colors like #1a2b3c, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def stylesheet(look: Mapping[str, str]) -> str:
    """The tokens of a frame as its page wants them; `look` is clean (signon.programs.embed_forms).

    Once a color is chosen, day and night look the same: the page around it knows only one.
    """
    tokens: dict[str, str] = {}
    if any(look.get(name) for name in COLORS):
        accent, text, background = ((look.get(name) or COLORS[name]) for name in ("accent", "text", "background"))
        on_accent = "#ffffff" if contrast(accent, "#ffffff") >= contrast(accent, "#000000") else "#000000"
        tokens |= {"--accent": accent, "--accent-strong": accent, "--on-accent": on_accent, "--paper": background}
        tokens |= dict.fromkeys(("--ink", "--ink-soft"), text)
        tokens["--rule"] = f"color-mix(in srgb, {text} 25%, {background})"
        tokens["color-scheme"] = "light" if _luminance(background) > _luminance(text) else "dark"
    if look.get("font"):
        tokens["--serif"] = tokens["--sans"] = FONTS[look["font"]]
    if look.get("radius") not in (None, ""):
        tokens["--radius"] = f"{look['radius']}px"
    if look.get("size"):
        tokens["font-size"] = f"{int(look['size']) / 16:.4g}em"
    return ":root {\n" + "".join(f"  {name}: {value};\n" for name, value in tokens.items()) + "}\n"


def frame_path(statement: Statement, asked: Mapping[str, str]) -> str:
    """Where the page in the frame is, on our site."""
    return f"{reverse('embed', args=[statement.slug])}?{urlencode(asked)}"


def frame_html(
    statement: Statement, asked: Mapping[str, str], title: str, *, width: str = "100%", height: int | None = None
) -> SafeString:
    """The frame by itself, which needs no script: for systems that allow none."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0" loading="lazy"'
        ' referrerpolicy="no-referrer"></iframe>',
        absolute(frame_path(statement, asked)),
        title,
        width,
        height or HEIGHTS[asked["show"]],
    )


def script_html(statement: Statement, asked: Mapping[str, str], title: str) -> SafeString:
    """The script that makes the frame and gives it the height of its page."""
    data = {"statement": statement.slug, **asked, "title": title}
    return format_html(
        '<script async src="{}"{}></script>',
        absolute(f"{settings.STATIC_URL}signon/embed.js"),
        format_html_join("", ' data-{}="{}"', data.items()),
    )


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
