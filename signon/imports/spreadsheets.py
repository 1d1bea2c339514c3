"""A list as people keep it, read row by row: names mended, countries as printed resolved, and how, in remarks."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from signon.geography import countries
from signon.imports import columns, tables
from signon.imports.headings import Heading, heading_of
from signon.imports.places import place
from signon.imports.remarks import remark
from signon.imports.rows import Row
from signon.imports.tables import Table
from signon.models import SignOn
from signon.naming.names import Refused, clean, search_key
from signon.site import site_languages

_BLANK = {"", "-", "–", "—", "n/a", "N/A", "none", "None", "?", "."}
_NUMBERED = re.compile(r"(?:\(?\d{1,5}[.)]|[-–—•*·▪◦‣])\s+(?=\S)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_INDIVIDUAL = {"individual", "individuals", "person", "private person", "individuel", "particulier", "personne",
               "individuo", "persona", "particular", "a titulo individual", "فرد",
               "yes", "oui", "si", "true", "x"}  # fmt: skip
_YES = {"yes", "y", "true", "1", "x", "oui", "si", "نعم"}
_TYPES = {
    "ngo": "ngo, ong, non governmental organization, non governmental organisation, cso, civil society organization",
    "union": "union, trade union, labor union, labour union, syndicat, sindicato, نقابه",
    "network": "network, coalition, network or coalition, reseau, red, شبكه",
    "faith": "faith, faith based, faith based organization, church, eglise, iglesia",
    "academic": "academic, academic institution, university, universite, universidad, جامعه",
}
# Where two names stand in one cell: a sign between them, or a line break.
_BETWEEN = re.compile(r"\s*[;|\r\n]+\s*")


def read(source: Path | Table, told: Mapping[str, str] | None = None) -> list[Row]:
    """Read a file or a table that was read before, or raise Unreadable.

    `told` maps headers of the file to fields of `Row`, before any guess. A row that cannot be taken says why in
    `problems`; `same_as` is the number of an earlier row with the same organization.
    """
    table = source if isinstance(source, Table) else tables.read(source)
    found = columns.find(table, told)
    columns.check(found)
    rows: list[Row] = []
    heading: Heading | None = None
    for cells in table.rows[found.first :]:
        row = read_row(len(rows) + 1, cells, found, heading)
        if any(each["code"] == "heading" for each in row.problems):
            heading = heading_of(row.organization_name)
        rows.append(row)
    find_same(rows)
    return rows


def read_row(number: int, cells: list[str], found: columns.Columns, heading: Heading | None = None) -> Row:
    """One row; `heading` is the line above it that stands over several ("Regional", "Kenya")."""
    raw = dict(zip(found.header, [*cells, *[""] * len(found.header)], strict=False))
    row = Row(number, raw)
    values = {name: raw[column].strip() for name, column in found.fields.items() if column in raw}
    values = {name: "" if value in _BLANK else value for name, value in values.items()}
    if any(map(str.strip, cells[len(found.header) :])):
        row.refuse("more_cells")
    name = values.get("organization_name", "")
    if not found.ours:
        told = [cell for cell in cells if cell.strip()]
        is_elsewhere = not name and len(told) == 1 and not values.get("country")
        if is_elsewhere and heading_of(told[0]):  # in another column than the names
            name = told[0]
        name = values["organization_name"] = _mend(row, name)
        if heading_of(name) and not any(value for key, value in values.items() if key not in _BESIDE):
            row.organization_name = " ".join(name.split())
            row.refuse("heading")
            return row
        _ask_whether_two(row, name)
    _put(row, values, found)
    _who(row, values)
    if not found.ours and not row.acronym and row.organization_name:
        row.split_acronym()
    _judge_state(row, values, found)
    missing = any(each["code"] == "missing_name" for each in row.problems)
    if (missing and row.listing != SignOn.Listing.NAME) or (found.is_letter and name in _withheld()):
        row.problems = [remark("kept_back")]
    place(row, values, found, heading)
    return row


# Cells that may stand beside a heading.
_BESIDE = {"organization_name", "number"}


def _mend(row: Row, name: str) -> str:
    """Take off a line's number, and put letters where a web page's codes or another encoding's letters stand."""
    printed = name
    if _ENTITY.search(name) and (name := html.unescape(name)) != printed:
        row.note("entities", printed=printed)
    if not name.isascii() and (mended := _without_mojibake(name)) != name:
        row.note("mended", printed=name)
        name = mended
    if (found := _NUMBERED.match(name)) and any(map(str.isalpha, name[found.end() :])):
        if found[0].strip()[0].isdigit() or found[0][0] == "(":
            row.note("number_off", printed=found[0].strip())
        name = name[found.end() :]
    return name


def _without_mojibake(text: str) -> str:
    import ftfy

    return ftfy.fix_encoding(text)


def _ask_whether_two(row: Row, name: str) -> None:
    """One cell with two names is asked; with a slash between, it is more often one name in two languages."""
    parts = [" ".join(part.split()) for part in _BETWEEN.split(name) if part.strip()]
    halves = [part.strip() for part in re.split(r"\s/\s", name)]
    if _are_names(parts):
        row.refuse("two_names", parts=parts)
    elif _are_names(halves):
        if sum("(" in half for half in halves) > 1:
            row.refuse("two_names", parts=halves)
        else:
            row.note("perhaps_two", parts=halves)


def _are_names(parts: list[str]) -> bool:
    return len(parts) > 1 and all(len(part.split()) > 1 and not part[0].islower() for part in parts)


def _put(row: Row, values: Mapping[str, str], found: columns.Columns) -> None:
    """Set what is text as it stands, cleaned."""
    for name in ("organization_name", "acronym", "website", "email", "representative_name", "representative_title",
                 "affiliation", "description"):  # fmt: skip
        free = name in ("website", "email", "description")
        try:
            setattr(row, name, clean(values.get(name, ""), multiline=name == "description", links=free))
        except Refused as refused:
            row.refuse(f"refused_{refused.code}", column=found.fields[name])
    row.organization_type = _type(values.get("organization_type", ""))
    row.consent_updates = search_key(values.get("consent_updates", "")) in _YES
    row.answers = {name: cell for name, cell in values.items() if name.startswith("question_") and cell}
    if printed := values.get("language", ""):
        row.language = site_languages.read(printed)
        if not row.language:
            row.note("unknown_language", printed=printed[:60], used="en")
    if values.get("listing", "") in SignOn.Listing.values:
        row.listing = values["listing"]


def _who(row: Row, values: Mapping[str, str]) -> None:
    """Tell individuals from organizations."""
    person = values.get("individual", "")
    said = {search_key(values.get(name, "")) for name in ("signer", "organization_type")} | {search_key(person)}
    named = person and search_key(person) not in {*_INDIVIDUAL, "no", "non", "false"}
    if named or said & _INDIVIDUAL:
        row.signer = SignOn.Signer.INDIVIDUAL
        try:
            name = clean(person) if named else row.representative_name or row.organization_name
        except Refused as refused:
            row.refuse(f"refused_{refused.code}", column="individual")
            name = ""
        if row.organization_name and row.organization_name != name:
            row.affiliation = row.affiliation or row.organization_name
        row.representative_name, row.organization_name, row.organization_type = name, "", ""
    elif not row.organization_name and row.representative_name and not row.problems:
        row.signer = SignOn.Signer.INDIVIDUAL
        row.note("individual")
    if not row.name and not any(each["code"].startswith("refused_") for each in row.problems):
        row.problems.insert(0, remark("missing_name"))


def _judge_state(row: Row, values: Mapping[str, str], found: columns.Columns) -> None:
    """A list of ours may hold what was declined or withdrawn. Elsewhere, "state" is Texas."""
    state = values.get("state", "")
    if found.ours and state in SignOn.State.values and state != SignOn.State.ACCEPTED:
        row.refuse("not_accepted", state=state)


def _type(printed: str) -> str:
    key = search_key(printed)
    return next((value for value, words in _TYPES.items() if key in words.split(", ")), "")


@functools.cache
def _withheld() -> frozenset[str]:
    """What a letter of any language says in place of a name."""
    words = set()
    for language in site_languages.CODES:
        with translation.override(language):
            words |= {_("an organization (name withheld)"), _("an individual (name withheld)")}
    return frozenset(words)


def find_same(rows: list[Row]) -> None:
    """Mark a row whose name stood before: with one country, or one of them without, but named in the name."""
    seen: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.name and not row.problems:
            earlier = seen.setdefault(same_name(row), [])
            row.same_as = next((other.same_as or other.number for other in earlier if _same_country(row, other)), None)
            earlier.append(row)


def same_name(row: Row) -> tuple[str, ...]:
    """What two rows have in common where one and the same signs: its name, and of a person what else tells them."""
    telling = (search_key(row.affiliation), row.email.lower()) if row.is_individual else ()
    return (row.signer, search_key(row.name), *telling)


def _same_country(one: Row, other: Row) -> bool:
    if one.country == other.country:
        return True
    country = one.country or other.country
    return not (one.country and other.country) and countries.names_country(one.name, country)
