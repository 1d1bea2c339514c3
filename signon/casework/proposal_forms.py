"""Forms of what is proposed: another name as listed, another representative, another language of mails."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from signon.fields import AddressField, NameField
from signon.mail import addresses
from signon.privacy import consent

OPTIONS: dict[str, Any] = {"use_required_attribute": False}


class ListedNameForm(forms.Form):
    name = NameField(
        label=_("Name as it should stand in the list"),
        max_length=510,
        error_messages={"required": _("Write the name as it should stand in the list.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))


class RepresentativeForm(forms.Form):
    name = NameField(
        label=_("Name of the new representative"), max_length=200,
        error_messages={"required": _("Write the name of the new representative.")},
    )  # fmt: skip
    title = NameField(label=_("Title or role"), max_length=200, required=False)
    email = AddressField(
        label=_("E-mail address of the new representative"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address of the new representative."),
            "invalid": addresses.INVALID,
        },
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_("Best one at the organization’s own domain. The link to confirm goes there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))


class RepresentForm(forms.Form):
    """What the new representative agrees to."""

    authorized = forms.BooleanField(
        label=consent.REPRESENTS,
        error_messages={"required": _("Tick the box to say that you may represent the organization.")},
    )
    consent_updates = forms.BooleanField(label=consent.UPDATES_TO_REPRESENTATIVE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of our mails to you"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))
