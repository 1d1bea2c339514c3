"""How a letter is printed: for readers of all kinds, in every script that names come in, and never as code."""

import csv
import io
import json
import re

import pypdf
import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from campaigns.models import RevisionText, Statement
from signon import letter, sealing
from signon.exports.cells import meant
from signon.site import demo
from tests.factories import StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
SCRIPTS = [
    "Hội Phụ nữ Việt Nam", "Женщины мира", "منظمة المرأة العربية", "महिला संगठन", "องค์กรสตรี", "தமிழ் பெண்கள்",
    "తెలుగు", "নারী সংগঠন", "ស្ត្រី", "עמותת נשים", "İstanbul Kadın Örgütü", "Ελλάδα",
]  # fmt: skip
CODE = ["#panic()", "$x^2$", "*bold* _it_", "@note-1", "<b>&amp;", '"]; #set text(', "\\u{41}", "// gone", "= Title"]
TEXT = """# Demands

We call on **all** states.[^1] Read [more](https://un.example/more).

3. Third demand.

   Its reason.
4. Fourth demand.[^2]

- one
  - two

| a | b |
|---|---|
| 1 | 2[^2] |

> A quote.

`#code()` and #panic()

[^1]: First *note*.

    With a second paragraph.
[^2]: Second note.
"""


def pack(statement, **options):
    made = letter.order(statement, by=UserFactory(), text=options.pop("text", statement.text()), **options)
    letter.make(made)
    return made


def file(made, kind):
    with letter.fetch(made.files.get(kind=kind), by=UserFactory()) as opened:
        return opened.read()


def text_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        words = "\n".join(page.get_textpage().get_text_range() for page in document)
    return words.replace("\u200b", "").replace("\u2068", "").replace("\u2069", "")


def written(statement, body, language="en", title="A title"):
    text = statement.text() if language == "en" else RevisionText(revision=statement.revision, language=language)
    text.write(title=title, body=body)
    return text


def test_a_letter_is_a_tagged_pdf_under_the_standard_for_readers_of_all_kinds():
    statement = StatementFactory()
    text = written(statement, TEXT, title="Bread & Roses")
    accepted(statement=statement)
    made = pack(statement, text=text)
    assert made.remark == ""
    reader = pypdf.PdfReader(io.BytesIO(file(made, "pdf")))
    root = reader.trailer["/Root"]
    assert (bool(root["/MarkInfo"]["/Marked"]), root["/Lang"], reader.metadata.title) == (True, "en", "Bread & Roses")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert re.search(rb"pdfuaid:part(>|=\")1", root["/Metadata"].get_data())
    assert {"/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/Note", "/Figure", "/Link"} <= set(
        tags(root["/StructTreeRoot"])
    )


def tags(node):
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from tags(child)
    elif hasattr(node, "get"):
        if "/S" in node:
            yield node["/S"]
        if "/K" in node:
            yield from tags(node["/K"])


@pytest.mark.parametrize("layout", ["columns", "paragraphs"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_names_in_every_script_have_their_letters(layout, language):
    statement = StatementFactory(texts={"en": "Bread", "ar": "خبز"})
    for name in SCRIPTS:
        accepted(statement=statement, organization_name=name)
    made = pack(statement, text=statement.text(language), layout=layout)
    assert made.remark == ""
    if language == "en" and layout == "columns":  # elsewhere lines run over, or from right to left
        printed = text_of(file(made, "pdf"))
        assert [name for name in SCRIPTS if name not in printed] == []


@pytest.mark.parametrize("layout", ["columns", "paragraphs"])
def test_no_name_text_or_letterhead_is_ever_code(layout):
    statement = StatementFactory(addressee="#panic()")
    text = written(statement, TEXT, title="#panic() $x$")
    for name in CODE:
        accepted(statement=statement, organization_name=name)
    made = pack(statement, text=text, layout=layout, letterhead="#panic()\n@note-1", grouping="alphabet")
    assert made.remark == ""
    printed = text_of(file(made, "pdf"))
    if layout == "columns":
        assert [name for name in CODE if name not in printed] == []
    assert printed.count("#panic()") >= 4


@pytest.mark.parametrize(
    "body",
    [
        "", "[^1]\n\n[^1]: [^1]", "[^1]\n\n[^1]:", "[^1]\n\n[^1]: - a", "- \n- ", "1. ```\n   #x\n   ```", "**",
        "> # Deep\n> > - [^9]", "# \n\n####  Deep", "| a |\n|---|", "[](http://un.example) ![](x)", "\x07bell",
        "99999. Far", "***\n***", "**a[^1]** *b[^1]* [c[^1]](http://un.example)\n\n[^1]: Note.",
    ],
)  # fmt: skip
def test_no_text_is_too_odd_to_be_printed(body):
    statement = StatementFactory()
    made = pack(statement, text=written(statement, body))
    assert (made.state, made.remark) == ("made", "")


def test_a_letter_that_no_font_has_is_told_and_holds_nothing_up():
    statement = StatementFactory()
    accepted(statement=statement, organization_name="国际移民")
    accepted(statement=statement, organization_name="Third World Network")
    made = pack(statement)
    assert "国际移民" in letter.remark_in_words(made)
    assert "Third World Network" in text_of(file(made, "pdf"))
    assert pypdf.PdfReader(io.BytesIO(file(made, "pdf"))).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_real_letter_has_all_its_399_names_in_every_file():
    demo.load()
    made = pack(Statement.objects.get(slug="saving-lives-2020"))
    assert made.remark == ""
    names = [row["name"] for row in json.loads(made.manifest)["rows"]]
    assert len(names) == made.counts["organizations"] == 399
    printed = close(re.sub(r"Letter 1 · \w{16}\s+Page \d of \d", "", text_of(file(made, "pdf"))))
    assert [name for name in names if close(name) not in printed] == []
    written = {paragraph.text for paragraph in Document(io.BytesIO(file(made, "docx"))).paragraphs}
    assert [name for name in names if name not in written] == []
    listed = csv.DictReader(io.StringIO(file(made, "csv").decode("utf-8-sig"), newline=""))
    assert [meant(row["name"]) for row in listed] == names


def close(words):
    """Without the white space that lines and pages bring, and hyphens, which a reader takes off at a line's end."""
    return re.sub(r"[\s\x02\ufffe-]", "", words)


def test_the_letter_carries_its_code_its_address_its_digest_and_its_seal():
    statement = StatementFactory()
    accepted(statement=statement)
    seal = sealing.seal()
    made = pack(statement)
    printed = text_of(file(made, "pdf")).replace("\r\n", "").replace("\n", "")
    assert f"http://testserver/verify/{made.digest}/" in printed
    assert seal.digest in printed
    assert f"Letter 1 · {made.digest[:16]}" in printed
    assert seal.digest in made.manifest


def test_a_french_letter_is_french_and_leads_to_the_french_page():
    statement = StatementFactory(texts={"en": "Bread", "fr": "Du pain"})
    accepted(statement=statement, country="DE")
    made = pack(statement, text=statement.text("fr"))
    printed = text_of(file(made, "pdf"))
    assert "Allemagne" in printed
    assert f"/fr/verify/{made.digest}"[:30] in printed
    assert pypdf.PdfReader(io.BytesIO(file(made, "pdf"))).trailer["/Root"]["/Lang"] == "fr"


def test_the_docx_has_real_styles_headings_and_lists():
    statement = StatementFactory()
    text = written(statement, TEXT, title="Bread & Roses")
    accepted(statement=statement, organization_name="Third World Network", country="MY")
    document = Document(io.BytesIO(file(pack(statement, text=text), "docx")))
    found = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs if paragraph.text]
    assert found[2] == ("Title", "Bread & Roses")
    for expected in [
        ("Heading 1", "Demands"),
        ("Normal", "We call on all states.1 Read more (https://un.example/more)."),
        ("List Number", "Third demand."),
        ("List Continue", "Its reason."),
        ("List Number", "Fourth demand.2"),
        ("List Bullet", "one"),
        ("List Bullet 2", "two"),
        ("Quote", "A quote."),
        ("Normal", "#code() and #panic()"),
        ("Heading 1", "Notes"),
        ("Normal", "1. First note."),
        ("Heading 1", "Signatories: 1 organization from 1 country"),
        ("Heading 2", "Malaysia"),
        ("List", "Third World Network"),
    ]:
        assert expected in found
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["1", "22"]
    assert (document.core_properties.title, document.core_properties.language) == ("Bread & Roses", "en")
    assert document.inline_shapes[0]._inline.docPr.get("descr").startswith("QR code")


def test_each_numbered_list_of_the_docx_begins_where_the_text_says():
    statement = StatementFactory()
    text = written(statement, "1. One.\n2. Two.\n\nThen:\n\n5. Five.\n\nAnd:\n\n1. One again.\n")
    document = Document(io.BytesIO(file(pack(statement, text=text), "docx")))
    numbered = [paragraph._p.pPr.numPr.numId.val for paragraph in document.paragraphs if "List" in paragraph.style.name]
    assert len(set(numbered)) == 3
    assert numbered[0] == numbered[1]
    numbering = document.part.numbering_part.element
    starts = [
        numbering.num_having_numId(each).find(f".//{qn('w:startOverride')}").get(qn("w:val")) for each in numbered
    ]
    assert starts == ["1", "1", "5", "1"]


def test_an_arabic_letter_runs_from_right_to_left():
    statement = StatementFactory(texts={"en": "Bread", "ar": "خبز وورود"})
    accepted(statement=statement, organization_name="منظمة المرأة")
    made = pack(statement, text=statement.text("ar"))
    document = Document(io.BytesIO(file(made, "docx")))
    assert document.styles["Normal"].element.pPr.find(qn("w:bidi")) is not None
    runs = {run.text: run.font.rtl for paragraph in document.paragraphs for run in paragraph.runs}
    assert runs["منظمة المرأة"] is True
    with pypdfium2.PdfDocument(file(made, "pdf")) as pdf:
        words = pdf[0].get_textpage()
        at, length = words.search("خبز وورود").get_next()
        assert min(words.get_charbox(each)[0] for each in range(at, at + length)) > pdf[0].get_width() / 2
