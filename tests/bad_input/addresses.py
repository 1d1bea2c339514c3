"""Every address of the site, how it is written, and what its pages ask for: found from the site, not from a list."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urljoin, urlsplit

from bs4 import BeautifulSoup
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils.regex_helper import normalize

from signon.finding import query_strings
from tests.bad_input.asking import Ask, Request
from tests.stack import CHECKOUT, Answer

LANGUAGES = ("", "fr/", "es/", "ar/")
# So many ways to fill in the parameters of one address are tried to find one that leads somewhere.
MOST_TRIED = 60


class Place(Protocol):
    """What stands behind the addresses."""

    def values(self, address: Address, name: str) -> list[Any]:
        """Those that a parameter of an address may have; one of them leads somewhere, if any does."""


@dataclass
class Form:
    """A form of a page: where it is posted to, and what a browser would post."""

    path: str
    fields: dict[str, list[str]]
    files: list[str]
    is_multipart: bool


@dataclass
class Address:
    """`template` has %(name)s for each parameter; `opens` holds values that lead somewhere, if some were found."""

    name: str
    template: str
    parameters: tuple[str, ...]
    has_languages: bool
    opens: dict[str, str] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def path(self, language: str = "", **values: str) -> str:
        """The path with these values, which are percent-encoded already, in place of those that lead somewhere."""
        given = dict.fromkeys(self.parameters, "1") | self.opens | values
        return "/" + (language if self.has_languages else "") + self.template % given

    @property
    def is_staffs(self) -> bool:
        return self.template.startswith(("desk/", "admin/"))


def all_of_them() -> Iterator[Address]:
    """Every address that the site has, named or not, as its patterns say."""
    for patterns, name in _leaves(get_resolver(), (), ""):
        template, taken = "", []
        for pattern in patterns:
            if not isinstance(pattern, LocalePrefixPattern):
                part, parameters = normalize(pattern.regex.pattern)[0]
                template += part
                taken += parameters
        has_languages = any(isinstance(pattern, LocalePrefixPattern) for pattern in patterns)
        yield Address(name or template, template.lstrip("/"), tuple(taken), has_languages)


def _leaves(resolver: URLResolver, before: tuple[Any, ...], space: str) -> Iterator[tuple[tuple[Any, ...], str]]:
    for each in resolver.url_patterns:
        patterns = (*before, each.pattern)
        if isinstance(each, URLResolver):
            yield from _leaves(each, patterns, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            yield patterns, f"{space}{each.name}" if each.name else ""


@cache
def asked_for() -> list[str]:
    """The names that the site's code looks for in query strings and in what is posted."""
    taken = re.compile(r"\b(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*\"([\w-]+)\"")
    files = (path for app in ("campaigns", "signon", "config") for path in Path(CHECKOUT, app).rglob("*.py"))
    found = {name for path in files for name in taken.findall(path.read_text(encoding="utf-8"))}
    for form in query_strings.AskedForm.__subclasses__():
        found |= set(form.base_fields)
    return sorted(found | {"next", "limit", "cursor", "_method", "token"})


def look(address: Address, place: Place, ask: Ask) -> None:
    """Find values that lead somewhere, and the forms and query strings of the page that they lead to."""
    choices = [[quote(str(each), safe="/:") for each in place.values(address, name)] for name in address.parameters]
    page = None
    for values in itertools.islice(itertools.product(*choices), MOST_TRIED):
        address.opens = dict(zip(address.parameters, values, strict=True))
        page = ask(Request("GET", address.path()))
        # What is only posted to leads every GET away.
        if page.status in (200, 422) or (page.status in (302, 405) and _takes(address, ask)):
            break
    if page and page.headers.get("Content-Type", "").startswith("text/html"):
        _read(address, page)


def _takes(address: Address, ask: Ask) -> bool:
    answer = ask(Request("POST", address.path(), content_type="application/x-www-form-urlencoded"))
    return answer.status in (200, 302, 422)


def _read(address: Address, answer: Answer) -> None:
    page, path = BeautifulSoup(answer.body, "lxml"), address.path()
    for found in page.find_all("form"):
        fields = _fields(found)
        if str(found.get("method", "get")).lower() == "get":
            address.queries += [name for name in fields if name not in address.queries]
            continue
        action = urlsplit(urljoin(path, str(found.get("action") or path))).path
        files = [str(each["name"]) for each in found.find_all("input", type="file") if each.get("name")]
        address.forms.append(Form(action, fields, files, found.get("enctype") == "multipart/form-data"))
    for link in page.find_all("a", href=re.compile(r"\?")):
        names = dict.fromkeys(re.findall(r"[?&]([\w-]+)=", str(link["href"])))
        address.queries += [name for name in names if name not in address.queries]


def _fields(form: Any) -> dict[str, list[str]]:
    """What a browser would post, with a word in each field that is empty."""
    fields: dict[str, list[str]] = {}
    for each in form.find_all(["input", "select", "textarea", "button"]):
        if name := each.get("name"):
            fields.setdefault(name, []).extend(_value(each))
    return fields


def _value(each: Any) -> list[str]:
    if each.name == "select":
        options = [option.get("value", "") for option in each.find_all("option")]
        return [next((option for option in options if option not in ("", "-")), "")]
    if each.name == "textarea":
        return [each.get_text() or "Some words."]
    kind = each.get("type", "text")
    if kind in ("submit", "file", "image") or each.name == "button":
        return [each["value"]] if each.get("value") else []
    words = {"email": "typed@place.example", "url": "https://place.example", "number": "1", "checkbox": "on",
             "date": "2026-01-31", "hidden": ""}  # fmt: skip
    return [each.get("value") or words.get(kind, "Some words")]
