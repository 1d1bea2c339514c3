"""What a page may choose for the frame that it shows of us: its query string, checked like all input."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from signon.models.source import is_code
from signon.programs import embedding


class ColorField(forms.RegexField):
    """#1a2b3c, or the same without its sign, which addresses do not carry well."""

    def __init__(self, **kwargs: Any) -> None:
        invalid = _("Write a color as six hexadecimal digits, like 66288c.")
        widget = forms.TextInput(attrs={"dir": "ltr", "placeholder": "66288c", "autocomplete": "off"})
        super().__init__(r"^#?[0-9a-fA-F]{6}$", required=False, widget=widget, error_messages={"invalid": invalid},
                         **kwargs)  # fmt: skip

    def clean(self, value: Any) -> str:
        color = super().clean(value)
        return f"#{color.removeprefix('#').lower()}" if color else ""


class LookForm(forms.Form):
    """How it looks; all of it may be left away."""

    accent = ColorField(label=_("Color of the button and links"))
    text = ColorField(label=_("Color of the text"))
    background = ColorField(label=_("Color behind it"))
    font = forms.ChoiceField(
        label=_("Typeface"), required=False,
        choices=[("", _("As on our pages")), ("serif", _("Serif")), ("sans", _("Sans serif")),
                 ("system", _("The reader’s own"))],
    )  # fmt: skip
    size = forms.IntegerField(label=_("Size of the text in pixels"), required=False, min_value=12, max_value=24)
    radius = forms.IntegerField(label=_("Round corners in pixels"), required=False, min_value=0, max_value=24)

    def clean(self) -> dict[str, Any]:
        """Refuse what nobody could read."""
        given = super().clean() or {}
        chosen = {name: given.get(name) or color for name, color in embedding.COLORS.items()}
        for name in ("text", "accent"):
            ratio = embedding.contrast(chosen[name], chosen["background"])
            if ratio < embedding.LEAST_CONTRAST and (given.get(name) or given.get("background")):
                self.add_error(name if given.get(name) else "background", _unreadable(ratio))
        return given

    def look(self) -> dict[str, str]:
        """What was chosen, as a query string has it; of a form that is valid."""
        chosen = {name: self.cleaned_data[name] for name in LookForm.base_fields}
        return {name: str(value).removeprefix("#") for name, value in chosen.items() if value not in ("", None)}


class EmbedForm(LookForm):
    """What is shown, in which language, and how it looks."""

    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[("count", _("How many signed")), ("button", _("A button that leads to the form")),
                 ("list", _("The list of signatories"))],
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), required=False, choices=settings.LANGUAGES)

    # By whose frame somebody comes to the form (signon.models.source); what is no code is left out.
    via = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("show", "language")

    def clean_show(self) -> str:
        return self.cleaned_data["show"] or "count"

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or settings.LANGUAGE_CODE

    def clean_via(self) -> str:
        return self.cleaned_data["via"] if is_code(self.cleaned_data["via"]) else ""

    def asked(self) -> dict[str, str]:
        """The whole query string; of a form that is valid."""
        given = self.cleaned_data
        via = {"via": given["via"]} if given["via"] else {}
        return {"show": given["show"], "language": given["language"], **via, **self.look()}


def _unreadable(ratio: float) -> str:
    return _("This cannot be read: the contrast to what is behind it is %(ratio).1f, and should be 4.5 or more.") % {
        "ratio": ratio
    }
