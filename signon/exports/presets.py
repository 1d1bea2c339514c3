"""Choices of rows and columns that are kept under a name, for everybody and for every statement."""

from __future__ import annotations

from signon.exports.export_choice import Choice
from signon.models import ExportPreset, User

# The one is chosen anew each time, the other may be somebody's name.
LEFT_OUT = ("statement", "query")


def keep(name: str, choice: Choice, form: str, *, by: User) -> ExportPreset:
    """Keep a choice and its format under a name, in place of what stood there."""
    kept = {field: value for field, value in choice.as_json().items() if field not in LEFT_OUT}
    return ExportPreset.objects.update_or_create(name=name, defaults={"choice": kept, "format": form, "by": by})[0]


def drop(preset: ExportPreset) -> None:
    """Forget a kept choice; it is everybody's, and so is this."""
    preset.delete()
