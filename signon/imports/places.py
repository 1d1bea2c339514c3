"""Where an organization of a list is at home, and how that was found; what is ambiguous is asked, never guessed."""

from __future__ import annotations

from collections.abc import Mapping

from signon.geography import countries
from signon.imports.columns import Columns
from signon.imports.headings import Heading
from signon.imports.rows import Row
from signon.imports.scopes import judge_scope
from signon.naming.name_parts import country_of_town
from signon.naming.names import search_key

# What is a country even though it is so short.
_SHORT = ("UK", "USA", "UAE", "DRC")


def place(row: Row, values: Mapping[str, str], found: Columns, heading: Heading | None) -> None:
    """Set country and scope of a row, from its cell, its name, the heading above, or its words, in this order."""
    printed = " ".join(values.get("country", "").split())
    told = search_key(values.get("scope", ""))
    if printed:
        _resolve(row, printed)
    elif told in ("regional", "international"):
        row.scope = "regional" if told == "regional" else "international"
        row.note("told_scope", scope=row.scope)
    elif found.ours or row.is_individual or not (_at_end(row) or (not row.description and _in_name(row))):
        # An empty cell beside a description is meant: a network of several countries is told in words.
        _by_heading(row, heading)


def _resolve(row: Row, printed: str) -> None:
    resolved = countries.resolve(printed[:200])
    code, how = (resolved.code, str(resolved.how)) if resolved.code else (country_of_town(printed[:200]), "town")
    if resolved.scope:
        row.scope = resolved.scope
        row.note("no_country", printed=printed, scope=row.scope)
    elif resolved.candidates:
        row.refuse("ambiguous", printed=printed, codes=list(resolved.candidates))
    elif code:
        row.set_country(code)
        row.note("country", printed=printed, of=code, how=how)
    else:
        row.refuse("unknown_country", printed=printed)


def _at_end(row: Row) -> bool:
    """ "Ashar Alo Society (AAS), Bangladesh": what stands behind the last comma is an address."""
    name, comma, tail = row.organization_name.rpartition(",")
    resolved = countries.resolve(tail.strip(), mends=False) if comma and len(tail.strip()) > 1 else None
    if not resolved or not name.strip() or resolved.how not in ("code", "name", "other name", "ambiguous"):
        return False
    if resolved.candidates:
        row.refuse("ambiguous", printed=tail.strip(), codes=list(resolved.candidates))
        return True
    row.organization_name = name.strip()
    row.set_country(resolved.code or "")
    row.note("at_end", printed=tail.strip(), of=row.country)
    if not row.acronym:
        row.split_acronym()
    return True


def _in_name(row: Row) -> bool:
    """ "ACTS101 Uganda": a country's name within, the last of several; one that could be two is asked."""
    words = row.organization_name.replace("(", " ").replace(")", " ").split()[:40]
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - 4), end):
            part = " ".join(words[start:end]).strip(",.-–—")
            if len(part) < 4 and part not in _SHORT:
                continue
            resolved = countries.resolve(part, mends=False)
            if resolved.how == "ambiguous":
                row.refuse("ambiguous", printed=part, codes=list(resolved.candidates))
                return True
            if resolved.code and (resolved.how in ("name", "other name") or part in _SHORT):
                row.set_country(resolved.code)
                row.note("in_name", of=row.country)
                return True
    return False


def _by_heading(row: Row, heading: Heading | None) -> None:
    if heading and heading.country:
        row.set_country(heading.country)
        row.note("heading_country", heading=heading.printed, of=heading.country)
    elif heading and heading.scope == "national":
        row.refuse("needs_country", heading=heading.printed)
    elif heading and heading.scope in ("regional", "international"):
        row.scope = "regional" if heading.scope == "regional" else "international"
        row.note("heading_scope", heading=heading.printed, scope=row.scope)
    else:
        row.scope = judge_scope(row.organization_name, row.description)
        row.note("judged", scope=row.scope)
