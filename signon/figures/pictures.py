"""Pictures for where people write to each other: a statement's share image, and its numbers, as PNG."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from campaigns import colors, network, photos
from campaigns.models import Photo, RevisionText, Statement
from signon.figures import charts
from signon.figures.public_numbers import ENOUGH_FOR_A_MAP, PublicNumbers
from signon.geography import country_maps
from signon.letters import pdf
from signon.letters.letter import in_words

FOLDER = Path(pdf.__file__).parent
# A picture is kept for a day; what it shows is in its key.
KEPT = 86_400
# Grows when the drawing changes, so that what was kept is made anew.
DRAWN = 2
# As tokens.css has them by day: a picture that is sent on has no night. $0 to $3 are the accent, ever deeper.
TONES = (0.78, 0.52, 0.26, 0)
COLORS = (
    ".country-map-rest{fill:#ded5c8}.country-map-0{fill:$0}.country-map-1{fill:$1}.country-map-2{fill:$2}"
    ".country-map-3{fill:$3}path,circle,rect{stroke:#faf7f1;stroke-width:.6}"
    ".chart-bar{fill:$3;stroke:none}.chart-line{fill:none;stroke:$3;stroke-width:2.5}.chart-dot{fill:$3}"
    ".chart-wide .chart-bar{fill:#ded5c8}.chart-axis{fill:none;stroke:#ded5c8}"
    ".chart-label{fill:#5e554f;font-size:15px}.chart-number{fill:#221d1b;font-size:15px}"
    ".chart-label,.chart-number{font-family:'Source Serif 4','Noto Serif','Amiri';stroke:none}"
)


def drawings(told: PublicNumbers) -> dict[str, SafeString]:
    """The pictures of a statement's numbers by name, as SVG for a page; those that would say nothing are left out."""
    rtl = get_language_bidi()
    words = _("%(number)s signatories. The table beside it says the same.") % {"number": told.total}
    found: dict[str, SafeString] = {}
    if len(told.days) > 1:
        points = [(day.date, day.came, day.standing) for day in told.days]
        found["time"] = charts.over_time(points, title=titles()["time"], words=words, rtl=rtl)
    for name, rows in (("types", told.types), ("regions", told.regions)):
        if len(rows) > 1:
            found[name] = charts.long_bars(rows, title=titles()[name], words=words, name=f"{name}-chart", rtl=rtl)
    return found


def titles() -> dict[str, str]:
    """What each picture is called, in the order in which they stand."""
    return {
        "map": _("Signatories by country"),
        "time": _("Sign-ons over time"),
        "regions": _("Signatories by region"),
        "types": _("Signatories by type"),
    }


def of_numbers(statement: Statement, told: PublicNumbers, name: str) -> dict[str, Any] | None:
    """What the PNG of one picture is made of; None where there is none of that name."""
    if name == "map":
        if len(told.countries) < ENOUGH_FOR_A_MAP:
            return None
        map_ = country_maps.of_signatories(told.countries)
        drawn = render_to_string("components/country_map_drawing.html", {"map": map_})
    elif name not in (there := drawings(told)):
        return None
    else:
        drawn = there[name]
    text = statement.text(get_language())
    return _page("picture", text) | {
        "title": titles()[name],
        "statement": text.title if text else "",
        "svg": _alone(drawn, network.current().printed_accent),
    }


def of_statement(statement: Statement, text: RevisionText) -> dict[str, Any]:
    """What a statement's share image is made of: its title, to whom it speaks, how many signed, and whose it is."""
    tally = statement.counters.all().tally()
    counts = {"organizations": tally.organizations, "countries": tally.countries, "individuals": tally.individuals}
    return _page("share", text) | {
        "title": text.title,
        "addressee": statement.addressee_of(text),
        "to": _("To"),
        "count": in_words(counts) if tally.total else "",
    }


def digest(data: dict[str, Any]) -> str:
    """Names a picture by all that it shows."""
    return hashlib.sha256(json.dumps([DRAWN, data], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def png(data: dict[str, Any]) -> bytes:
    """The picture; one that was made is kept for a day, and made again where nothing keeps it."""
    key = f"picture:{digest(data)}"
    kept = None
    with suppress(Exception):  # a cache that is away is none
        kept = caches["redis"].get(key)
    if kept is None:
        kept = _made(data)
        with suppress(Exception):
            caches["redis"].set(key, kept, KEPT)
    return cast(bytes, kept)


def _made(data: dict[str, Any]) -> bytes:
    import typst  # as signon.letters.pdf

    given = {"data": json.dumps(data | {"fonts": pdf.FAMILIES}, ensure_ascii=False)}
    compiler = typst.Compiler(
        FOLDER / f"{data['kind']}.typ", font_paths=pdf._fonts(), ignore_system_fonts=True, sys_inputs=given
    )
    return cast(bytes, compiler.compile(format="png", ppi=72.0))


def _page(kind: str, text: RevisionText | None) -> dict[str, Any]:
    language = get_language() or "en"
    shown = network.current()
    return {
        "kind": kind,
        "lang": language.partition("-")[0],
        "direction": "rtl" if get_language_bidi() else "ltr",
        "text_lang": (text.language if text else language).partition("-")[0],
        "text_direction": text.direction if text else "ltr",
        "network": shown.name,
        "accent": shown.printed_accent,
        "logo": _logo(shown.logo),
    }


def _logo(photo: Photo | None) -> list[int]:
    """The bytes of a logo's smallest file (WebP), as data for Typst; none where there is none, or it was lost."""
    if photo is None:
        return []
    try:
        with photos.opened(photo, photos.WIDTHS[0]) as file:
            return list(file.read())
    except OSError:
        return []


def _colors(accent: str) -> str:
    tones = [colors.mixed(accent, colors.DAY[0], share) for share in TONES]
    return functools.reduce(lambda css, tone: css.replace(f"${tone[0]}", tone[1]), enumerate(tones), COLORS)


def _alone(drawn: str, accent: str) -> str:
    """An SVG of a page as a file of its own: with its colors, and without what only a screen reader reads."""
    bare = re.sub(r"<title[^>]*>.*?</title>|<desc[^>]*>.*?</desc>", "", drawn, flags=re.DOTALL)
    found = re.search(r"<svg.*</svg>", bare, re.DOTALL)
    whole = found[0] if found else ""
    if "chart-rtl" in whole:  # in a page its direction turns them; here nothing does
        whole = re.sub(r"<text [^>]*>", _turned, whole)
    return whole.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1).replace(
        ">", f"><style>{_colors(accent)}</style>", 1
    )


def _turned(element: re.Match[str]) -> str:
    """A text of a picture from right to left: what begins at its place ends there, and the other way round."""
    opened = element[0]
    if 'text-anchor="end"' in opened:
        return opened.replace(' text-anchor="end"', "")
    return opened.replace("<text ", '<text text-anchor="end" ')
