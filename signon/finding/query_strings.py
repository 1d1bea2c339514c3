"""Query strings of the pages that find something: what was asked and can be answered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns import searching
from signon.fields import NameField
from signon.finding import directory, list_order
from signon.geography import countries
from signon.models import Organization


class AskedForm(forms.Form):
    """A query string; what cannot be answered is as if it had not been asked."""

    def asked(self) -> dict[str, str]:
        """Every field with what was asked, "" where nothing was."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class DirectoryForm(AskedForm):
    """Of the directory of organizations."""

    q = NameField(label=_("Find a name"), required=False, max_length=100)
    country = forms.CharField(required=False, max_length=13)
    type = forms.ChoiceField(choices=[("", ""), *Organization.Type.choices], required=False)
    before = forms.CharField(required=False, max_length=120)
    after = forms.CharField(required=False, max_length=120)

    def clean_country(self) -> str:
        code = self.cleaned_data["country"]
        if code in directory.SCOPES:
            return str(code)
        return code.upper() if code.upper() in countries.CODES else ""


class SearchForm(AskedForm):
    """Of the search over everything; of what is too long the beginning is searched for."""

    q = forms.CharField(required=False)
    page = forms.RegexField(r"^[1-9]\d?$", required=False)

    def clean_q(self) -> str:
        return " ".join(self.cleaned_data["q"].split())[: searching.LONGEST].strip()


class ListForm(AskedForm):
    """The query string of the list of signatories."""

    country = forms.CharField(required=False, max_length=2)
    scope = forms.ChoiceField(choices=[("", ""), *Organization.Scope.choices], required=False)
    type = forms.ChoiceField(choices=[("", ""), *Organization.Type.choices, ("individual", "")], required=False)
    q = NameField(label=_("Search by name"), required=False, max_length=100)
    before = forms.RegexField(r"^\d{1,18}$", required=False)
    after = forms.RegexField(r"^\d{1,18}$", required=False)
    letter = forms.CharField(required=False, max_length=1)

    def clean_letter(self) -> str:
        letter = self.cleaned_data["letter"]
        return letter if list_order.is_letter(letter) else ""

    def clean_country(self) -> str:
        code = self.cleaned_data["country"].upper()
        return code if code in countries.CODES else ""
