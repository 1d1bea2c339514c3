"""What a signer may send, and how it is cleaned. The names of the fields are fixed: programs post them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon.fields import (
    ADDRESS_ERRORS,
    SCOPES,
    UNCHOSEN,
    WEBSITE,
    AddressField,
    CountryField,
    CountrySelect,
    NameField,
    ScopeSelect,
    SharedFields,
    WebsiteField,
    country_choices,
)
from signon.models import Organization, OwnAnswer, OwnQuestion, SignOn, Source
from signon.models.source import is_code, query
from signon.privacy import consent
from signon.questions import question_fields

# What the form asks that is not kept with a sign-on.
NOT_OF_A_SIGN_ON = {"text", "comments", "proof", "corrects"}


class SignOnForm(forms.Form):
    """The public form. Individuals may choose so only where the statement allows it."""

    signer = forms.ChoiceField(
        label=_("Who signs?"),
        choices=SignOn.Signer,
        widget=forms.RadioSelect,
        required=False,
        initial=SignOn.Signer.ORGANIZATION,
    )
    organization_name = NameField(
        label=_("Name of the organization"),
        max_length=300,
        required=False,
        help_text=_("In full, as it should stand in the list."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    acronym = NameField(label=_("Acronym"), max_length=60, required=False, help_text=_("If it has one."))
    country = CountryField(
        label=_("Country"),
        choices=country_choices,
        required=False,
        widget=CountrySelect,
        initial=UNCHOSEN,
        help_text=_("Where it is based."),
    )
    scope = forms.ChoiceField(
        label=_("Where it works"),
        choices=SCOPES,
        widget=ScopeSelect,
        required=False,
        help_text=_("Without a single country: several in one region, or all over the world?"),
    )
    organization_type = forms.ChoiceField(
        label=_("Type of organization"),
        choices=[("", _("Please choose")), *Organization.Type.choices],
        required=False,
    )
    website = WebsiteField(
        label=_("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("Helps us to verify the sign-on sooner."),
        error_messages={"invalid": WEBSITE},
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
    )
    representative_name = NameField(
        label=_("Your name"),
        max_length=200,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    representative_title = NameField(
        label=_("Your title or role"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    affiliation = NameField(
        label=_("Affiliation"),
        max_length=300,
        required=False,
        help_text=_("Shown beside your name, if you give one."),
    )
    email = AddressField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages=ADDRESS_ERRORS,
        help_text=_("We send one e-mail to it, to confirm. It is never published."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    listing = forms.ChoiceField(
        label=_("How should you be listed?"),
        choices=SignOn.Listing,
        required=False,
        initial=SignOn.Listing.NAME,
        widget=forms.RadioSelect,
    )
    authorized = forms.BooleanField(
        label=consent.AUTHORIZED,
        required=False,
        error_messages={"required": _("Please say that you may sign for the organization.")},
    )
    consent_publish = forms.BooleanField(
        label=consent.PUBLISH,
        required=False,
        help_text=consent.WITHOUT_PUBLISH,
    )
    consent_updates = forms.BooleanField(label=consent.UPDATES, required=False)
    # The digest of the text that was read: a form kept open while the text changed is shown again.
    text = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    # Whose link led here (?via=CODE); a code that staff did not make says nothing.
    via = forms.CharField(required=False, widget=forms.HiddenInput)
    # People do not see it, programs that fill in every field do (signon/abuse/guarding.py).
    comments = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    # What the browser computed, if it was asked to (signon/abuse/proofs.py).
    proof = forms.CharField(required=False, widget=forms.HiddenInput)
    # The mailed link from whose page the form was opened to correct what waits: it leads back there.
    corrects = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, statement: Statement, via: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statement = statement
        self.initial["via"] = via if is_code(via) else ""
        shown = statement.text(get_language())
        self.initial["text"] = shown.digest if shown else ""
        self._questions = {question_fields.name_of(each): each for each in OwnQuestion.asked_of(statement)}
        for name, question in self._questions.items():
            self.fields[name] = question_fields.field_of(question, get_language() or "en")
        if statement.accepts_individuals:
            self.fields["country"].help_text = _("Where the organization is based, or where you live.")
        else:
            del self.fields["signer"], self.fields["affiliation"]

    @property
    def via_query(self) -> str:
        """The code again in the address that the form posts to: links to its other languages keep it."""
        return query(str(self["via"].value() or ""))

    def show_text(self, posted: QueryDict) -> None:
        """Take the text that is shown now for the one that was read: the page asks to read it and sign again."""
        self.data = posted.copy()
        self.data["text"] = self.initial["text"]

    def clean_via(self) -> str:
        code = self.cleaned_data["via"]
        return code if is_code(code) and Source.objects.filter(statement=self.statement, code=code).exists() else ""

    def clean_country(self) -> str:
        if self.cleaned_data["country"] == UNCHOSEN:
            raise forms.ValidationError(_("Choose a country, or “International or regional”."))
        return self.cleaned_data["country"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        typed["signer"] = typed.get("signer") or SignOn.Signer.ORGANIZATION
        typed["listing"] = typed.get("listing") or SignOn.Listing.NAME
        if typed["signer"] == SignOn.Signer.INDIVIDUAL:
            self._clean_individual(typed)
        else:
            self._clean_organization(typed)
        if question_fields.has_others(self.data, self._questions):
            self.add_error(None, _("The questions were changed while you read them. Please answer them again."))
        return typed

    def _clean_individual(self, typed: dict[str, Any]) -> None:
        typed.update(organization_name="", acronym="", organization_type="", website="", authorized=False)
        typed["scope"] = _scope(typed)

    def _clean_organization(self, typed: dict[str, Any]) -> None:
        typed["affiliation"] = ""
        if not typed.get("organization_name") and "organization_name" not in self.errors:
            self.add_error("organization_name", _("Enter the name of the organization."))
        if not typed.get("organization_type") and "organization_type" not in self.errors:
            self.add_error("organization_type", _("Choose what kind of organization it is."))
        if not typed.get("authorized"):
            self.add_error("authorized", self.fields["authorized"].error_messages["required"])
        if not typed.get("country") and typed.get("scope") == Organization.Scope.NATIONAL:
            self.add_error("country", _("Choose the country of a national organization."))
        typed["scope"] = _scope(typed)
        if typed.get("organization_name") and typed.get("acronym"):
            # With "SAB" in its own field, "South Asian Bridge (SAB)" needs it no second time.
            again = rf"(?<=\S)\s*\({re.escape(typed['acronym'])}\)$"
            typed["organization_name"] = re.sub(again, "", typed["organization_name"], flags=re.IGNORECASE)

    def typed(self) -> dict[str, Any]:
        """The fields of the sign-on, clean; without what is no part of it."""
        apart = NOT_OF_A_SIGN_ON | self._questions.keys()
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def told(self) -> dict[str, str]:
        """What tells a person from a program, as guarding.weigh takes it; of a form that is valid."""
        return {"trap": self.cleaned_data["comments"], "proof": self.cleaned_data["proof"]}

    def answers(self) -> list[OwnAnswer]:
        """What was answered to the statement's own questions, not saved; nothing of what was left empty."""
        given = [(question, self.cleaned_data.get(name)) for name, question in self._questions.items()]
        return [question_fields.answer(question, value) for question, value in given if value]

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the statement's own questions, in their order."""
        return [self[name] for name in self._questions]


SignOnForm.base_fields = SharedFields(SignOnForm.base_fields)


def _scope(typed: dict[str, Any]) -> str:
    """A country makes it national; without one, regional only where it was said so."""
    scopes = Organization.Scope
    if typed.get("country"):
        return scopes.NATIONAL
    return scopes.REGIONAL if typed.get("scope") == scopes.REGIONAL else scopes.INTERNATIONAL


def typed_before(posted: QueryDict) -> dict[str, Any]:
    """What stands in a form that is not sent yet, as another form's `initial`; several values stay several."""
    return {name: values if len(values) > 1 else values[0] for name, values in posted.lists() if values}


def typed_of(sign_on: SignOn, answers: Iterable[OwnAnswer]) -> Iterator[tuple[str, str]]:
    """Names and values as the form posts them, of a sign-on and what it answered: nobody types them a second time.

    By whose link it came is not among them: it stays known. Nor is how who gave no leave to be named is listed, which
    signing decided: who gives it now is listed as if it had been given at once.
    """
    apart = NOT_OF_A_SIGN_ON | {"via"} | ({"listing"} if not sign_on.consent_publish else set())
    for name in (each for each in SignOnForm.base_fields if each not in apart):
        value = getattr(sign_on, name)
        if value is not False:
            yield name, "on" if value is True else value
    for answer in answers:
        for value in answer.chosen or [answer.value]:
            yield question_fields.name_of(answer.question), value
