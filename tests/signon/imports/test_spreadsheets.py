import codecs
import contextlib
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signon.imports import tables
from signon.imports.scopes import judge_scope
from signon.imports.spreadsheets import read
from signon.imports.tables import Unreadable

DATA = Path(__file__).parents[3] / "signon" / "data"


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_400_endorsers_are_399_organizations_of_88_countries():
    rows = read(DATA / "endorsers-2020-04-30-saving-lives.csv")
    assert [row.number for row in rows] == [int(row.raw["no"]) for row in rows] == list(range(1, 401))
    assert {row.number: row.same_as for row in rows if row.same_as} == {203: 70}
    assert not [row.problem for row in rows if row.problem]
    assert Counter(row.scope for row in rows) == {"national": 315, "international": 45, "regional": 40}
    assert len({row.country for row in rows if row.country}) == 88
    by_number = {row.number: row for row in rows}
    assert by_number[169].country == "CO"
    assert by_number[278].country == "MA"
    assert (by_number[8].organization_name, by_number[8].acronym) == (
        "Arab NGO Network for Development",
        "ANND",
    )


def test_of_the_200_members_only_geneva_is_no_country():
    rows = read(DATA / "network-members.csv")
    assert [(row.number, row.problem) for row in rows if row.problem] == [(184, "“Geneva” is no country that we know.")]
    assert Counter(row.scope for row in rows if not row.country and not row.problem) == {
        "international": 10,
        "regional": 1,
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1252", b""),
    ],
)
def test_every_usual_encoding_and_separator_is_read(file, delimiter, encoding, mark):
    text = (
        delimiter.join(["Nom de l’organisation", "Pays"]) + "\r\n" + delimiter.join(['"Forêts, mers; air"', "Sénégal"])
    )
    (row,) = read(file(mark + text.encode(encoding)))
    assert (row.organization_name, row.country) == ("Forêts, mers; air", "SN")


def test_the_separator_that_excel_declares_is_no_header(file):
    assert read(file("sep=;\r\nname;country\r\nA, B;FR\r\n"))[0].organization_name == "A, B"


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Organization,Acronym,Country,Website,E-mail,Representative,Position,Type,Notes", "OACWERTYD"),
        ("Name of your organisation,Short name,Country of organisation,Site,E-mail,Contact", "OACWER"),
        ("Nom de l'organisation,Sigle,Pays,Site web,Courriel,Représentant,Fonction,Type,Notes", "OACWERTYD"),
        ("Organización,Siglas,País,Sitio web,Correo,Representante,Cargo,Tipo,Descripción", "OACWERTYD"),
        ("اسم المنظمة,الاختصار,البلد,الموقع,البريد الإلكتروني,اسم الممثل,المنصب,نوع,الوصف", "OACWERTYD"),
    ],
)  # fmt: skip
def test_headers_are_understood_in_four_languages(file, header, fields):
    names = {
        "O": "organization_name",
        "A": "acronym",
        "W": "website",
        "E": "email",
        "R": "representative_name",
    }
    names |= {"T": "representative_title", "Y": "organization_type", "D": "description"}
    cells = [{"C": "FR", "Y": "Union"}.get(letter, f"v{letter}") for letter in fields]
    (row,) = read(file(f"{header}\n{','.join(cells)}\n"))
    assert (row.country, row.organization_type) == ("FR", "union" if "Y" in fields else "")
    for letter in fields.replace("C", "").replace("Y", ""):
        assert getattr(row, names[letter]) == f"v{letter}"


def test_a_named_column_counts_before_a_guess(file):
    (row,) = read(file("name,who\nAlice,Amnesty\n"), {"who": "organization_name", "name": "representative_name"})
    assert (row.organization_name, row.representative_name) == ("Amnesty", "Alice")


@pytest.mark.parametrize(
    ("content", "columns", "words"),
    [
        (b"a,b\n1,2\n", {}, "the file has “a”, “b”"),
        (b"name,b\n1,2\n", {"c": "country"}, "There is no column “c”: the file has “name”, “b”."),
        (b"name,b\n1,2\n", {"b": "color"}, "There is no field “color”"),
        (b"", {}, "the file is empty"),
        (b"PK\x03\x04...", {}, "workbook is damaged"),
        (b"name\n" + b"a" * 200_000, {}, "more than 32,767 characters"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_it_has(file, content, columns, words):
    with pytest.raises(Unreadable, match=words):
        read(file(content), columns)


def test_a_missing_file_and_one_too_large_are_unreadable(file, tmp_path, monkeypatch):
    with pytest.raises(Unreadable, match="cannot be opened"):
        read(tmp_path / "none.csv")
    with pytest.raises(Unreadable, match="more than 50,000 rows"):
        read(file("name\n" + "a\n" * 50_001))
    monkeypatch.setattr(tables, "MAX_BYTES", 3)
    with pytest.raises(Unreadable, match="larger"):
        read(file("name\na\n"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Amnesty,Korea,", "“Korea” could be South Korea or North Korea."),
        (",France,", "The organization's name is missing."),
        ("see www.x.org,France,", "“name” holds a link."),
        ("A\u202eB,France,", "“name” holds marks that change the direction of the text."),
        ("A,Atlantis,", "“Atlantis” is no country that we know."),
        ("A,France,x,y", "The row has more cells than the header."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why(file, line, problem):
    (row,) = read(file(f"name,country,notes\n{line}\n"))
    assert row.problem == problem


def test_blank_rows_are_not_counted_and_short_ones_are_filled(file):
    rows = read(file("name,country\n\n,\nA,-\n\nB\n"))
    assert [(row.number, row.organization_name, row.country) for row in rows] == [(1, "A", ""), (2, "B", "")]
    assert rows[1].raw == {"name": "B", "country": ""}


def test_one_name_in_two_countries_is_two_organizations_unless_the_name_says_the_country(file):
    lines = [
        "Sisters of St. Joan,",
        "Sisters of St Joan,Australia",
        "Green France,",
        "GREEN – France (GF),France",
        "Green France,FR",
    ]
    rows = read(file("\n".join(["name,country", *lines])))
    assert [row.same_as for row in rows] == [None, None, None, 3, 3]


@pytest.mark.parametrize(
    ("name", "description", "scope"),
    [
        ("Réseau Afrique", "", "regional"),
        ("Africa Europe Network", "", "international"),
        ("Rights Watch International Asia Pacific", "", "regional"),
        ("Education International", "In Africa", "international"),
        ("Focus on the Global South", "Regional think tank on global affairs", "regional"),
        ("شبكة المنظمات العربية", "", "regional"),
        ("Greenpeace", "", "international"),
    ],
)
def test_the_scope_of_a_body_without_a_country_is_judged_by_its_words(name, description, scope):
    assert judge_scope(name, description) == scope


CELL = st.text(st.sampled_from('aé" ,;\t\n\r\x00\u202e/.-()Korea'), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(CELL, max_size=8).map(lambda cells: ("name,country\n" + ",".join(cells)).encode())
)
def test_reading_never_fails_but_as_unreadable(file, content):
    rows = []
    with contextlib.suppress(Unreadable):
        rows = read(file(content))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.organization_name or row.problem for row in rows)


def of(text):
    return [(row.organization_name, row.country, row.scope) for row in read(_table(text)) if not row.problem]


def _table(text):
    return tables.read(io.BytesIO(text.encode()))


def test_a_country_in_the_name_counts_where_the_cell_for_it_is_empty():
    found = of("Organization,Country\nGamma Uganda,\nPublic Citizen (USA),\nDelta League,Kenya\n")
    assert [country for _name, country, _scope in found] == ["UG", "US", "KE"]


def test_a_country_in_the_name_goes_before_the_heading_above():
    assert [row.country for row in read(tables.read_text("Kenya\nPublic Citizen (USA)\nAlpha Watch"))] == [
        "", "US", "KE",
    ]  # fmt: skip


def test_a_heading_may_stand_in_another_column_than_the_names():
    found = of("No,Organization,Country\nGlobal,,\n1,Alpha Watch,\nKenya,,\n2,Beta Watch,\n")
    assert found == [("Alpha Watch", "", "international"), ("Beta Watch", "KE", "national")]


@pytest.mark.parametrize("header", ["Signatory", "Signataire", "Firmantes"])
def test_whoever_signed_is_the_organization_where_no_other_column_is_one(header):
    assert of(f"{header},Country\nAlpha Watch,Kenya\n") == [("Alpha Watch", "KE", "national")]
    both = read(_table(f"{header},Organization\nAsha Rao,Alpha Watch\n"))
    assert [(row.organization_name, row.representative_name) for row in both] == [("Alpha Watch", "Asha Rao")]
