"""Forms of whoever writes for the public site: a new piece, its words in a language, its particulars, its moment."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaigns import languages, publishing
from campaigns.models import Campaign, Event, Page, Piece, Post, Statement, Words
from campaigns.models.language import RIGHT_TO_LEFT
from campaigns.models.reach import ALL_CAMPAIGNS
from signon.models import User
from signon.site.photo_choice import as_cards
from signon.site.seen_forms import SeenForm
from signon.site.zone_fields import ZoneField
from signon.statements.life_forms import LocalMoment, as_typed, in_zone

LONGEST = 400_000
OPTIONS: dict[str, Any] = {"use_required_attribute": False}
ZONE_HELP = _("In which the moments are typed and shown. Write its city, for example Dakar, or America/New_York.")


def language_choices() -> list[Any]:
    """Every language that Django or Unicode's CLDR knows, by its name for the reader: the site's own first."""
    own = [code for code, _name in settings.LANGUAGES]
    return [(_("Of this site"), languages.choices(own)), (_("Others"), languages.others(own))]


def zones() -> list[str]:
    """For a datalist."""
    return sorted(available_timezones())


def _zone_field() -> ZoneField:
    return ZoneField(label=_("Time zone"), help_text=ZONE_HELP)


def _of_campaigns(form: Any, user: User) -> None:
    """Let the form offer what the user reaches; who works on some campaigns alone must name one."""
    if "campaign" in form.fields:
        form.fields["campaign"].queryset = Campaign.objects.for_user(user)
        form.fields["campaign"].required = not user.has_perm(ALL_CAMPAIGNS)
        form.fields["campaign"].empty_label = "–"
    if "statement" in form.fields:
        form.fields["statement"].queryset = Statement.objects.for_user(user).prefetch_related("revisions__texts")
        form.fields["statement"].label_from_instance = lambda statement: statement.title
        form.fields["statement"].empty_label = "–"
    if "photo" in form.fields:
        as_cards(form.fields["photo"], _("No photo"))


def _moments(form: forms.Form | forms.ModelForm, given: dict[str, Any]) -> None:
    """Make aware what was typed in the zone beside it."""
    if not given.get("zone"):
        return
    for name in ("starts_at", "ends_at"):
        try:
            given[name] = in_zone(given.get(name), ZoneInfo(given["zone"]))
        except forms.ValidationError as error:
            form.add_error(name, error)
    if given.get("starts_at") and given.get("ends_at") and given["ends_at"] <= given["starts_at"]:
        form.add_error("ends_at", _("It must begin before it ends."))


class NewPieceForm(forms.Form):
    """How a piece begins. `made()` is the piece, not saved yet."""

    title = forms.CharField(label=_("Title"), max_length=300)
    original_language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=Post.Kind.choices)
    campaign = forms.ModelChoiceField(label=_("Campaign"), required=False, queryset=Campaign.objects.none())
    zone = _zone_field()
    starts_at = LocalMoment(label=_("Begins"))
    ends_at = LocalMoment(label=_("Ends"))

    def __init__(self, *args: Any, model: type[Piece], user: User, zone: str, **kwargs: Any) -> None:
        initial = {"original_language": get_language() or settings.LANGUAGE_CODE, "zone": zone}
        super().__init__(*args, **(OPTIONS | {"initial": initial} | kwargs))
        self.model = model
        own = {Post: {"kind", "campaign"}, Event: {"campaign", "zone", "starts_at", "ends_at"}}.get(model, set())
        for name in {*self.fields} - own - {"title", "original_language"}:
            del self.fields[name]
        _of_campaigns(self, user)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        _moments(self, given)
        return given

    def made(self) -> Piece:
        """A piece with all but its words and its slug."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "title"}
        return self.model(**fields)


class WordsForm(forms.Form):
    """A piece's words in one language."""

    title = forms.CharField(label=_("Title"), max_length=300)
    excerpt = forms.CharField(
        label=_("Excerpt"),
        required=False,
        max_length=1000,
        help_text=_("One or two sentences for lists. Left empty, they show the beginning of the text."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST,
        strip=False,
        help_text=_("Markdown: “##” begins a heading, “- ” a list, [words](https://…) is a link, **bold**, *italic*."),
        widget=forms.Textarea(attrs={"rows": 20}),
    )
    place = forms.CharField(
        label=pgettext_lazy("of an event", "Place"),
        required=False,
        max_length=200,
        help_text=_("A city, or a building that people know. The postal address is one of the particulars."),
    )
    prepares = forms.CharField(
        label=_("What it prepares"),
        required=False,
        max_length=300,
        help_text=_("For example a hearing or a summit."),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, text: Words | None, language: str, kind: type[Piece] = Post, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"seen": publishing.mark_of(text)}
        if text is not None:
            initial |= {name: getattr(text, name) for name in text.SAID}
        super().__init__(*args, **(OPTIONS | {"auto_id": "%s", "prefix": language, "initial": initial} | kwargs))
        self.text, self.language = text, language
        said = publishing.WORDS[kind].SAID
        for name in {*self.fields} - {*said, "seen"}:
            del self.fields[name]
        for name in said:
            self.fields[name].widget.attrs |= {"lang": language, "dir": direction_of(language)}

    def clean_excerpt(self) -> str:
        return str(self.cleaned_data["excerpt"]).replace("\r\n", "\n")

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n").strip("\n")

    def keep(self, current: Words | None) -> None:
        """After a conflict: what was typed stays, and saving again is on top of what stands there now."""
        typed = cast(QueryDict, self.data).copy()
        typed[self.add_prefix("seen")] = publishing.mark_of(current)
        self.data = typed
        self.text = current


def direction_of(language: str) -> str:
    """For the dir attribute."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def _field(field: models.Field[Any, Any], **options: Any) -> Any:
    """An address without a scheme is one of https."""
    return field.formfield(**(options | ({"assume_scheme": "https"} if isinstance(field, models.URLField) else {})))


class _ParticularsForm(SeenForm):
    """What is not a piece's words."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **(OPTIONS | kwargs))
        _of_campaigns(self, user)
        self.fields["slug"].label = _("Short name in its address")
        if self.instance.published_at:
            self.fields["slug"].help_text = _("Whoever comes to the address that it has now is led on to the new one.")


class PostForm(_ParticularsForm):
    class Meta:
        model = Post
        formfield_callback = _field
        fields = ["kind", "campaign", "photo", "author", "source_name", "source_url", "slug"]


class EventForm(_ParticularsForm):
    zone = _zone_field()
    starts_at = LocalMoment(label=_("Begins"))
    ends_at = LocalMoment(label=_("Ends"))

    class Meta:
        model = Event
        formfield_callback = _field
        fields = [
            "zone", "starts_at", "ends_at", "address", "link", "statement", "campaign", "photo",
            "registration_url", "takes_registrations", "registration_closed",
            "places", "slug",
        ]  # fmt: skip
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, instance: Event, **kwargs: Any) -> None:
        typed = {name: as_typed(getattr(instance, name), instance.time_zone) for name in ("starts_at", "ends_at")}
        super().__init__(*args, instance=instance, **({"initial": typed} | kwargs))
        self.fields["registration_url"].help_text = _("On another site. Else let people register here:")
        self.fields["takes_registrations"].help_text = _(
            "The link to take part is then mailed to them alone. Without this tick it stands on the event’s page."
        )
        self.fields["registration_closed"].help_text = _(
            "Nobody else can register. Who is registered keeps the place, and the link stays with them."
        )
        self.fields["places"].help_text = _(
            "Empty: no limit. Who comes later waits, and moves up. Nobody loses a place."
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        _moments(self, given)
        if given.get("takes_registrations") and given.get("registration_url"):
            self.add_error("takes_registrations", _("People register here or on another site, not both."))
        if self._would_publish_the_link(given):
            self.add_error(
                "takes_registrations",
                _(
                    "People registered, and the link to take part was promised to them alone. Without this tick "
                    "everybody could read it. To take no more registrations, tick “Registration is closed” instead."
                ),
            )
        return given

    def _would_publish_the_link(self, given: dict[str, Any]) -> bool:
        """Whether a link that was mailed to those who registered alone would stand on the event's page."""
        if given.get("takes_registrations") or not given.get("link") or given["link"] != self.initial.get("link"):
            return False
        return bool(self.initial.get("takes_registrations")) and self.instance.registrations.standing().exists()

    def clean_places(self) -> int | None:
        places: int | None = self.cleaned_data["places"]
        if places == 0:
            raise forms.ValidationError(_("At least one place, or none for no limit."))
        return places


class PageForm(_ParticularsForm):
    class Meta:
        model = Page
        fields = ["menu", "position", "slug"]


PARTICULARS: dict[type[Piece], type[_ParticularsForm]] = {Post: PostForm, Event: EventForm, Page: PageForm}


class MomentForm(forms.Form):
    """When it appears, typed in a time zone that the page names."""

    at = LocalMoment(label=_("Day and time"))

    def __init__(self, *args: Any, zone: str, at: Any = None, **kwargs: Any) -> None:
        initial = {"at": as_typed(at, ZoneInfo(zone))}
        super().__init__(*args, **(OPTIONS | {"initial": initial} | kwargs))
        self.zone = ZoneInfo(zone)

    def clean_at(self) -> Any:
        at = in_zone(self.cleaned_data["at"], self.zone)
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("This moment is past. To publish at once, use the button for it."))
        return at
