"""Which column of a table holds what: told by whoever knows, else guessed from its header, else from its cells."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signon.geography import countries
from signon.imports.tables import Table, Unreadable
from signon.naming.names import search_key

# What a column may hold, in the order in which a form offers it.
FIELDS = {
    "organization_name": gettext_lazy("Organization’s name"),
    "acronym": gettext_lazy("Acronym"),
    "country": gettext_lazy("Country"),
    "scope": gettext_lazy("National, regional or international"),
    "organization_type": gettext_lazy("Type of organization"),
    "website": gettext_lazy("Website"),
    "description": gettext_lazy("Description"),
    "representative_name": gettext_lazy("Representative’s name"),
    "representative_title": gettext_lazy("Representative’s title or role"),
    "email": gettext_lazy("E-mail address"),
    "language": gettext_lazy("Language of mails"),
    "consent_updates": gettext_lazy("Wants updates (yes or no)"),
    "signer": gettext_lazy("Organization or individual"),
    "individual": gettext_lazy("Individual’s name"),
    "affiliation": gettext_lazy("Individual’s affiliation"),
    "listing": gettext_lazy("How it is listed"),
    "state": gettext_lazy("State of the sign-on"),
    "number": gettext_lazy("Number in the list"),
}

# Words in a header, by field: a whole header, else a part of it; the upper field wins ("Organization type").
_ALONE = {"name", "full name", "group", "note", "notes", "about", "language", "langue", "idioma"}
_HEADERS = {
    "consent_updates": "consent updates",
    "email": "email, e mail, mail, courriel, correo, correo electronico, adresse electronique, البريد الالكتروني",
    "website": "website, web site, web page, web, url, homepage, site, site web, sitio web, pagina web, الموقع",
    "affiliation": "affiliation, afiliacion, filiacion, الانتماء",
    "representative_title": "title, job title, position, role, function, fonction, titre, cargo, puesto, المنصب",
    "country": "country, pays, pais, البلد, الدوله",
    "acronym": "acronym, abbreviation, short name, acronyme, sigle, acronimo, sigla, siglas, الاختصار",
    "signer": "signing as, signatory type, type of signatory, individual or organization, individual or organisation",
    "organization_type": "type, organization type, type d organisation, tipo, نوع",
    "description": "description, about, notes, note, descripcion, presentation, الوصف",
    "number": "no, number, num, nr, id, numero, n, رقم",
    "language": "language, langue, idioma, اللغه",
    "scope": "scope",
    "listing": "listing",
    "individual": "individual",
    "state": "state",
    "representative_name": "representative, representative name, contact, contact person, contact name, "
    "signatory, signatories, full name, representant, signataire, signataires, nom du representant, "
    "representante, nombre del representante, firmante, firmantes, الممثل, اسم الممثل",
    "organization_name": "organization, organisation, organization name, organisation name, name of "
    "organization, name of organisation, name, association, ngo, group, nom, nom de "
    "l organisation, organizacion, nombre, nombre de la organizacion, nombre de "
    "organizacion, entidad, المنظمه, اسم المنظمه, الجمعيه, المؤسسه, الاسم",
}
# Of our own exports alone: a part of another's header says nothing.
_WHOLE = {"consent_updates", "scope", "listing", "individual", "state", "signer"}
# Where no column is called an organization's, the one that is called so holds whoever signed.
_WHOEVER_SIGNED = {"signatory", "signatories", "signataire", "signataires", "firmante", "firmantes"}
_OURS = {"statement", "state", "organization", "listing", "text digest"}
# A letter's list (signon.letters.table) calls whoever signs "name", and says of what kind they are.
_LETTERS = {
    "number": "number", "name": "organization_name", "kind": "signer", "type": "organization_type",
    "country": "country", "country name": "", "scope": "scope", "later": "",
}  # fmt: skip

_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_WEB = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|ngo|info|int)(?:/\S*)?", re.IGNORECASE)
# A statement's own question; which there are is for signon.imports.question_cells to know.
_QUESTION = re.compile(r"question_\d{1,18}")
# So many rows are looked at for a header, and for what columns hold.
_HEAD, _SAMPLE = 10, 200


@dataclass
class Columns:
    """What a table's columns are called and which field each holds; `first` is the row below the header.

    `ours` says that this program exported it: what is in its cells is meant to the letter. `is_letter` says that it is
    the list of a letter, which names nobody who asked not to be named.
    """

    header: list[str]
    first: int
    fields: dict[str, str] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    ours: bool = False
    is_letter: bool = False

    @property
    def signature(self) -> str:
        """The same for every table with these headers: a mapping that was made for one is good for the next."""
        words = "\n".join(search_key(cell) for cell in self.header)
        return hashlib.sha256(words.encode()).hexdigest()


def find(table: Table, told: Mapping[str, str] | None = None) -> Columns:
    """Find the header and what its columns hold.

    `told` maps columns of the file to fields, before any guess ("" for a column that holds nothing of use). Raises
    Unreadable where it names what is not there. Whether a column for the organization was found is for `check`.
    """
    told = told or {}
    columns = _header(table, told)
    has = _has(columns.header)
    for column, name in told.items():
        if name and name not in FIELDS and not _QUESTION.fullmatch(name):
            known = ", ".join(sorted(FIELDS))
            raise Unreadable(
                _("There is no field “%(name)s”; the fields are %(known)s.") % {"name": name, "known": known}
            )
        if not any(_is_named(cell, column) for cell in columns.header):
            raise Unreadable(_("There is no column “%(column)s”: %(has)s.") % {"column": column, "has": has})
    settled = {cell for cell in columns.header for column in told if _is_named(cell, column)}
    fields = {told_as(cell, told): cell for cell in reversed(columns.header) if told_as(cell, told)}
    keys = {cell: _key(cell) for cell in columns.header}
    columns.is_letter = {*keys.values()} >= _LETTERS.keys()
    columns.ours = columns.is_letter or {*keys.values()} >= _OURS
    # Where a list is in groups, "group" says of which country or kind each row is, and another column names it.
    for cell in sorted(columns.header, key=lambda cell: keys[cell] == "group"):
        is_known = columns.is_letter and keys[cell] in _LETTERS
        # In a list of ours the words of a statement's own question are a heading too: a part of them says nothing.
        guess = _LETTERS[keys[cell]] if is_known else guess_header(cell, whole=columns.ours)
        if cell not in settled and guess:
            fields.setdefault(guess, cell)
    if "organization_name" not in fields and _key(fields.get("representative_name", "")) in _WHOEVER_SIGNED:
        fields["organization_name"] = fields.pop("representative_name")
    columns.fields = fields
    if not columns.ours:
        _guess_from_cells(table, columns, settled)
    return columns


def check_questions(told: Iterable[str], asked: Collection[str]) -> None:
    """Raise Unreadable where a column is told to answer a question that is not asked."""
    for name in told:
        if _QUESTION.fullmatch(name) and name not in asked:
            raise Unreadable(_("The statement does not ask “%(name)s”.") % {"name": name})


def columns_sample(table: Table, columns: Columns, most: int = 3) -> list[list[str]]:
    """The first few cells of each column that are not empty, for whoever tells what it holds."""
    samples: list[list[str]] = [[] for _column in columns.header]
    for row in table.rows[columns.first :][:_SAMPLE]:
        for sample, cell in zip(samples, row, strict=False):
            if cell.strip() and len(sample) < most and cell not in sample:
                sample.append(cell.strip()[:80])
    return samples


def check(columns: Columns) -> None:
    """Raise Unreadable where no column holds whoever signed."""
    if not {"organization_name", "individual"} & columns.fields.keys():
        has = _has(columns.header)
        raise Unreadable(_("No column is recognized as the organization's name: %(has)s.") % {"has": has})


def told_as(cell: str, told: Mapping[str, str]) -> str:
    """The field that was told for a column, "" for none."""
    return next((name for column, name in told.items() if _is_named(cell, column)), "")


def guess_header(cell: str, *, whole: bool = False) -> str:
    """The field that a header means, "" for none that we know; with `whole`, no part of it counts."""
    key = _key(cell)
    for name, phrases in _HEADERS.items():
        if key in phrases.split(", "):
            return name
    if whole:
        return ""
    for name, phrases in _HEADERS.items():
        parts = (phrase for phrase in phrases.split(", ") if len(phrase) > 3 and phrase not in _ALONE)
        if name not in _WHOLE and any(f" {phrase} " in f" {key} " for phrase in parts):
            return name
    return ""


def _header(table: Table, told: Mapping[str, str]) -> Columns:
    """The header: the first row, one below a title, or none, where the first row is one of those it would head."""
    width = max((len(row) for row in table.rows[: _HEAD + _SAMPLE]), default=0)
    best, at = 0, 0
    for number, row in enumerate(table.rows[:_HEAD]):
        if told and all(any(_is_named(cell, column) for cell in row) for column in told):
            best, at = width + 1, number
            break
        known = 0 if _is_data(row) else sum(bool(guess_header(cell, whole=width == 1)) for cell in row if cell.strip())
        if known > best and (number == 0 or known > 1):
            best, at = known, number
    if not best and width and (width == 1 or _is_data(table.rows[0])):
        return Columns(_distinct([""] * width), 0)
    return Columns(_distinct(table.rows[at]) if table.rows else [], at + 1)


def _is_data(row: list[str]) -> bool:
    """Whether a row holds what no header does: an address, a website, a country."""
    return any(
        _ADDRESS.fullmatch(cell.strip())
        or _WEB.fullmatch(cell.strip())
        or (len(cell.strip()) > 3 and countries.resolve(cell[:100], mends=False).how in ("name", "other name"))
        for cell in row
    )


def _guess_from_cells(table: Table, columns: Columns, settled: set[str]) -> None:
    """Give columns whose header says nothing what their cells look like."""
    if len(columns.header) == 1 and not settled:  # a list of names, whatever they look like
        columns.fields.setdefault("organization_name", columns.header[0])
    rows = table.rows[columns.first : columns.first + _SAMPLE]
    taken = {*columns.fields.values(), *settled}
    cells = {
        name: [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        for at, name in enumerate(columns.header)
        if name not in taken
    }
    for wanted, share, looks in (
        ("email", 0.8, lambda cell: bool(_ADDRESS.fullmatch(cell))),
        ("website", 0.8, lambda cell: bool(_WEB.fullmatch(cell))),
        ("country", 0.6, _is_place),
        ("organization_name", 0.9, lambda cell: sum(map(str.isalpha, cell)) > 1),
    ):
        if wanted in columns.fields:
            continue
        for name, found in cells.items():
            distinct = len({*found}) > len(found) / 2 or wanted != "organization_name"
            if found and distinct and sum(map(looks, found)) >= share * len(found):
                columns.fields[wanted] = name
                columns.guessed.add(name)
                del cells[name]
                break


def _is_place(cell: str) -> bool:
    found = countries.resolve(cell[:100])
    return bool(found.code or found.scope or found.candidates) and not cell.isdigit()


def _key(cell: str) -> str:
    return search_key(cell[:200].replace("_", " "))


def _is_named(cell: str, column: str) -> bool:
    return search_key(cell) == search_key(column)


def _distinct(header: list[str]) -> list[str]:
    distinct: list[str] = []
    for place, cell in enumerate(header, 1):
        words = " ".join(cell.split())[:200] or _letter(place)
        distinct.append(words if words not in distinct else f"{words} ({place})")
    return distinct


def _letter(place: int) -> str:
    """What a spreadsheet calls a column, in every language: A, …, Z, AA, …"""
    before, last = divmod(place - 1, 26)
    return (_letter(before) if before else "") + chr(ord("A") + last)


def _has(header: list[str]) -> str:
    named = ", ".join(f"“{cell[:60]}”" for cell in header[:30])
    return _("the file has %(columns)s") % {"columns": named} if header else _("the file is empty")
