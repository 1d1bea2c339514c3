"""Forms of the steps of an import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signon.fields import NameField, WebsiteField
from signon.geography import countries
from signon.imports import tables
from signon.imports.columns import FIELDS, Columns
from signon.mail import addresses
from signon.models import Import, ImportRow, Organization, SignOn


class SourceForm(forms.Form):
    """Step 1: a file, or pasted text."""

    file = forms.FileField(
        label=_("A spreadsheet"),
        required=False,
        allow_empty_file=True,
        help_text=_("Excel (.xlsx), LibreOffice (.ods), CSV, or JSON of our own export; up to 50,000 rows or 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.tsv,.txt,.json"}),
    )
    text = forms.CharField(
        label=_("Or paste the list"),
        required=False,
        strip=False,
        max_length=2_000_000,
        help_text=_("One organization a line, or cells copied from a spreadsheet with their headers."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file and (file.size or 0) > tables.MAX_BYTES:
            raise ValidationError(_("The file is larger than 20 MB; split it."))
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("file")) == bool((given.get("text") or "").strip()):
            raise ValidationError(_("Choose a file, or paste a list: one of the two."))
        return given


class ReadingForm(forms.Form):
    """How the file is read, where it came out wrong."""

    encoding = forms.ChoiceField(label=_("Encoding of the letters"), required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)

    def __init__(self, *args: Any, table: tables.Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if table.encoding:
            encoding = {"utf-8-sig": "utf-8"}.get(table.encoding, table.encoding)
            self.fields["encoding"].choices = list(tables.ENCODINGS.items())  # type: ignore[attr-defined]
            self.fields["encoding"].initial = encoding
        else:
            del self.fields["encoding"]
        if len(table.sheets) > 1:
            self.fields["sheet"].choices = [(name, name) for name in table.sheets]  # type: ignore[attr-defined]
            self.fields["sheet"].initial = table.sheet
        else:
            del self.fields["sheet"]


class ToldColumnsForm(forms.Form):
    """What each column of a list holds. `held` are the fields that it may hold, with their names."""

    def __init__(self, *args: Any, columns: Columns, held: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self._fields = columns, dict(held)
        guessed = {column: name for name, column in columns.fields.items()}
        for at, column in enumerate(columns.header):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=[("", _("Leave out")), *self._fields.items()],
                initial=guessed.get(column, ""),
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = [name for name in self.told().values() if name]
        for name in sorted({name for name in chosen if chosen.count(name) > 1}):
            fault = _("Two columns are chosen as “%(field)s”.") % {"field": self._fields[name]}
            last = max(at for at, held in enumerate(self.told().values()) if held == name)
            self.add_error(f"column-{last}", fault)
        if not {"organization_name", "individual"} & set(chosen):
            raise ValidationError(_("Choose the column that holds the organization’s name."))
        return given

    def told(self) -> dict[str, str]:
        """What each column holds, "" for nothing of use."""
        return {column: self.cleaned_data.get(f"column-{at}", "") for at, column in enumerate(self.columns.header)}


class ColumnsForm(ToldColumnsForm):
    """Step 2: what each column holds, where the list is from, and with what consent."""

    source = forms.CharField(
        label=_("Where and when was it published or signed?"),
        max_length=300,
        help_text=_("For example: open letter on the network’s website, 30 April 2020. It is kept with every sign-on."),
    )
    consent = forms.ChoiceField(
        label=_("Have they agreed to be listed here?"),
        choices=Import.Consent.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how those on the list have agreed to be listed.")},
    )

    def __init__(self, *args: Any, columns: Columns, questions: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, columns=columns, held={**FIELDS, **(questions or {})}, **kwargs)


class RowForm(forms.Form):
    """Step 3: one row, mended in place. A country is written as people write it."""

    name = NameField(label=_("Name"), max_length=300)
    acronym = NameField(label=_("Acronym"), max_length=60, required=False)
    country = forms.CharField(label=_("Country"), max_length=100, required=False)
    scope = forms.ChoiceField(
        label=_("If it has no country"),
        required=False,
        choices=[choice for choice in Organization.Scope.choices if choice[0] != Organization.Scope.NATIONAL],
    )
    website = WebsiteField(label=_("Website"), required=False, assume_scheme="https")
    email = forms.CharField(label=_("E-mail address"), required=False, max_length=254)

    def __init__(self, *args: Any, row: ImportRow, **kwargs: Any) -> None:
        language = get_language() or settings.LANGUAGE_CODE
        values = row.values
        self.row, self.is_individual = row, values.get("signer") == SignOn.Signer.INDIVIDUAL
        initial = {
            "name": row.name,
            "acronym": values.get("acronym", ""),
            "country": countries.name(values.get("country", ""), language),
            "scope": values.get("scope") if not values.get("country") else Organization.Scope.INTERNATIONAL,
            "website": values.get("website", ""),
            "email": values.get("email", ""),
        }
        super().__init__(*args, **{"auto_id": f"row-{row.number}-%s", "initial": initial, **kwargs})
        self.fields["country"].widget.attrs["list"] = "countries"
        if self.is_individual:
            del self.fields["acronym"]

    def clean_country(self) -> str:
        printed = " ".join(self.cleaned_data["country"].split())
        if not printed:
            return ""
        found = countries.resolve(printed)
        if found.code:
            return found.code
        language = get_language() or settings.LANGUAGE_CODE
        names = [countries.name(code, language) for code in found.candidates]
        if names:
            words = _("“%(printed)s” could be %(countries)s. Write the one that is meant.")
            raise ValidationError(words % {"printed": printed, "countries": ", ".join(names)})
        raise ValidationError(_("“%(printed)s” is no country that we know.") % {"printed": printed})

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"]) if self.cleaned_data["email"] else ""

    def values(self) -> dict[str, str]:
        """Fields of the row as they are now."""
        given = dict(self.cleaned_data)
        given["representative_name" if self.is_individual else "organization_name"] = given.pop("name")
        given["scope"] = Organization.Scope.NATIONAL if given["country"] else given["scope"] or "international"
        return given
