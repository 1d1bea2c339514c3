"""A letter as PDF that everybody can read: tagged, PDF/UA-1, in fonts that are installed as packages."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from signon.letters.letter import Letter, is_right_to_left, line

TEMPLATE = Path(__file__).with_name("letter.typ")
# In this order a letter is looked for; each package brings its licence. settings.LETTER_FONTS adds a folder's fonts.
FONTS = (
    ("fontpkg_source_serif_4", "Source Serif 4"),
    ("fontpkg_noto_serif", "Noto Serif"),
    ("fontpkg_amiri", "Amiri"),
    ("fontpkg_noto_sans_devanagari", "Noto Sans Devanagari"),
    ("fontpkg_hind_siliguri", "Hind Siliguri"),
    ("fontpkg_noto_sans_tamil", "Noto Sans Tamil"),
    ("fontpkg_noto_sans_telugu", "Noto Sans Telugu"),
    ("fontpkg_noto_sans_thai", "Noto Sans Thai"),
    ("fontpkg_noto_sans_khmer", "Noto Sans Khmer"),
    ("fontpkg_frank_ruhl_libre", "Frank Ruhl Libre"),
)
FAMILIES = [family for _package, family in FONTS]


@dataclass(frozen=True)
class Pdf:
    """The file; `fault` is what PDF/UA-1 refused in it, "" where it is PDF/UA-1."""

    file: bytes
    fault: str = ""


def write(letter: Letter, created_at: int) -> Pdf:
    """The letter on A4; `created_at` is the moment in its metadata, in seconds since 1970.

    A letter for which no font has a glyph, or that PDF/UA-1 refuses for another reason, is made all the same,
    tagged but not under that standard: one name in a rare script must not hold up three hundred others.
    """
    import typst  # 40 MB that only a worker needs

    data = {"letter": json.dumps(_data(letter), ensure_ascii=False)}
    compiler = typst.Compiler(TEMPLATE, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=data)
    try:
        return Pdf(cast(bytes, compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=created_at)))
    except typst.TypstError as error:
        return Pdf(cast(bytes, compiler.compile(format="pdf", timestamp=created_at)), error.message)


def letter_without_glyph(fault: str) -> str:
    """The letter that no font has, from a Pdf's fault; "" where that is not its fault."""
    found = re.search(r"the text `\"(.+?)\"` could not be displayed", fault)
    return found[1] if found else ""


@cache
def _fonts() -> Any:
    import importlib

    import typst

    folders = [Path(str(importlib.import_module(package).ROOT)) / "files" for package, _family in FONTS]
    return typst.Fonts(include_system_fonts=False, font_paths=[*folders, *settings.LETTER_FONTS])


def _data(letter: Letter) -> dict[str, Any]:
    language, _dash, region = letter.language.partition("-")
    return {
        "lang": language,
        "region": region.upper() if len(region) == 2 else None,
        "direction": letter.direction,
        "fonts": [*FAMILIES, *(family for family in _fonts().families() if family not in FAMILIES)],
        "title": letter.title,
        "addressee": letter.addressee,
        "letterhead": letter.letterhead,
        "body": letter.body,
        "layout": letter.layout,
        "in_columns": letter.is_in_columns,
        "groups": [
            {"title": group.title, "lines": [_apart(letter, line(entry, group)) for entry in group.entries]}
            for group in letter.groups
        ],
        "url": letter.url,
        "digest": letter.digest,
        "code": _code(letter.url),
        "words": letter.words,
    }


def _apart(letter: Letter, words: dict[str, str]) -> dict[str, str]:
    """A name in another direction than the letter's keeps its own, down to its last bracket (Unicode's isolates)."""
    return {
        part: f"\u2068{text}\u2069" if text and (letter.direction == "rtl" or is_right_to_left(text)) else text
        for part, text in words.items()
    }


def _code(url: str) -> str:
    """A QR code as SVG."""
    import segno

    file = io.BytesIO()
    segno.make(url, error="m", micro=False).save(file, kind="svg", border=0, xmldecl=False, dark="#221d1b")
    return file.getvalue().decode()
