"""Forms of an organization's own profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from campaigns import languages
from signon.fields import WEBSITE, NameField, WebsiteField
from signon.models import Organization, Profile, ProfileName
from signon.people.presenting import Said
from signon.privacy import consent

OPTIONS: dict[str, Any] = {"use_required_attribute": False}
# What organizations of the world write in most; another one is chosen from the list of all.
OFTEN = (
    "ar", "bn", "de", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "nl", "pt", "ru", "sw", "th", "tl", "tr",
    "ur", "vi", "zh-hans",
)  # fmt: skip


class ProfileForm(forms.Form):
    """All but the names. Nothing is shown, and nothing is hidden, before somebody said so."""

    in_directory = forms.TypedChoiceField(
        label=consent.DIRECTORY,
        choices=[
            ("yes", consent.IN_DIRECTORY),
            ("no", consent.NOT_IN_DIRECTORY),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether we may show your organization in the directory.")},
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, at most 20 MB. We make it anew, in small."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    removes_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    website = WebsiteField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": WEBSITE},
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "url"}),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages that you work in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    another = forms.ChoiceField(label=_("Another language"), required=False)

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        agreed = {True: "yes", False: "no", None: ""}[profile.in_directory]
        initial = {"in_directory": agreed, "website": profile.website, "languages": profile.languages}
        super().__init__(*args, **(OPTIONS | {"initial": initial} | kwargs))
        often = dict.fromkeys([*OFTEN, *profile.languages])
        fields: dict[str, Any] = dict(self.fields)
        fields["languages"].choices = languages.choices(often)
        fields["another"].choices = [("", "–"), *languages.others(often)]
        if not profile.logo:
            del self.fields["removes_logo"]

    def said(self, names: list[tuple[str, str, str]]) -> Said:
        """What presenting.change takes, with the names beside it."""
        given = self.cleaned_data
        chosen = sorted({*given["languages"], *filter(None, [given["another"]])})
        return Said(
            in_directory=given["in_directory"],
            website=given["website"],
            languages=chosen,
            names=names,
            logo=given["logo"] or None,
            removes_logo=given.get("removes_logo", False),
        )


class ProfileNameForm(forms.Form):
    """One other name; a row without one is left out."""

    name = NameField(label=_("Name"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("What it is"), choices=ProfileName.Kind.choices)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))
        fields: dict[str, Any] = dict(self.fields)
        fields["language"].choices = [("", "–"), *languages.others(())]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("name") and given.get("kind") == ProfileName.Kind.LANGUAGE and not given.get("language"):
            self.add_error(
                "language", _("Choose the language of this name. For an earlier name choose “Former name” instead.")
            )
        return given


ProfileNames = formset_factory(ProfileNameForm, extra=2, max_num=20, validate_max=True)


def names_in(rows: Any) -> list[tuple[str, str, str]]:
    """The names that were typed in the rows, which are valid."""
    given = [row.cleaned_data for row in rows if row.cleaned_data.get("name")]
    return [(each["name"], each["kind"], each["language"]) for each in given]


class OfficialNameForm(forms.Form):
    name = NameField(
        label=_("Official name"), max_length=300, error_messages={"required": _("Write the official name.")}
    )
    acronym = NameField(label=_("Acronym"), max_length=60, required=False)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        initial = {"name": organization.name, "acronym": organization.acronym}
        super().__init__(*args, **(OPTIONS | {"initial": initial} | kwargs))
