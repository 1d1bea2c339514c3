"""Whatever stands in a table: an import never raises, never loses a good row, and never invents one."""

import contextlib
import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signon import importing
from signon.imports import tables
from signon.imports.spreadsheets import read
from signon.models import ImportRow
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db

PRINTED = ["Kenya", "Korea", "Colomba", "", "-", "international", "Paris, France", "Atlantis", "KE", "U.S."]
ODD = ["Regional", "National", "Kenya", "23. Access", "A;B", "A B; C D", "A\nB", "Foi &amp; Joie", "ForÃªts", "=1+1",
       "'x", "TWN (Third)", "\x00", "\u202e", "\ufeff", "x" * 400, "https://a.example/b", "[",
       '"', "1", "  "]  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(ODD)
CELLS = st.lists(st.tuples(WORDS, st.sampled_from(PRINTED) | WORDS, WORDS), max_size=12)
# Names that nobody can take for anything else.
PLAIN = st.lists(
    st.text("bcdfglmnprstv", min_size=8, max_size=14).map(str.capitalize), unique_by=str.lower, min_size=1, max_size=12
)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def as_csv(rows, header=("name", "country", "notes"), delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return io.BytesIO(text.getvalue().encode("utf-8", "surrogatepass"))


@QUIET
@given(CELLS)
def test_a_table_of_anything_becomes_rows_with_a_status_and_what_is_taken_comes_in(rows):
    statement = StatementFactory()
    try:
        table = tables.read(as_csv(rows))
        plan = importing.plan(statement, table)
    except tables.Unreadable:
        return
    filled = [row for row in rows if any(cell.strip("\ufeff \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0") for cell in row)]
    assert len(plan.rows) <= len(filled)
    assert [row.number for row in plan.rows] == list(range(1, len(plan.rows) + 1))
    assert all(row.problems for row in plan.rows if row.status == ImportRow.Status.PROBLEM)
    taken = sum(row.takes for row in plan.rows)
    assert importing.apply(plan, by=UserFactory(), source="Anything", take_the_rest=True) == taken
    assert statement.sign_ons.count() == taken


@QUIET
@given(PLAIN, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_every_good_row_is_kept_as_it_is_and_none_is_added(names, delimiter, encoding):
    text = as_csv([(name, "Kenya", "") for name in names], delimiter=delimiter).read().decode()
    rows = read(tables.read(io.BytesIO(text.encode(encoding))))
    assert [(row.name, row.country, row.problem) for row in rows] == [(name, "KE", "") for name in names]


@QUIET
@given(PLAIN, CELLS)
def test_bad_rows_cost_no_good_one(names, others):
    good = [(f"{name} Uxu", "Kenya", "") for name in names]
    try:
        found = read(tables.read(as_csv([*good, *others])))
    except tables.Unreadable:
        pytest.fail("a header and good rows are always readable")
    assert [row.name for row in found[: len(good)]] == [name for name, _country, _notes in good]
    assert not [row.problem for row in found[: len(good)] if row.problem]


@QUIET
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_one_sentence(content):
    with contextlib.suppress(tables.Unreadable):
        read(tables.read(io.BytesIO(content)))
