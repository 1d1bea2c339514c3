"""Files that mean harm, or are not what they are called: one sentence, soon, with little memory, and nothing kept."""

import io
import json
import os
import subprocess
import sys
import time
import zipfile

import pytest
import xlsxwriter

from signon.imports import encodings, tables
from signon.imports.tables import Unreadable, read, read_text

MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
    ' Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1"'
    ' r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
    ' Target="worksheets/sheet1.xml"/></Relationships>',
}
ROWS = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(sheet="", **more):
    """The smallest XLSX, with this as its sheet and these parts beside it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in {**PARTS, SHEET: sheet, **more}.items():
            parts.writestr(name, content)
    return file.getvalue()


def bomb():
    """A gigabyte of nothing in one megabyte, which says how large it is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts, parts.open(SHEET, "w", force_zip64=True) as sheet:
        for _ in range(1000):
            sheet.write(b" " * MB)
    return file.getvalue()


def lying_bomb():
    """The same, which says that it is small."""
    data = bytearray(workbook(ROWS.format("<row><c t='inlineStr'><is><t>x</t></is></c></row>" * 6_000_000)))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(SHEET.encode()))
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def corner():
    return workbook(ROWS.format('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>'
                                '<row r="1"><c r="A1" t="inlineStr"><is><t>near</t></is></c></row>'))  # fmt: skip


def entity(kind):
    inside = {
        "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "laughs": "<!DOCTYPE x [<!ENTITY a '" + "lol" * 9 + "'>"
        + "".join(f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(12)) + "<!ENTITY e '&m;'>]>",
    }[kind]  # fmt: skip
    return workbook(inside + ROWS.format('<row><c t="inlineStr"><is><t>A &e; B</t></is></c></row>'))


HOSTILE = {
    "a zip bomb": bomb,
    "a zip bomb that lies": lying_bomb,
    "one cell in the farthest corner": corner,
    "a file's content by an entity": lambda: entity("file"),
    "a billion laughs": lambda: entity("laughs"),
    "macros": lambda: workbook(ROWS.format(""), **{"xl/vbaProject.bin": "x"}),
    "a million columns": lambda: b"name" + b",x" * 1_000_000,
    "ten million columns": lambda: b"," * (20 * MB),
    "100 MB of quotes": lambda: b'"' * (100 * MB),
    "20 MB of quotes": lambda: b'"' * (20 * MB),
    "20 MB of quotes with commas": lambda: b'",' * (10 * MB),
    "NULs": lambda: b"\0" * MB,
    "noise": lambda: os.urandom(MB),
    "a PDF that is called CSV": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"x" * 1000,
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 1000,
    "a web page": lambda: b"<!DOCTYPE html><table><tr><td>Name</td></tr></table>",
    "half a workbook": lambda: workbook(ROWS.format(""))[:400],
    "a text document": lambda: workbook(**{"word/document.xml": "<w/>"}),
    "any archive": lambda: workbook()[:0] + _archive(),
    "brackets": lambda: b"[" * MB,
    "JSON that is no list of objects": lambda: b"[1, 2, 3]",
    "too many rows": lambda: b"name\n" + b"x\n" * 50_001,
    "blank rows without an end": lambda: b"name\n" + b",\n" * 5_000_000,
}


def _archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("list.csv", "name\n")
    return file.getvalue()


# Reads standard input; tells what it said, and of all it started, seconds of computing and the most megabytes of one.
WATCHED = """
import io, json, resource, sys
from django.conf import settings
settings.configure(USE_I18N=False)
from signon.imports import tables
said = ""
try:
    tables.read(io.BytesIO(sys.stdin.buffer.read()))
except tables.Unreadable as error:
    said = str(error)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence_within_five_seconds_and_200_mb(kind):
    done = subprocess.run([sys.executable, "-c", WATCHED], input=HOSTILE[kind](), capture_output=True, check=True)
    words, seconds, megabytes = json.loads(done.stdout)
    assert words.endswith(".")
    assert len(words) < 200
    assert "passwd" not in words
    assert seconds < 5
    assert megabytes < 200


def test_a_workbook_of_everyday_size_is_read_within_the_limits():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["name", "country", "members", "since"])
    for number in range(1, 20_001):
        sheet.write_row(number, 0, [f"Organization {number} é", "Kenya", number, 1.5])
    book.close()
    began = time.monotonic()
    table = read(file)
    assert (len(table.rows), table.kind, table.rows[1]) == (
        20_001,
        "workbook",
        ["Organization 1 é", "Kenya", "1", "1.5"],
    )
    assert time.monotonic() - began < 50


def test_the_first_sheet_with_something_in_it_is_read_and_others_may_be_chosen():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Empty")
        book.add_worksheet("Signed").write(0, 0, "name")
        book.add_worksheet("Secret").write(0, 0, "hidden")
        book.get_worksheet_by_name("Secret").hide()
        book.add_worksheet("Other").write(0, 0, "other")
    assert (read(file).rows, read(file).sheets) == ([["name"]], ["Empty", "Signed", "Other"])
    file.seek(0)
    assert read(file, sheet="Other").rows == [["other"]]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Forêts d'été;Sénégal", "cp1252"),
        ("Forêts d'été;Sénégal", "mac_roman"),
        ("Forêts d'été;Sénégal", "cp850"),
        ("Łódź Źrebięta;Polska", "cp1250"),
        ("Союз потребителей;Россия", "cp1251"),
        ("جمعية النساء الديمقراطيات;المغرب", "cp1256"),
        ("Σύλλογος Γυναικών;Ελλάδα", "cp1253"),
        ("Forêts;Sénégal", "utf-16-le"),
        ("المنظمة;المغرب", "utf-16-be"),
    ],
)
def test_letters_are_read_in_the_encoding_they_were_written_in(text, encoding):
    data = "\r\n".join(["name;country", *[text] * 5]).encode(encoding)
    table = read(io.BytesIO(data))
    assert (table.encoding, table.rows[1]) == (encoding, text.split(";"))


def test_another_encoding_may_be_chosen():
    data = "name\nŁódź\n".encode("cp1250")
    assert read(io.BytesIO(data), encoding="cp1250").rows == [["name"], ["Łódź"]]
    with pytest.raises(Unreadable, match="encoding"):
        read(io.BytesIO(data), encoding="utf-8")


def test_a_nul_or_half_a_character_comes_as_the_sign_of_what_was_lost():
    assert read(io.BytesIO(b"name\nA\0B\n")).rows[1] == ["A\ufffdB"]
    assert read(io.BytesIO(b'[{"name": "A\\ud800B"}]')).rows[1] == ["A\ufffdB"]


def test_pasted_lines_are_names_and_pasted_cells_are_cells():
    assert read_text("Women, Peace and Security\nTebtebba\n").rows == [["Women, Peace and Security"], ["Tebtebba"]]
    assert read_text("name\tcountry\nTebtebba\tPhilippines\n").rows[1] == ["Tebtebba", "Philippines"]


def test_a_list_of_one_column_is_not_cut_at_the_commas_of_its_names():
    data = b"Organization\nWomen, Peace and Security\nTebtebba\n"
    assert read(io.BytesIO(data)).rows[1] == ["Women, Peace and Security"]


def test_the_reader_knows_no_secret():
    """The child gets no environment but where its programs are, and imports neither settings nor the database."""
    source = (tables.Path(encodings.__file__).parent / "table_reader.py").read_text()
    assert "django" not in source.replace("Knows neither Django nor", "")
