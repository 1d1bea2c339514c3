"""Forms for the network's settings: its name and looks, its own words, what it calls countries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns import colors
from campaigns.models import Publisher, PublisherWords, Statement
from signon.fields import ADDRESS_ERRORS, NameField
from signon.geography import countries
from signon.site.photo_choice import as_cards
from signon.site.seen_forms import SeenForm
from signon.site.site_forms import OPTIONS, ZONE_HELP, direction_of
from signon.site.zone_fields import ZoneField

COLOR = gettext_lazy("Write a color as #66288c, or leave it empty for the one of Undersigned.")
NO_COLOR = gettext_lazy(
    "“%(typed)s” is no color. Write “#” and six signs from 0 to 9 and from a to f, for example #66288c."
)


class ColorField(forms.CharField):
    """ "#rrggbb", also where it was typed as "#ABC" or without its “#”; else refused with the form that is meant."""

    widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        color = colors.read(typed)
        if typed and not color:
            raise forms.ValidationError(NO_COLOR, params={"typed": typed[:30]})
        return color


def _with_swatch(color: str) -> str:
    """Its help, after a swatch of the color as it is now; an attribute, for the site takes no inline style."""
    swatch = format_html(
        '<svg class="swatch" width="20" height="20" aria-hidden="true"><rect width="20" height="20" rx="3" fill="{}"/>'
        "</svg> ",
        color,
    )
    return format_html("{}{}", swatch if color else "", COLOR)


class NetworkSettingsForm(SeenForm):
    """The network in general. A color that cannot be read is refused, with one near it that can."""

    name = NameField(label=gettext_lazy("Name"), max_length=200)
    contact = forms.EmailField(
        label=gettext_lazy("Address for questions"), required=False, max_length=254, error_messages=ADDRESS_ERRORS
    )

    zone = ZoneField(label=gettext_lazy("Time zone"), help_text=ZONE_HELP)
    accent = ColorField(label=gettext_lazy("Color"), required=False)
    accent_dark = ColorField(label=gettext_lazy("Color at night"), required=False)

    class Meta:
        model = Publisher
        fields = ["name", "contact", "zone", "featured", "logo", "accent", "accent_dark"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))
        fields: dict[str, Any] = dict(self.fields)
        for name in ("accent", "accent_dark"):
            fields[name].help_text = _with_swatch(getattr(self.instance, name))
        fields["featured"].queryset = Statement.objects.public().prefetch_related("revisions__texts")
        fields["featured"].label_from_instance = lambda statement: statement.title
        fields["featured"].empty_label = _("The newest that is open")
        as_cards(fields["logo"], _("No logo"))

    def clean_accent(self) -> str:
        return _readable(self.cleaned_data["accent"], colors.DAY)

    def clean_accent_dark(self) -> str:
        return _readable(self.cleaned_data["accent_dark"], colors.NIGHT)


def _readable(color: str, papers: tuple[str, ...]) -> str:
    if not color:
        return color
    found = colors.least(color, papers)
    if found < colors.LEAST:
        raise forms.ValidationError(
            _("Text in %(color)s has a contrast of %(ratio)s : 1 with the page; it must have %(least)s : 1."
              " %(near)s is near it, and can be read."),
            params={
                "color": color,
                "ratio": f"{int(found * 10) / 10:g}",
                "least": f"{colors.LEAST:g}",
                "near": colors.passing(color, papers),
            },
        )  # fmt: skip
    return color


class NetworkWordsForm(forms.Form):
    """What the network says of itself, in one language."""

    tagline = forms.CharField(label=gettext_lazy("In one line"), max_length=200, required=False)
    about = forms.CharField(
        label=gettext_lazy("What the network is"),
        max_length=5000,
        required=False,
        help_text=gettext_lazy("Markdown, a few sentences."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, text: PublisherWords | None, language: str, **kwargs: Any) -> None:
        initial = {"tagline": text.tagline, "about": text.about} if text else {}
        super().__init__(*args, **(OPTIONS | {"auto_id": "%s", "prefix": language, "initial": initial} | kwargs))
        for field in self.fields.values():
            field.widget.attrs |= {"lang": language, "dir": direction_of(language)}

    def clean_about(self) -> str:
        return str(self.cleaned_data["about"]).replace("\r\n", "\n")


class CountryNamesForm(forms.Form):
    """One country's names where the network's differ; a row without a country, or without names, is left out."""

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))
        self.languages = languages
        self.fields["code"] = forms.ChoiceField(
            label=_("Country"), required=False, choices=[("", "–"), *countries.choices(get_language() or "en")]
        )
        for code, name in languages:
            field = NameField(label=name, required=False, max_length=100)
            field.widget.attrs |= {"lang": code, "dir": direction_of(code)}
            self.fields[code] = field

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("code") and any(given.get(code) for code, _name in self.languages):
            self.add_error("code", _("Choose the country that is called so."))
        return given

    def names(self) -> dict[str, str]:
        """{"en": "…"}, of the languages in which one was written."""
        return {code: self.cleaned_data[code] for code, _name in self.languages if self.cleaned_data.get(code)}


class _CountryNames(forms.BaseFormSet):
    def clean(self) -> None:
        chosen = [form.cleaned_data.get("code") for form in self.forms if form.is_valid()]
        twice = {code for code in chosen if code and chosen.count(code) > 1}
        if twice:
            names = ", ".join(countries.name(code, get_language() or "en") for code in sorted(twice))
            raise forms.ValidationError(_("Named twice: %(names)s."), params={"names": names})

    def names(self) -> dict[str, dict[str, str]]:
        """What Publisher.country_names holds."""
        found = {form.cleaned_data.get("code") or "": form.names() for form in self.forms}
        return {code: names for code, names in sorted(found.items()) if code and names}


CountryNamesFormSet = formset_factory(CountryNamesForm, formset=_CountryNames, extra=3)


class SenderForm(forms.Form):
    """Who a campaign's mail is from, and where answers go."""

    sender_name = NameField(
        label=gettext_lazy("Sender’s name"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Left empty: the installation’s own."),
    )
    sender_address = forms.EmailField(
        label=gettext_lazy("Sender’s address"),
        required=False,
        max_length=254,
        error_messages=ADDRESS_ERRORS,
        help_text=gettext_lazy("Left empty: the installation’s own. Your mail server must be allowed to send from it."),
    )
    reply_address = forms.EmailField(
        label=gettext_lazy("Address for answers"),
        required=False,
        max_length=254,
        error_messages=ADDRESS_ERRORS,
        help_text=gettext_lazy("Left empty: answers go to the sender."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))


class SelectorForm(forms.Form):
    """The name of the key that a mail server signs with (DKIM)."""

    selector = forms.RegexField(
        r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$",
        label=gettext_lazy("DKIM selector"),
        required=False,
        help_text=gettext_lazy("Your mail server’s settings name it, for example “s1” or “mail”."),
        error_messages={"invalid": gettext_lazy("A selector has letters, numbers, points and hyphens alone.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))
