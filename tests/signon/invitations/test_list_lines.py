"""Lines that somebody pasted, taken apart."""

import pytest

from signon.imports.columns import find
from signon.imports.tables import Table
from signon.invitations import guest_tables, list_lines

ORGANIZATION, CONTACT, EMAIL, COUNTRY = "organization_name", "representative_name", "email", "country"


def read(text):
    """Each row by field, as it is guessed."""
    table = guest_tables.table_of(text)
    found = find(table)
    at = {name: found.header.index(column) for name, column in found.fields.items()}
    return [
        {name: row[place] for name, place in at.items() if place < len(row) and row[place]}
        for row in table.rows[found.first :]
    ]


@pytest.mark.parametrize("mark", [", ", "; ", ",", ";"])
def test_lines_without_a_header_are_cut_where_an_address_or_a_country_stands_behind(mark):
    lines = [["Kituo cha Sheria", "Kenya", "a@kituo.example"], ["Red de Mujeres", "Mexico", "b@red.example"]]
    assert read("\n".join(mark.join(line) for line in lines)) == [
        {ORGANIZATION: name, COUNTRY: country, EMAIL: email} for name, country, email in lines
    ]


def test_a_comma_in_a_name_is_no_separator():
    text = "Women, Law and Development\nCentre for Peace, Justice and Rights\nBread for all"
    assert [row[ORGANIZATION] for row in read(text)] == text.split("\n")


def test_a_name_that_holds_a_comma_stays_whole_beside_lines_that_are_cut():
    text = 'Women, Law and Peace, Kenya, a@x.example\n"Bread, Roses", Mexico, b@x.example\nSolo, Chad, c@x.example'
    assert [row[ORGANIZATION] for row in read(text)] == ["Women, Law and Peace", "Bread, Roses", "Solo"]


def test_lines_with_a_header_are_cut_by_it():
    text = "Name; Country; Contact; Language\nKituo; Kenya; Asha Rao; fr\nRed; Mexico; ; es"
    assert read(text)[0] == {ORGANIZATION: "Kituo", COUNTRY: "Kenya", CONTACT: "Asha Rao", "language": "fr"}


@pytest.mark.parametrize(
    "text",
    [
        '"Baz" <a@b.example>\nFoo <c@d.example>',
        'Baz <a@b.example>, "Foo" <c@d.example>',
        "“Baz” (a@b.example)\nFoo <mailto:c@d.example>",
        "Organization\nBaz <a@b.example>\nFoo <c@d.example>",
    ],
)
def test_an_address_in_brackets_is_the_contact_s(text):
    assert read(text) == [{ORGANIZATION: "Baz", EMAIL: "a@b.example"}, {ORGANIZATION: "Foo", EMAIL: "c@d.example"}]


def test_a_person_before_the_brackets_in_a_column_of_addresses_is_the_contact():
    text = "Organization\tE-mail\nKituo\tAsha Rao <asha@kituo.example>\nRed\trosa@red.example"
    assert read(text) == [
        {ORGANIZATION: "Kituo", CONTACT: "Asha Rao", EMAIL: "asha@kituo.example"},
        {ORGANIZATION: "Red", EMAIL: "rosa@red.example"},
    ]


def test_the_first_line_is_no_header_because_it_has_no_address():
    assert read("Foo\nBaz <a@b.example>") == [{ORGANIZATION: "Foo"}, {ORGANIZATION: "Baz", EMAIL: "a@b.example"}]


@pytest.mark.parametrize("text", ["Kituo\tKenya", "Kituo cha Sheria\nRed de Mujeres", 'The "Bread, Roses\nOne', ""])
def test_what_has_tabs_or_names_alone_stays_as_it_is(text):
    assert list_lines.apart(text) == text


def test_what_has_no_address_in_brackets_is_the_same_table():
    table = Table([["Kituo", "a@b.example"], []])
    assert list_lines.addresses_apart(table) is table


@pytest.mark.parametrize(
    "cell", [" " * 1000, "<" * 1000, "a@" + "." * 1000, '"' * 2 + " (a@b.c" * 200, "a" + " " * 1000 + "<"]
)
def test_a_list_of_what_looks_like_no_address_is_read_to_its_end(cell):
    # In steps that grow with the square of a cell, this would not end within a day.
    text = "\n".join(f"Name {number};{cell};b@x.example" for number in range(1000))
    assert len(guest_tables.table_of(text).rows) >= 1000
    table = Table([["Name", f"{cell}@"]] * 1000, "csv")
    assert len(list_lines.addresses_apart(table).rows) == 1000


def test_an_address_beside_words_is_told_whatever_stands_around_it():
    for cell in ("  “Baz”   <mailto:a@b.example> ", '"Baz"(a@b.example)', "Baz\t <a@b.example>"):
        table = list_lines.addresses_apart(Table([["Name", "Contact"], ["Kituo", cell]], "csv"))
        assert table.rows[1][1:] == ["Baz", "a@b.example"]
