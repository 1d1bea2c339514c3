"""A letter as DOCX: real styles and headings, so that whoever gets it can find their way and change its looks."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import segno
from docx import Document
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from campaigns.prose import Node
from signon.letters.letter import Letter, is_right_to_left, line
from signon.letters.roll import Group
from signon.models import LetterPack

INK, SOFT, ACCENT = RGBColor(0x22, 0x1D, 0x1B), RGBColor(0x5E, 0x55, 0x4F), RGBColor(0x66, 0x28, 0x8C)
# Fonts that offices have: what a file names and a reader lacks is shown in any other.
FONT, COMPLEX = "Georgia", "Times New Roman"
SIZES = {"Normal": 11, "Title": 19, "Heading 1": 15, "Heading 2": 11, "Heading 3": 11, "Footer": 8}


def write(letter: Letter, as_of: datetime) -> bytes:
    """The letter on A4. Notes stand under a heading after the text, for python-docx has no footnotes of Word's own."""
    return _Writer(letter).write(as_of)


class _Writer:
    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self._document: Any = Document()
        self._styles = {style.name: style for style in self._document.styles}
        self._notes: list[Node] = []

    def write(self, as_of: datetime) -> bytes:
        self._set_up(as_of)
        self._head()
        self._blocks(self._letter.body)
        self._end_notes()
        self._list()
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _set_up(self, as_of: datetime) -> None:
        letter, properties, section = self._letter, self._document.core_properties, self._document.sections[0]
        properties.title, properties.author, properties.language = letter.title, letter.letterhead[0], letter.language
        properties.created = properties.modified = as_of
        properties.comments = properties.last_modified_by = ""
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(30)
        language = self._document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
        for attribute in ("w:val", "w:bidi"):
            language.set(qn(attribute), letter.language)
        normal = self._styles["Normal"]
        if letter.direction == "rtl":
            normal.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
            section._sectPr.find(qn("w:docGrid")).addprevious(OxmlElement("w:bidi"))
        normal.paragraph_format.space_after = Pt(8)
        for name, size in SIZES.items():
            self._look(self._styles[name], size)
        footer = section.footer.paragraphs[0]
        self._text(footer, f"{letter.words['letter_number']} · {letter.digest[:16]} · ", SOFT)
        page = OxmlElement("w:fldSimple")
        page.set(qn("w:instr"), "PAGE")
        footer._p.append(page)

    def _look(self, style: Any, size: int) -> None:
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.bold = style.font.cs_bold = False
        style.font.color.rgb = ACCENT if style.name == "Heading 2" else INK
        properties = style.element.get_or_add_rPr()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            properties.rFonts.attrib.pop(qn(theme), None)
        properties.rFonts.set(qn("w:cs"), COMPLEX)
        for old in properties.findall(qn("w:szCs")):
            properties.remove(old)
        complex_size = OxmlElement("w:szCs")
        complex_size.set(qn("w:val"), str(2 * size))
        properties.find(qn("w:sz")).addnext(complex_size)
        border = style.element.find(f".//{qn('w:pBdr')}")  # the rule under Word's own titles
        if border is not None:
            border.getparent().remove(border)

    def _head(self) -> None:
        letter = self._letter
        sender = self._paragraph()
        for number, words in enumerate(letter.letterhead):
            if number:
                sender.add_run().add_break()
            self._text(sender, words, SOFT if number else INK)
        if letter.addressee:
            paragraph = self._paragraph()
            self._text(paragraph, f"{letter.words['to']} ", SOFT)
            self._text(paragraph, letter.addressee)
        self._text(self._paragraph("Title"), letter.title)

    # The text, from campaigns.prose's blocks

    def _blocks(self, nodes: list[Node], style: str = "Normal", depth: int = 1) -> None:
        for node in nodes:
            if node["is"] == "paragraph":
                self._words(self._paragraph(style), node["of"])
            elif node["is"] == "heading":
                self._words(self._paragraph(f"Heading {node['level'] - 1}"), node["of"])
            elif node["is"] == "list":
                self._items(node, depth)
            elif node["is"] == "quote":
                self._blocks(node["of"], "Quote", depth)
            elif node["is"] == "table":
                self._table([node["head"], *node["rows"]])
            else:
                self._text(self._paragraph(style), node.get("text", "* * *"))

    def _items(self, node: Node, depth: int) -> None:
        level = f" {min(depth, 3)}" if depth > 1 else ""
        style = f"{'List Number' if node['ordered'] else 'List Bullet'}{level}"
        numbering = self._numbering(style, node["start"]) if node["ordered"] else None
        for item in node["items"]:
            paragraph = self._paragraph(style)
            if numbering is not None:
                paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering
            self._after(paragraph, item, f"List Continue{level}", depth + 1)

    def _after(self, paragraph: Any, nodes: list[Node], style: str, depth: int) -> None:
        """Blocks after a number or bullet: the first paragraph beside it, the others under it."""
        if nodes and nodes[0]["is"] == "paragraph":
            self._words(paragraph, nodes[0]["of"])
            nodes = nodes[1:]
        self._blocks(nodes, style, depth)

    def _numbering(self, style: str, start: int) -> int:
        """A numbering of one list's own, so that the next does not go on from it."""
        numberings = self._document.part.numbering_part.element
        own = self._styles[style].element.pPr.numPr.numId.val
        made = numberings.add_num(numberings.num_having_numId(own).abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(made.numId)

    def _table(self, rows: list[list[list[Node]]]) -> None:
        table = self._document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, words in zip(row.cells, cells, strict=False):
                self._words(cell.paragraphs[0], words)

    def _words(self, paragraph: Any, nodes: list[Node], *, bold: bool = False, italic: bool = False) -> None:
        for node in nodes:
            if node["is"] == "break":
                paragraph.add_run().add_break()
            elif node["is"] == "note":
                self._text(paragraph, str(node["number"])).font.superscript = True
                if node["of"]:
                    self._notes.append(node)
            elif "text" in node:
                run = self._text(paragraph, node["text"])
                run.bold, run.italic = bold or None, italic or None
            else:
                strong, emphasis = node["is"] == "strong", node["is"] == "emphasis"
                self._words(paragraph, node["of"], bold=bold or strong, italic=italic or emphasis)
                if node["is"] == "link" and node["url"] not in str(node["of"]):
                    self._text(paragraph, f" ({node['url']})", SOFT)

    def _end_notes(self) -> None:
        if not self._notes:
            return
        self._text(self._paragraph("Heading 1"), self._letter.words["notes"])
        for note in self._notes:
            paragraph = self._paragraph()
            self._text(paragraph, f"{note['number']}. ", SOFT)
            self._after(paragraph, note["of"], "Normal", 1)

    # The list

    def _list(self) -> None:
        letter, words = self._letter, self._letter.words
        self._text(self._paragraph("Heading 1"), f"{words['signatories']}: {words['counts']}")
        for said in (words["as_of"], words["hidden"], words["later"]):
            if said:
                self._text(self._paragraph(), said, SOFT)
        self._check()
        section = self._document.add_section(WD_SECTION.CONTINUOUS)
        if letter.is_in_columns:
            section._sectPr.find(qn("w:cols")).set(qn("w:num"), "2")
        for group in letter.groups:
            self._group(group)

    def _check(self) -> None:
        letter, code = self._letter, io.BytesIO()
        segno.make(letter.url, error="m", micro=False).save(code, kind="png", border=0, scale=6)
        paragraph = self._paragraph()
        picture = paragraph.add_run().add_picture(code, width=Mm(22))
        picture._inline.docPr.set("descr", letter.words["code"])
        self._text(self._paragraph(), f"{letter.words['check']}. {letter.words['check_how']}")
        self._text(self._paragraph(), letter.url, ACCENT)
        if letter.words["seal_digest"]:
            self._text(self._paragraph(), f"{letter.words['seal']}: {letter.words['seal_digest']}", SOFT)

    def _group(self, group: Group) -> None:
        if group.title:
            self._text(self._paragraph("Heading 2"), group.title)
        lines = [line(entry, group) for entry in group.entries]
        if self._letter.layout == LetterPack.Layout.COLUMNS:
            for each in lines:
                self._signatory(self._paragraph("List"), each)
            return
        paragraph = self._paragraph()
        for number, each in enumerate(lines, start=1):
            self._signatory(paragraph, each)
            self._text(paragraph, "; " if number < len(lines) else ".")

    def _signatory(self, paragraph: Any, each: dict[str, str]) -> None:
        self._text(paragraph, each["name"])
        if each["place"]:
            self._text(paragraph, f" ({each['place']})", SOFT)
        if each["representative"]:
            self._text(paragraph, f" – {each['representative']}", SOFT)
        if each["answers"]:
            self._text(paragraph, f" – {each['answers']}", SOFT)

    # Pieces

    def _paragraph(self, style: str = "Normal") -> Any:
        paragraph = self._document.add_paragraph()
        # By its id: python-docx would look through all styles for each of ten thousand names.
        paragraph._p.style = self._styles[style].style_id
        return paragraph

    def _text(self, paragraph: Any, words: str, color: RGBColor | None = None) -> Any:
        run = paragraph.add_run(words)
        if color is not None:
            run.font.color.rgb = color
        if is_right_to_left(words):
            run.font.rtl = True
        return run
