"""What staff choose before a list leaves the building."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signon.exports.export_choice import Choice
from signon.geography import countries
from signon.models import Export, Organization, SignOn
from signon.resources import CONTACTS, SignatoryResource

ORDERS = {
    "country": _("By country"),
    "name": _("By the organization’s name"),
    "type": _("By type"),
    "newest": _("The newest first"),
}
HEADINGS = {
    "own": _("Our own"),
    "action_network": "Action Network",
    "civicrm": "CiviCRM",
    "mailchimp": "Mailchimp",
}


LISTS = [(form.value, form.label) for form in Export.Format if form.value in Export.LISTS]


class DayField(forms.DateField):
    """A day of these times, so that the next one is a day too."""

    default_validators = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 1, 1))]


class ExportForm(forms.Form):
    """Which sign-ons, which columns and in which form; read from the query string, so that a choice has an address."""

    states = forms.MultipleChoiceField(
        label=_("Sign-ons that are"), choices=SignOn.State, widget=forms.CheckboxSelectMultiple
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    scope = forms.ChoiceField(label=_("Scope"), required=False)
    organization_type = forms.ChoiceField(label=_("Type"), required=False)
    text_language = forms.ChoiceField(label=_("Language that was signed"), required=False)
    signed_from = DayField(label=_("Signed from"), required=False, help_text=_("A day in UTC."))
    signed_to = DayField(label=_("Signed up to"), required=False)
    query = forms.CharField(label=_("Words of the name"), required=False, max_length=200)
    with_consent = forms.BooleanField(label=_("Only who wants updates"), required=False)
    columns = forms.MultipleChoiceField(label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple)
    contacts = forms.BooleanField(
        label=_("With representatives, their addresses and names that are kept back"),
        required=False,
        help_text=_("Only where you need them. Keep such a file to yourself, and remove it soon."),
    )
    order = forms.ChoiceField(label=_("Order"), choices=list(ORDERS.items()), required=False)
    grouped = forms.BooleanField(label=_("With the country or type in a first column"), required=False)
    headings = forms.ChoiceField(
        label=_("Names of the columns"),
        choices=list(HEADINGS.items()),
        required=False,
        help_text=_("So that another program knows them when it imports the list."),
    )
    format = forms.ChoiceField(label=_("Format"), choices=LISTS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, resource: type[SignatoryResource], may_have_contacts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False, **kwargs})
        columns = resource.columns()
        self._columns = list(columns)
        self._of_people = {*CONTACTS, *(name for name, column in columns.items() if column.private)}
        every: list[tuple[str, Any]] = [("", _("All"))]
        choices_of: dict[str, Any] = {
            "country": [("-", _("Regional or international")), *countries.choices(get_language() or "en")],
            "scope": Organization.Scope.choices,
            "organization_type": Organization.Type.choices,
            "text_language": settings.LANGUAGES,
        }
        for name, choices in choices_of.items():
            self.fields[name].choices = every + list(choices)  # type: ignore[attr-defined]
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (name, str(columns[name].column_name)) for name in self._in_order()
        ]
        for name in ("signed_from", "signed_to"):
            self.fields[name].widget.input_type = "date"
        if not may_have_contacts:
            del self.fields["contacts"]

    def _in_order(self) -> list[str]:
        """Those that were chosen as they were chosen, then the others: a form that is sent again keeps its order."""
        given = self.data.getlist("columns") if isinstance(self.data, QueryDict) else []
        chosen = [name for name in dict.fromkeys(given) if name in self._columns]
        return chosen + [name for name in self._columns if name not in chosen]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("signed_from") and given.get("signed_to") and given["signed_from"] > given["signed_to"]:
            self.add_error("signed_to", _("This is before the day from which you ask."))
        of_people = [name for name in given.get("columns", ()) if name in self._of_people]
        if of_people and "contacts" in self.fields and not given.get("contacts"):
            message = _("Tick this as well: you chose %(columns)s.") % {"columns": ", ".join(of_people)}
            self.add_error("contacts", message)
        return given

    def choice(self, statement: str) -> Choice:
        """What was chosen, of one statement (its short name)."""
        given = dict(self.cleaned_data)
        given.pop("format")
        for name in ("signed_from", "signed_to"):
            given[name] = given[name].isoformat() if given[name] else ""
        given |= {"order": given["order"] or "country", "headings": given["headings"] or "own", "statement": statement}
        if set(given["columns"]) == set(self._columns) and list(given["columns"]) == self._columns:
            given["columns"] = []  # all of them, also those that a later version adds
        return Choice.read(given)


class PresetForm(forms.Form):
    """A name under which a choice is kept."""

    name = forms.CharField(label=_("Keep this choice as"), max_length=80)
