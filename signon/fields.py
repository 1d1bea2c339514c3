"""Fields that several forms have: names, addresses of pages, the country."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signon.geography import countries
from signon.mail import addresses
from signon.models import Organization
from signon.naming import names

# What the country's select holds before somebody chose. Nobody becomes international by overlooking it.
UNCHOSEN = "-"


class SharedFields(dict[str, forms.Field]):
    """The fields of a form that very many post at once: each form has copies of them, not of what they are made of.

    A form may give its copy another label or help text. Widgets, choices, validators and messages are the same for all
    forms and are not to be changed. Copying those, as Django does, would take a tenth of the time of a post.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {name: copy.copy(field) for name, field in self.items()}


class NameField(forms.CharField):
    """One line of text as people type it: normalized, and refused where it holds what no name does."""

    def to_python(self, value: Any) -> str:
        try:
            return names.clean(super().to_python(value) or "")
        except names.Refused as error:
            raise forms.ValidationError(error.message, code=error.code) from error


WEBSITE = _("Enter an address like organization.org.")


class WebsiteField(forms.URLField):
    default_validators = [URLValidator(schemes=["http", "https"], message=WEBSITE)]


class AddressField(forms.EmailField):
    """An e-mail address as it is mailed (signon.mail.addresses.clean); "" where none is wanted and none was typed."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return addresses.clean(typed) if typed else ""


class CountrySelect(forms.Select):
    """A select whose options carry the other names that a country is looked for by."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """As Django's template has it; the lines of 250 countries are made once for each language."""
        chosen = self.format_value(value)
        choices = tuple((str(code), str(label)) for code, label in self.choices)
        options = _options(choices, get_language() or "en")
        lines = ((selected if code in chosen else plain,) for code, plain, selected in options)
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        rows = format_html_join("\n", "{}", lines)
        return format_html('<select name="{}"{}>\n{}\n</select>', name, attributes, rows)


@lru_cache(maxsize=16)
def _options(choices: tuple[tuple[str, str], ...], language: str) -> list[tuple[str, SafeString, SafeString]]:
    """Each choice's code and its line, not selected and selected."""
    found = []
    for code, label in choices:
        others = countries.other_names(code, language) if code else ()
        told = {"data-other-names": "|".join(others)} if others else {}
        lines = [
            format_html('  <option value="{}"{}>{}</option>', code, flatatt(told | selected), label)
            for selected in ({}, {"selected": True})
        ]
        found.append((code, lines[0], lines[1]))
    return found


class CountryField(forms.ChoiceField):
    """Compares what was posted with the codes alone: Django's way puts 250 names in order for it."""

    def valid_value(self, value: Any) -> bool:
        return value in ("", UNCHOSEN, *countries.CODES)


def country_choices() -> list[tuple[str, Any]]:
    """ISO 3166-1 codes and names in the reader's language and its order, behind the line for "no single country"."""
    return [
        (UNCHOSEN, _("Please choose")),
        ("", _("International or regional")),
        *countries.choices(get_language() or "en"),
    ]


ADDRESS_ERRORS = {
    "required": _("Enter your e-mail address."),
    "invalid": addresses.INVALID,
}
# "National" is for programs that post the form; people choose a country for that.
SCOPES = [
    ("", _("International")),
    (Organization.Scope.REGIONAL, _("Regional")),
    (Organization.Scope.INTERNATIONAL, _("International")),
    (Organization.Scope.NATIONAL, _("National or local")),
]


class ScopeSelect(forms.Select):
    """Shows only the two choices that make sense without a country; the others are accepted, not offered."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        return [group for group in super().optgroups(name, value, attrs) if group[1][0]["value"] in ("", "regional")]
