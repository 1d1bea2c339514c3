"""What a text may hold of HTML, whatever was written: a few elements, and links that lead to pages and mails."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from campaigns.markdown import ATTRIBUTES, TAGS, render

SCHEMES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "\x01javascript:alert(1)", " javascript:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)",
    "&#x6A;&#x61;vascript:alert(1)", "javascript&#58;alert(1)", "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)", "jav%61script:alert(1)", "javascript:%61lert(1)",
    "javascript://x.example/%0Aalert(1)", "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=", "DATA:image/svg+xml,<svg onload=alert(1)>", "blob:x", "file:///etc/passwd",
    "filesystem:x", "view-source:javascript:alert(1)", "feed:javascript:alert(1)", "livescript:x", "mocha:x",
    "about:blank", "intent://x", "ftp://x.example", "//evil.example", "\\\\evil.example", "javascript\u200b:alert(1)",
    "ｊavascript:alert(1)", "ja\0vascript:alert(1)",
]  # fmt: skip
PLACES = [
    "[x]({0})", "[x](<{0}>)", "<{0}>", "[x][1]\n\n[1]: {0}", "![x]({0})", "[x]({0} 'a title')", "[![x]({0})]({0})",
    '<a href="{0}">x</a>', "[^1]\n\n[^1]: [x]({0})", "| a |\n| - |\n| [x]({0}) |", "1. [x]({0})", "> [x]({0})",
    "# [x]({0})", "**[x]({0})**",
]  # fmt: skip
HTML = [
    "<script>alert(1)</script>", "<ScRiPt src=//evil.example>", "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<svg><animate onbegin=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=x>", "<embed src=x>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "<link rel=stylesheet href=x>",
    "<style>@import 'x'</style>", "<form action=//evil.example><input>",
    "<p style='background:url(//evil.example)'>x</p>", "<a href=x onclick=alert(1)>x</a>",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>", "<body onload=alert(1)>",
    "<!--><script>alert(1)</script>-->", "<!-- x --!><img src=x onerror=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>", "<?xml-stylesheet href='x'?>", "<!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp>", "<plaintext>", "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```", "```\"onmouseover=alert(1)\nx\n```",
    "[x](https://x.example \"onmouseover=alert(1)\")", "[x](https://x.example\"onmouseover=alert(1))",
    "[^\"><script>]\n\n[^\"><script>]: x", "&lt;script&gt;alert(1)&lt;/script&gt;", "\\<script>alert(1)\\</script>",
    "<a\0href=x>", "<scr\0ipt>alert(1)</scr\0ipt>", "<x\"'mark>",
]  # fmt: skip


def scheme_of(address):
    """As browsers find it (WHATWG URL, 4.4): control characters before it and white space in it are nothing."""
    bare = re.sub(r"[\t\n\r]", "", address).lstrip("".join(map(chr, range(33))))
    found = re.match(r"([a-z][a-z0-9+.-]*):", bare, re.IGNORECASE)
    return found[1].lower() if found else ""


def wrong_in(html):
    """What of a rendered text may not be there."""
    found = []
    page = BeautifulSoup(html, "html5lib").body
    for each in page.find_all(True):
        if each.name not in TAGS:
            found.append(each.name)
        for name, value in each.attrs.items():
            if name not in ATTRIBUTES.get(each.name, set()) | {"rel"}:
                found.append(f"{each.name} {name}")
            if name == "style" and value not in ("text-align:left", "text-align:right", "text-align:center"):
                found.append(f"style {value}")
            if name == "href" and scheme_of(value) not in ("http", "https", "mailto", ""):
                found.append(f"href {value}")
    return found


@pytest.mark.parametrize("place", PLACES)
def test_no_spelling_of_a_scheme_that_runs_becomes_a_link(place):
    wrong = {scheme: found for scheme in SCHEMES if (found := wrong_in(render(place.format(scheme))))}
    assert wrong == {}


@pytest.mark.parametrize("source", HTML)
def test_html_is_shown_as_it_was_written_and_is_none(source):
    assert wrong_in(render(source)) == []
    assert wrong_in(render(f"1. {source}\n\n> {source}\n\n| a |\n| - |\n| {source} |")) == []


parts = st.sampled_from(
    [
        *SCHEMES,
        *HTML,
        *PLACES,
        "[",
        "](",
        ")",
        "<",
        ">",
        "`",
        "*",
        "_",
        "\n",
        "\n\n",
        "|",
        "- ",
        "[^1]",
        "[^1]: ",
        "&",
        "#",
        "\\",
        '"',
    ]
)


@given(st.lists(parts | st.text(max_size=8), max_size=12).map("".join))
def test_no_mixture_of_them_is_either(source):
    assert wrong_in(render(source)) == []


@pytest.mark.parametrize("part", ["[", "*", "> ", "- ", "`", "[^1]", "|", "<", "![", "a\n", "x" * 50, "[a](", "_a"])
def test_what_is_repeated_thousands_of_times_is_read_to_its_end(part):
    source = part * 3_000
    assert wrong_in(render(source)) == []
