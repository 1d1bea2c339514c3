import io
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from campaigns import markdown, pasting
from tests.campaigns.written_docx import docx, paragraph, run

DATA = Path(__file__).parent / "data"


def pasted(name):
    return pasting.from_html((DATA / f"{name}.html").read_text("utf-8"))


def words_of(html):
    """The words that a reader sees, without marks of footnotes and white space."""
    html = re.sub(r'<section class="footnotes">.*', "", html, flags=re.DOTALL)
    html = re.sub(r'<sup class="footnote-ref">.*?</sup>', "", html)
    return "".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_what_is_pasted_from_word_is_the_statement():
    assert pasted("word") == pasting.Pasted(
        "Rights & roses for all migrants",
        """## Where we stand

On 8 March 2026 we, the **undersigned organizations,** write to *all* Member States.[^1] It is urgent and long overdue.

We demand that states:

1. End **detention** of migrants;
   1. of children first,
   2. then of all;
2. Ratify the [conventions](https://www.ohchr.org/en/instruments).[^2]

To this end, governments must also:

3. Listen to migrant women, as the annex says.

- A point without a number

| **States** |  |
| --- | --- |
| Kenya \\| Uganda | 2024 |

[^1]: Universal Declaration, *article* 2.

[^2]: Of 1951 and 1990.""".replace("8 March 2026", "8 March\u00a02026"),
        [
            "1 picture was left out.",
            "1 comment was left out.",
            "1 passage marked as deleted (tracked changes) was left out.",
            "1 passage marked as inserted (tracked changes) was taken as accepted.",
            "1 link led to no page of the web (inside the document, or to a file); its words stay, the link is gone.",
            "1 table has merged cells; they were taken apart: look at it.",
            "1 list counted with letters or Roman numerals now counts with digits.",
            "Colors and highlights were left out (2 passages).",
        ],
    )


def test_what_is_pasted_from_google_docs_is_the_statement():
    assert pasted("google-docs") == pasting.Pasted(
        "Rights for all migrants",
        """We, the **undersigned**, write to *all* states.[^1] Now.

## Our demands

1. End detention.
   1. of children first
2. [Ratify the conventions.](https://www.ohchr.org/en)

And further:

3. Listen to women. Perhaps.

| State | Year |
| --- | --- |
| Kenya | 2024 |

[^1]: Universal Declaration, article 2.""",
        [
            "1 picture was left out.",
            "1 script was left out.",
            "1 comment was left out.",
            "1 list counted with letters or Roman numerals now counts with digits.",
            "Colors and highlights were left out (1 passage).",
            "1 passage was struck through; its words stay, without the line: look whether they should.",
        ],
    )


def test_a_word_file_is_the_statement_and_its_numbering_goes_on():
    found = pasting.from_file("letter.docx", docx())
    assert found.title == "Rights & roses"
    assert found.body == (
        "## Where we stand\n\nWe, the **undersigned**, write.[^1]\n\n"
        "1. End detention.\n   1. Of children first.\n2. Ratify.[^2]\n\nAnd further:\n\n3. Listen to women\n\n"
        "red\n\n- A point.\n\n[^1]: Universal Declaration, *article* 2.\n\n[^2]: Of 1951."
    )
    assert found.lost == [
        "1 comment was left out.",
        "1 passage marked as deleted (tracked changes) was left out.",
        "1 passage marked as inserted (tracked changes) was taken as accepted.",
        "Colors and highlights were left out (1 passage).",
    ]


@pytest.mark.parametrize("name", ["word", "google-docs"])
def test_no_comment_of_a_colleague_comes_into_the_text(name):
    source = (DATA / f"{name}.html").read_text("utf-8")
    assert "SECRET" in source
    assert "SECRET" not in pasted(name).body
    assert "SECRET" not in pasting.from_docx(docx()).body


@pytest.mark.parametrize("name", ["word", "google-docs"])
def test_demands_and_footnotes_render_with_their_numbers(name):
    html = markdown.render(pasted(name).body)
    assert '<ol start="3">' in html
    assert 'href="#fn1"' in html
    assert 'href="#fnref1"' in html


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<p><b>Demand:</b>now</p>", "**Demand**:now"),
        ("<p>a<b>b </b><b>c</b>d</p>", "a**b c**d"),
        ("<p>2016. It was a year. * and _ and #</p>", "2016\\. It was a year. \\* and \\_ and #"),
        ("<p>snake_case</p><p># no heading</p>", "snake_case\n\n\\# no heading"),
        ("<p>1. First</p><p>between</p><p>2) Second</p>", "1. First\n\nbetween\n\n2. Second"),
        ("<ol><li>a</li><li value='4'>b</li></ol>", "1. a\n\n4) b"),
        ("<ol><li>a</li></ol><ol start=2><li>b</li></ol>", "1. a\n2. b"),
        ("<p>H<sub>2</sub>O, m<sup>2</sup></p>", "H₂O, m²"),
        ("<p>one<br>two</p>", "one\\\ntwo"),
        ("<p><a href='javascript:alert(1)'>x</a> <a href='/y'>y</a></p>", "x y"),
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "\\<script>alert(1)\\</script>"),
        ("<blockquote><p>q</p></blockquote>", "> q"),
        ("<p><a href='https://x.org/a b_(c)'>it</a></p>", "[it](https://x.org/ab_%28c%29)"),
        ("<p>Only[1]</p>", "Only\\[1\\]"),
        ("", ""),
    ],
)
def test_words_are_written_as_markdown_reads_them(html, body):
    assert pasting.from_html(html).body == body


def test_a_mark_without_a_footnote_and_a_footnote_with_two_paragraphs_stay():
    html = (
        '<p>a<a href="#_ftn1">[1]</a> b<a href="#_ftn2">[2]</a></p>'
        '<div id=ftn1><p><a href="#_ftnref1">[1]</a> one</p><p>two</p></div>'
    )
    assert pasting.from_html(html).body == "a[^1] b[^2]\n\n[^1]: one\n\n    two"


def test_footnotes_of_our_own_pages_come_back_as_they_were():
    source = "A claim.[^1] Another.[^2]\n\n1. Demand\n\n[^1]: One.\n\n[^2]: Two."
    assert pasting.from_html(markdown.render(source)).body == source


def test_markdown_stays_as_it_is_and_its_first_heading_is_the_title():
    assert pasting.from_text("# Title\r\n\r\nWords *here*.[^1]\r\n\r\n[^1]: N\r\n") == pasting.Pasted(
        "Title", "Words *here*.[^1]\n\n[^1]: N"
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", b"no zip"),
        ("a.docx", b""),
        ("a.pdf", b"%PDF"),
        ("a.docx", b"PK\x03\x04broken"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(name, data):
    with pytest.raises(pasting.Unreadable, match="Choose a Word file"):
        pasting.from_file(name, data)


def test_a_word_file_with_a_doctype_or_a_bomb_is_refused():
    for content in (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b" " * 61_000_000):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/document.xml", content)
        with pytest.raises(pasting.Unreadable):
            pasting.from_docx(file.getvalue())


def test_a_damaged_word_file_is_refused_in_words():
    for cut in (200, 700, 1500):
        data = bytearray(docx())
        data[cut : cut + 40] = b"\0" * 40
        try:
            pasting.from_docx(bytes(data))
        except pasting.Unreadable:
            continue


_TAGS = [
    "p",
    "b",
    "i",
    "ol",
    "ul",
    "li",
    "a",
    "span",
    "div",
    "table",
    "tr",
    "td",
    "h1",
    "h2",
    "sup",
    "del",
    "o:p",
    "img",
]
_PIECES = some.one_of(
    some.text(max_size=12),
    some.sampled_from([f"<{tag}>" for tag in _TAGS] + [f"</{tag}>" for tag in _TAGS]),
    some.sampled_from(
        [
            '<a href="#_ftn1">[1]</a>',
            '<a href="#_ftnref1">[1]</a>',
            '<p style="mso-list:l0 level2 lfo1"><span style="mso-list:Ignore">7.</span>x</p>',
            "<![if !supportLists]>",
            "<!--",
            "-->",
            "<![endif]>",
            "<!x",
            "<script>alert(1)</script>",
            '<a href="javascript:alert(1)">j</a>',
            '<ol start="99999999999"><li value="-3">',
            '<td colspan="9999" rowspan="0">',
            "&lt;img src=x onerror=alert(1)&gt;",
            "1. ",
            "**",
            "[^1]",
        ]
    ),
)


@given(some.lists(_PIECES, max_size=30).map("".join))
@settings(max_examples=150)
def test_whatever_is_pasted_never_raises_and_renders_safely(html):
    found = pasting.from_html(html)
    rendered = markdown.render(found.body)
    assert "<script" not in rendered
    assert "<img" not in rendered
    assert not re.search(r"<[^>]*\bon\w+=", rendered)
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', rendered))


_INLINE = some.recursive(
    some.text(some.sampled_from("ab1 .,:*_[]()#>-+&;<\\`~|!“é\u0639"), min_size=1, max_size=8).map(
        lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
    ),
    lambda inner: some.tuples(some.sampled_from(["b", "i", "span"]), some.lists(inner, min_size=1, max_size=3)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=6,
)
_BLOCK = some.lists(_INLINE, min_size=1, max_size=4).map("".join)


@given(some.lists(some.tuples(some.sampled_from(["p", "li", "h2"]), _BLOCK), min_size=1, max_size=5))
@settings(max_examples=150)
def test_no_word_is_lost_on_the_way_to_the_reader(blocks):
    html = "".join(
        f"<ol><li>{words}</li></ol>" if name == "li" else f"<{name}>{words}</{name}>" for name, words in blocks
    )
    found = pasting.from_html(html)
    if "demand" in " ".join(found.lost):
        return  # numbers that were typed are now the list's
    assert words_of(found.title.replace("<", "&lt;")) + words_of(markdown.render(found.body)) == words_of(html)


def test_a_deep_nest_and_a_large_text_are_read():
    assert pasting.from_html("<div>" * 1500 + "x").body == "x"
    assert pasting.from_html("<ol><li>" * 1000 + "x").body.endswith("x")
    assert "The text is longer" in pasting.from_html("<p>a</p>" * 20_000).lost[0]


def test_lists_of_word_that_share_a_scheme_go_on_and_bullets_have_no_numbers():
    body = [paragraph(run("a"), number=1), paragraph(run("x")), paragraph(run("b"), number=1)]
    assert pasting.from_docx(docx(body)).body == "1. a\n\nx\n\n2. b"
