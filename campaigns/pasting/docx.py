"""A .docx file as HTML, by Mammoth, with what Mammoth forgets: where numbering goes on, and what is lost."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from campaigns.pasting.losses import Losses

MOST_BYTES = 10_000_000
# Unpacked: a text of this size is no statement, and may be made to fill the memory.
MOST_UNPACKED = 60_000_000
ANOTHER_KIND = _(
    "This is no file that we can read. Choose a Word file (.docx), a web page (.html), or text (.txt, .md)."
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Word's title keeps the class that it has in Word's own HTML: campaigns.pasting.soup puts it above all headings.
_STYLES = "p[style-name='Title'] => p.MsoTitle:fresh\np[style-name='Subtitle'] => p:fresh\nu => u\nstrike => s"


class Unreadable(Exception):
    """The file cannot be read; the message is a sentence for whoever chose it."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))


def html_of(data: bytes, losses: Losses) -> str:
    """The file's words as HTML; counts what is in the file and not in the HTML. Raises Unreadable."""
    import mammoth

    _check(data)
    try:
        prepared = _prepared(data, losses)
        return str(mammoth.convert_to_html(io.BytesIO(prepared), style_map=_STYLES).value)
    except Exception as error:  # two libraries read a stranger's file here, and neither says what it may raise
        raise Unreadable(
            gettext("This Word file cannot be read: it may be damaged. Save it again as .docx.")
        ) from error


def _check(data: bytes) -> None:
    """Raise Unreadable for what is no package of a document, or would fill the memory."""
    too_large = Unreadable(gettext("The file is larger than a statement can be."))
    if len(data) > MOST_BYTES:
        raise too_large
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                raise too_large
            if "word/document.xml" not in package.namelist():
                raise Unreadable(ANOTHER_KIND)
            for name in package.namelist():
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.open(name).read(2000):
                    raise Unreadable(ANOTHER_KIND)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise Unreadable(ANOTHER_KIND) from error


def _prepared(data: bytes, losses: Losses) -> bytes:
    """The same file with the number of each numbered paragraph before its words."""
    from docx import Document

    document = Document(io.BytesIO(data))
    body = document.element.body
    _count(document, body, losses)
    numbering = _Numbering(document)
    for paragraph in body.iter(f"{_W}p"):
        number = numbering.of(paragraph)
        if number:
            run = paragraph.makeelement(f"{_W}r", {})
            text = run.makeelement(f"{_W}t", {})
            text.text = f"\ue000{number}\ue001"
            run.append(text)
            properties = paragraph.find(f"{_W}pPr")
            paragraph.insert(0 if properties is None else list(paragraph).index(properties) + 1, run)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _count(document: Any, body: Any, losses: Losses) -> None:
    def number(*names: str) -> int:
        return sum(1 for name in names for _each in body.iter(f"{_W}{name}"))

    losses.add("comments", number("commentReference"))
    losses.add("deleted", number("del", "moveFrom"))
    losses.add("inserted", number("ins", "moveTo"))
    losses.add("objects", number("object"))
    losses.add(
        "objects", sum(1 for _each in body.iter("{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"))
    )
    losses.add("objects", number("txbxContent"))
    losses.add("fields", number("sdtContent") and number("checkBox", "dropDownList", "comboBox"))
    plain = {"000000", "auto", None}
    inks = sum(1 for ink in body.iter(f"{_W}color") if ink.get(f"{_W}val") not in plain and _in_words(ink))
    grounds = sum(1 for ground in body.iter(f"{_W}highlight") if _in_words(ground))
    losses.add("colors", inks + grounds)
    margins = 0
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous and any(line.text.strip() for line in part.paragraphs):
                margins += 1
    losses.add("margins", margins)


def _in_words(properties: Any) -> bool:
    """Whether the property is of letters that stand in the text, and of no link."""
    run = properties.getparent().getparent()
    if run is None or run.tag != f"{_W}r":
        return False
    return run.getparent().tag != f"{_W}hyperlink" and any(True for _each in run.iter(f"{_W}t"))


class _Numbering:
    """Counts numbered paragraphs as Word does, level by level."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, int]] = {}  # (list, level): format, start
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}  # by abstract list: lists that share one go on
        self._begun: set[str] = set()
        self._overrides: dict[tuple[str, int], int] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for abstract in root.iter(f"{_W}abstractNum"):
            key = abstract.get(f"{_W}abstractNumId")
            for level in abstract.iter(f"{_W}lvl"):
                form, start = level.find(f"{_W}numFmt"), level.find(f"{_W}start")
                self._levels[key, int(level.get(f"{_W}ilvl"))] = (
                    form.get(f"{_W}val") if form is not None else "decimal",
                    int(start.get(f"{_W}val")) if start is not None else 1,
                )
        for number in root.iter(f"{_W}num"):
            key = number.get(f"{_W}numId")
            self._abstract[key] = number.find(f"{_W}abstractNumId").get(f"{_W}val")
            for override in number.iter(f"{_W}lvlOverride"):
                begin = override.find(f"{_W}startOverride")
                if begin is not None:
                    self._overrides[key, int(override.get(f"{_W}ilvl"))] = int(begin.get(f"{_W}val"))
        for style in document.styles.element.iter(f"{_W}style"):
            found = self._told(style.find(f"{_W}pPr"))
            if found:
                self._styles[style.get(f"{_W}styleId")] = found

    def of(self, paragraph: Any) -> int:
        """Its number; 0 for a paragraph without one, or with a bullet."""
        properties = paragraph.find(f"{_W}pPr")
        found = self._told(properties)
        if found is None and properties is not None:
            style = properties.find(f"{_W}pStyle")
            found = self._styles.get(style.get(f"{_W}val")) if style is not None else None
        if found is None or found[0] not in self._abstract:
            return 0
        key, level = found
        abstract = self._abstract[key]
        form, start = self._levels.get((abstract, level), ("decimal", 1))
        counts = self._counts.setdefault(abstract, [None] * 10)
        if (key, level) in self._overrides and f"{key} {level}" not in self._begun:
            counts[level] = self._overrides[key, level] - 1
        self._begun.add(f"{key} {level}")
        before = counts[level]
        counts[level] = start if before is None else before + 1
        counts[level + 1 :] = [None] * (9 - level)
        return 0 if form in ("bullet", "none") else counts[level] or 0

    def _told(self, properties: Any) -> tuple[str, int] | None:
        numbered = properties.find(f"{_W}numPr") if properties is not None else None
        if numbered is None:
            return None
        key, level = numbered.find(f"{_W}numId"), numbered.find(f"{_W}ilvl")
        if key is None:
            return None
        return key.get(f"{_W}val"), min(int(level.get(f"{_W}val")) if level is not None else 0, 8)
