"""A form that knows what its page showed, so that nobody's change is undone by an older page."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from campaigns import marks
from signon.statements.life_forms import as_typed


class SeenForm(forms.ModelForm):
    """Its hidden `seen` is marks.mark_of what stands in it; `keep` is for when somebody was faster.

    Nothing is saved by it: `cleaned_data` is what a verb takes that raises marks.ChangedMeanwhile.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watched = [name for name in self.fields if name != "file"]
        self.fields["seen"] = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
        self.initial["seen"] = marks.mark_of(self.instance, self.watched) if self.instance.pk else ""

    def keep(self, changed: marks.ChangedMeanwhile) -> None:
        """What was typed stays; beside each field that somebody changed stands what it is now."""
        for name in changed.names:
            self.add_error(name, _now(changed.current, name))
        self.add_error(
            None, _("Somebody changed this while you wrote. Yours is not saved yet: if you save again, it counts.")
        )
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = marks.mark_of(changed.current, self.watched)
        self.data = typed


def _now(current: models.Model, name: str) -> str:
    display = getattr(current, f"get_{name}_display", None)
    value = display() if display else getattr(current, name)
    if isinstance(value, datetime):
        zone = getattr(current, "time_zone", None)
        value = f"{as_typed(value, zone) or value:%Y-%m-%d %H:%M}" if zone else value
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    if value in (None, ""):
        return _("Somebody emptied this meanwhile.")
    return _("Somebody changed this meanwhile. Now it is: %(value)s.") % {"value": strip_tags(str(value))[:200]}
