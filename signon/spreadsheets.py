"""Read a list of organizations as people keep it: headers in four languages, countries as printed."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from signon import countries
from signon.names import Refused, clean, search_key, split_acronym

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200

# Words in a header, by field: a whole header, else a part of it; the upper field wins ("Organization type").
_ALONE = {"name", "full name", "group", "note", "notes", "about"}
_HEADERS = {
    "email": "email, e mail, mail, courriel, correo, correo electronico, adresse electronique, البريد الالكتروني",
    "website": "website, web site, web page, web, url, homepage, site, site web, sitio web, pagina web, الموقع",
    "representative_title": "title, job title, position, role, function, fonction, titre, cargo, puesto, المنصب",
    "country": "country, pays, pais, البلد, الدوله",
    "acronym": "acronym, abbreviation, short name, acronyme, sigle, acronimo, sigla, siglas, الاختصار",
    "organization_type": "type, organization type, type d organisation, tipo, نوع",
    "description": "description, about, notes, note, descripcion, presentation, الوصف",
    "number": "no, number, num, nr, id, numero, n, رقم",
    "representative_name": "representative, representative name, contact, contact person, contact name, "
    "signatory, full name, representant, signataire, nom du representant, "
    "representante, nombre del representante, الممثل, اسم الممثل",
    "organization_name": "organization, organisation, organization name, organisation name, name of "
    "organization, name of organisation, name, association, ngo, group, nom, nom de "
    "l organisation, organizacion, nombre, nombre de la organizacion, nombre de "
    "organizacion, entidad, المنظمه, اسم المنظمه, الجمعيه, المؤسسه, الاسم",
}
_REFUSED = {
    "control": "holds control characters",
    "direction": "holds marks that change the direction of the text",
    "character": "holds broken characters",
    "link": "holds a link",
    "wordless": "holds neither letter nor digit",
}
_BLANK = {"", "-", "–", "—", "n/a", "N/A", "none", "None", "?", "."}

# Stems of what names a region, over search keys; two continents are no region ("Africa Europe Network").
_CONTINENTS = {
    "africa": r"afri(?:ca|que|ka|cain)|sahel|افريقي",
    "asia and pacific": r"asia|asie|asiat|pacifi|oceani|himalaya|mekong|asean|اسيا",
    "europe": r"europ|balkan|nordic|اوروب",
    "america": r"americas?\b|amerique|latinoamerica|latin america|centroamerica|carib|caraib|mercosu"
    "|andin|andean",
}
_REGIONAL = "regional|arab|maghreb|magreb|middle east|moyen orient|oriente medio|mediterran|euromed|عربي|اقليم"
_INTERNATIONAL = (
    "(?:inter|trans|multi)na[ct]ional|intercontinental|global(?! south)|world|mondial|mundial|planet|دولي|عالمي"
)
_WORD = r"\b(?:pan|ال)?"


class Unreadable(ValueError):
    """A file that is no list of organizations; its text is one sentence for whoever chose the file."""


@dataclass
class Row:
    """One organization as read. `number` counts rows that are not blank, from 1."""

    number: int
    raw: dict[str, str]
    organization_name: str = ""
    acronym: str = ""
    country: str = ""
    scope: Literal["national", "regional", "international"] = "international"
    how_country: str = ""
    website: str = ""
    email: str = ""
    representative_name: str = ""
    representative_title: str = ""
    organization_type: str = ""
    description: str = ""
    problem: str = ""
    same_as: int | None = field(default=None)


def read(path: Path, columns: Mapping[str, str] | None = None) -> list[Row]:
    """Read a CSV file in UTF-8, UTF-16 or cp1252, separated by comma, semicolon or tab, or raise.

    `columns` maps headers of the file to fields of `Row`, before any guess. A row that cannot be taken says
    why in `problem`; `same_as` is the number of an earlier row with the same organization.
    """
    header, lines = _table(_text(path), columns or {})
    fields = _fields(header, columns or {})
    rows: list[Row] = []
    for cells in lines:
        if any(cell.strip() for cell in cells):
            if len(rows) == MAX_ROWS:
                raise Unreadable(f"The file has more than {MAX_ROWS:,} rows; split it.")
            rows.append(_row(len(rows) + 1, header, cells, fields))
    _find_same(rows)
    return rows


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; split it.")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.") from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("The file is a workbook, not CSV; save it as “CSV UTF-8”.")
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("The file's text is neither UTF-8, UTF-16 nor Windows-1252; save it as “CSV UTF-8”.")


def _table(text: str, columns: Mapping[str, str]) -> tuple[list[str], Iterable[list[str]]]:
    """The header, of the separator under which it makes most sense, and the rows below it."""
    declared = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    text = text[declared.end() :] if declared else text
    readings = []
    for delimiter in declared[1] if declared else ",;\t":
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            header = _distinct(next(reader, [])[:MAX_COLUMNS])
        except csv.Error:
            continue
        known = sum(map(bool, (_named(cell, columns) or _guess(cell) for cell in header)))
        readings.append(((known, len(header)), header, reader))
    if not readings:
        raise Unreadable("The file's first line cannot be read as CSV.")
    _, header, reader = max(readings, key=lambda reading: reading[0])
    return header, _lines(reader)


def _lines(reader: Iterable[list[str]]) -> Iterable[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(f"The file cannot be read as CSV: {error}.") from error


def _distinct(header: list[str]) -> list[str]:
    distinct: list[str] = []
    for place, cell in enumerate(header, 1):
        words = " ".join(cell.split()) or f"column {place}"
        distinct.append(words if words not in distinct else f"{words} ({place})")
    return distinct


def _fields(header: list[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Which column holds which field: those named in `columns`, then the first that is guessed for each."""
    has = f"the file has {', '.join(f'“{cell[:60]}”' for cell in header[:30])}" if header else "the file is empty"
    for column, name in columns.items():
        if name not in _HEADERS:
            raise Unreadable(f"There is no field “{name}”; the fields are {', '.join(sorted(_HEADERS))}.")
        if not any(_named(cell, {column: name}) for cell in header):
            raise Unreadable(f"There is no column “{column}”: {has}.")
    fields = {_named(cell, columns): cell for cell in reversed(header)}
    for cell in header:
        if not _named(cell, columns) and (guess := _guess(cell)):
            fields.setdefault(guess, cell)
    if "organization_name" not in fields:
        raise Unreadable(f"No column is recognized as the organization's name: {has}.")
    return fields


def _named(cell: str, columns: Mapping[str, str]) -> str:
    return next((name for column, name in columns.items() if search_key(column) == search_key(cell)), "")


def _guess(cell: str) -> str:
    key = search_key(cell[:200])
    for name, phrases in _HEADERS.items():
        if key in phrases.split(", "):
            return name
    for name, phrases in _HEADERS.items():
        parts = (phrase for phrase in phrases.split(", ") if len(phrase) > 3 and phrase not in _ALONE)
        if any(f" {phrase} " in f" {key} " for phrase in parts):
            return name
    return ""


def _row(number: int, header: list[str], cells: list[str], fields: Mapping[str, str]) -> Row:
    raw = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
    row = Row(number, raw)
    values = {name: raw[column].strip() for name, column in fields.items() if name}
    values = {name: "" if value in _BLANK else value for name, value in values.items()}
    problems = ["The row has more cells than the header."] if any(map(str.strip, cells[len(header) :])) else []
    for name in values.keys() - {"number", "country"}:
        free = name in ("website", "email", "description")
        try:
            setattr(row, name, clean(values[name], multiline=name == "description", links=free))
        except Refused as refused:
            problems.append(f"“{fields[name]}” {_REFUSED[refused.code]}.")
    if not values["organization_name"]:
        problems.insert(0, "The organization's name is missing.")
    if not row.acronym:
        row.organization_name, row.acronym = split_acronym(row.organization_name)
    problems.append(_place(row, values.get("country", "")))
    row.problem = " ".join(filter(None, problems))
    return row


def _place(row: Row, printed: str) -> str:
    """Set country and scope of a row; what stays open comes back as a problem."""
    found = countries.resolve(printed)
    if found.code:
        row.country, row.scope = found.code, "national"
        row.how_country = f"“{printed}” is {countries.name(found.code, 'en')} ({found.how})"
    elif found.scope:
        row.scope, row.how_country = found.scope, f"“{printed}” is no country"
    elif not printed:
        row.scope, row.how_country = (
            judge_scope(row.organization_name, row.description),
            "no country; judged by its words",
        )
    elif found.candidates:
        return f"“{printed}” could be {' or '.join(countries.name(code, 'en') for code in found.candidates)}."
    else:
        return f"“{printed}” is no country that we know."
    return ""


def judge_scope(name: str, description: str) -> Literal["regional", "international"]:
    """Whether a body without a country works in one region: by its name, else by its description."""
    name, description = search_key(name), search_key(description)
    continents = sum(bool(re.search(f"{_WORD}(?:{stems})", name)) for stems in _CONTINENTS.values())
    if continents > 1:
        return "international"
    if continents or re.search(f"{_WORD}(?:{_REGIONAL})", name):
        return "regional"
    if re.search(f"{_WORD}(?:{_INTERNATIONAL})", name):
        return "international"
    regional = "|".join([_REGIONAL, *_CONTINENTS.values()])
    first = re.search(f"{_WORD}(?:(?P<regional>{regional})|{_INTERNATIONAL})", description)
    return "regional" if first and first["regional"] else "international"


def _find_same(rows: list[Row]) -> None:
    """Mark a row whose name stood before: with one country, or one of them without, but named in the name."""
    seen: dict[str, list[Row]] = {}
    for row in rows:
        if not row.organization_name or row.problem:
            continue
        earlier = seen.setdefault(search_key(row.organization_name), [])
        row.same_as = next((other.same_as or other.number for other in earlier if _same_country(row, other)), None)
        earlier.append(row)


def _same_country(one: Row, other: Row) -> bool:
    if one.country == other.country:
        return True
    country = one.country or other.country
    return not (one.country and other.country) and countries.names_country(one.organization_name, country)
