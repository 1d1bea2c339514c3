import pytest

from campaigns.markdown import render

TEXT = """All migrants have all human rights.[^1]

1. End detention.[^2]
2. Ratify.

[^1]: First note.
[^2]: Second note.
"""


def test_footnotes_link_there_and_back():
    html = render(TEXT)
    for number in (1, 2):
        assert f'href="#fn{number}" id="fnref{number}"' in html
        assert f'<li id="fn{number}"' in html
        assert f'href="#fnref{number}" aria-label="Back to the text" class="footnote-backref"' in html


def test_a_mark_used_twice_leads_back_to_each():
    html = render("One[^1] and two[^1].\n\n[^1]: Note.")
    assert html.count('id="fnref1"') == 1
    assert html.count('href="#fnref1:1"') == 1


def test_demands_keep_the_number_they_begin_with():
    assert '<ol start="3">' in render("3. Third\n4. Fourth")


def test_a_heading_never_rivals_the_statement_s_own_title():
    assert render("# Demands") == "<h2>Demands</h2>\n"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.png)",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "[^1]\n\n[^1]: <svg onload=alert(1)>",
    ],
)
def test_nothing_that_runs_or_loads_comes_through(source):
    html = render(source)
    for part in ("<script", "<img", "<svg", 'href="javascript', 'href="data', '<a href="https://x.example" onclick'):
        assert part not in html
