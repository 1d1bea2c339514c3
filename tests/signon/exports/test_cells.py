"""Cells that no spreadsheet runs, read back as they were."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from hypothesis import example, given
from hypothesis import strategies as st

from signon.exports.cells import GUARDED, harmless, meant


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+Pueblo", "-1", "@x", "\t=1", "  =1", "\u00a0=1", "＝1+1", " ＋1", "﹣1", "|calc", "%0A", "\r\n=1"],
)
def test_what_begins_like_a_formula_gets_one_apostrophe(value):
    assert harmless(value) == f"'{value}"


@pytest.mark.parametrize("value", ["350.org", "Women's League", "شبكة", "", "A = B", "“=”"])
def test_what_does_not_stays_as_it_is(value):
    assert harmless(value) == value


def test_an_apostrophe_of_the_names_own_is_doubled():
    assert harmless("'t Hooft") == "''t Hooft"


def test_a_list_that_nobody_guarded_keeps_its_apostrophes():
    assert meant("'t Hooft") == "'t Hooft"


@given(st.text())
@example("'")
@example("''")
@example("'=1")
def test_reading_gives_back_what_was_written(value):
    assert meant(harmless(value)) == value


def test_the_page_that_checks_a_list_takes_off_what_was_put_on_by_the_same_expression():
    """In words that JavaScript's expressions share, too; a browser reads some in tests/browser/test_letters.py."""
    script = Path(finders.find("signon/verify-table.js")).read_text()
    assert re.findall(r"^const GUARDED = /\^\(\?:(.*)\)/;$", script, re.MULTILINE) == [GUARDED]
