"""What a form's summary of errors says: each names its field, as it stands far from it."""

from __future__ import annotations

from django import forms, template
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

register = template.Library()

# What Django's own validators say, of any field.
LENGTHS = {"max_length", "min_length", "max_value", "min_value", "null_characters_not_allowed"}


@register.filter
def named_faults(field: BoundField) -> list[str]:
    """Its errors as sentences; those that Django words itself name no field, so its label is put before them."""
    return [_named(field, error, str(words)) for error, words in zip(field.errors.as_data(), field.errors, strict=True)]


def _named(field: BoundField, error: ValidationError, words: str) -> str:
    if not _is_of_django(field.field, error):
        return words
    if error.code == "required":
        return _("Fill in “%(field)s”.") % {"field": field.label}
    return _("%(field)s: %(fault)s") % {"field": field.label, "fault": words}


def _is_of_django(field: forms.Field, error: ValidationError) -> bool:
    if error.code in LENGTHS:
        return True
    own = [getattr(each, "default_error_messages", {}) for each in type(field).__mro__ if _from_django(each)]
    return any(str(error.message) == str(messages.get(error.code)) for messages in own)


def _from_django(kind: type) -> bool:
    return kind.__module__.startswith("django.")
