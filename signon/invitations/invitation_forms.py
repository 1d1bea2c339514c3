"""Forms of invitations: of whoever was invited, and of the organizers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon.fields import NameField, WebsiteField
from signon.geography import countries
from signon.imports.columns import FIELDS, columns_sample
from signon.imports.columns import find as find_columns
from signon.imports.import_forms import SourceForm, ToldColumnsForm
from signon.imports.tables import Table
from signon.invitations import guest_tables
from signon.mail import addresses
from signon.models import Invitation, InvitationWords, Inviting, Organization, Source, User

# What a column of a guest list may hold.
GUEST_FIELDS = {
    "organization_name", "acronym", "country", "scope", "website", "representative_name", "email", "language",
    "organization_type", "signer", "individual", "number",
}  # fmt: skip


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why? (optional; for the organizers and whoever has this link)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QuestionForm(forms.Form):
    words = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write your question.")},
    )


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language of the mail"), choices=settings.LANGUAGES, help_text=_("For those whose row says none.")
    )


class GuestListForm(SourceForm):
    """A file or a pasted list of whom to invite."""

    language = _language()


class GuestColumnsForm(ToldColumnsForm):
    """What each column of that list holds. The list itself goes along in the form: it is kept once it is told."""

    table = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=guest_tables.MOST_BYTES)
    language = forms.ChoiceField(widget=forms.HiddenInput, choices=settings.LANGUAGES)

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        columns = find_columns(table)
        held = {name: label for name, label in FIELDS.items() if name in GUEST_FIELDS}
        held["representative_name"] = _("Contact")
        super().__init__(*args, columns=columns, held=held, **{"auto_id": "columns-%s", **kwargs})
        self.initial["table"] = guest_tables.packed(table)
        self.shown = [(self[f"column-{at}"], cells) for at, cells in enumerate(columns_sample(table, columns))]
        self.has_header, self.rows = columns.first > 0, len(table.rows) - columns.first


class EarlierForm(forms.Form):
    """All organizations that signed an earlier statement."""

    statement = forms.ModelChoiceField(Statement.objects.none(), label=_("Signatories of"))
    language = _language()

    def __init__(self, *args: Any, statements: QuerySet[Statement], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "earlier-%s", **kwargs})
        chosen: Any = self.fields["statement"]
        chosen.queryset, chosen.empty_label = statements, _("Please choose")
        chosen.label_from_instance = lambda statement: statement.title


class DirectoryForm(forms.Form):
    """What of the directory somebody looks at."""

    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    country = forms.ChoiceField(label=_("Country"), required=False)
    kind = forms.ChoiceField(label=_("Type"), required=False, choices=[("", _("All")), *Organization.Type.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "directory-%s", **kwargs})
        places = countries.choices(get_language() or "en")
        self.fields["country"].choices = [("", _("All")), ("-", _("Regional or international")), *places]  # type: ignore[attr-defined]


class PlannedForm(forms.Form):
    """One row of a list, mended before it is sent."""

    organization_name = NameField(label=_("Name"), max_length=300)
    acronym = NameField(label=_("Acronym"), max_length=60, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    website = WebsiteField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    contact_name = NameField(label=_("Contact"), max_length=200, required=False)
    email = forms.CharField(label=_("E-mail address"), required=False, max_length=254)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        initial = {name: getattr(invitation, name) for name in self.base_fields}
        super().__init__(*args, **{"initial": initial, **kwargs})
        places = countries.choices(get_language() or "en")
        self.fields["country"].choices = [("", _("International or regional")), *places]  # type: ignore[attr-defined]
        self.scope = invitation.scope

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"]) if self.cleaned_data["email"] else ""

    def values(self) -> dict[str, Any]:
        """The invitation's fields as they are now; without a country it is regional only where it was so before."""
        scopes = Organization.Scope
        without = scopes.REGIONAL if self.scope == scopes.REGIONAL else scopes.INTERNATIONAL
        return {**self.cleaned_data, "scope": scopes.NATIONAL if self.cleaned_data["country"] else without}


class ContactForm(forms.ModelForm):
    """Whom an invitation goes to."""

    class Meta:
        model = Invitation
        fields = ["contact_name", "email", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "contact-%s", **kwargs})

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"]) if self.cleaned_data["email"] else ""


class LookAfterForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label=_("Who looks after it"), required=False)

    def __init__(self, *args: Any, staff: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "assign-%s", **kwargs})
        chosen: Any = self.fields["to"]
        chosen.queryset, chosen.empty_label = staff, _("Nobody in particular")


class WordsForm(forms.ModelForm):
    """What staff add to the invitations in one language; left empty, nothing is added."""

    class Meta:
        model = InvitationWords
        fields = ["words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 6})}


class InvitingForm(forms.ModelForm):
    """When those who have not answered are reminded by themselves."""

    class Meta:
        model = Inviting
        fields = ["remind_before"]

    remind_before = forms.IntegerField(
        label=_("Remind by itself so many days before the deadline"), required=False, min_value=1, max_value=60,
        help_text=_("Left empty, nobody is reminded unless you press the button."),
    )  # fmt: skip


class SourceCodeForm(forms.ModelForm):
    """A partner and the code in its link."""

    class Meta:
        model = Source
        fields = ["name", "code"]
        help_texts = {
            "name": _("An organization, a list or a page; never a person."),
            "code": _("Short, of lower-case letters, digits and hyphens. Everybody who gets the link sees it."),
        }

    def validate_unique(self) -> None:
        """The verb says so: the statement is not in the form."""
