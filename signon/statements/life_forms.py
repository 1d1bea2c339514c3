"""Forms of the desk for a statement's life: its particulars, its deadline, its conveners, who may sign late."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from signon import organizing
from signon.fields import ADDRESS_ERRORS, AddressField, NameField
from signon.models import Convener, Organization
from signon.site.zone_fields import ZoneField

FORMAT = "%Y-%m-%dT%H:%M"
# Others are slips of the hand; at the calendar's very ends no time zone can be reckoned.
EARLIEST, LATEST = 1970, 2100


class LocalMoment(forms.Field):
    """A day and a time as a clock on the wall shows it; whose clock, the form says. Its value is naive."""

    widget = forms.DateTimeInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT), **kwargs})

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            moment = datetime.fromisoformat(str(value)).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError as error:
            raise forms.ValidationError(_("Write a day and a time, like 2026-03-08 17:00.")) from error
        if not EARLIEST <= moment.year <= LATEST:
            raise forms.ValidationError(_("Write a year from 1970 to 2100."))
        return moment


def in_zone(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A naive moment as an aware one. Raises ValidationError for an hour that the change to summer time leaves out."""
    if moment is None:
        return None
    aware = moment.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise forms.ValidationError(_("There is no such hour that day: the clocks are put forward."))
    return aware


def as_typed(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """An aware moment as LocalMoment shows it."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None


class ParticularsForm(forms.Form):
    """What an organizer sets of a statement; moments are typed as local time of the zone that stands beside them.

    What cannot be changed any more is not in it.
    """

    addressee = forms.CharField(
        label=_("Addressee"), max_length=300, required=False, help_text=_("To whom the statement speaks.")
    )
    zone = ZoneField(
        label=_("Time zone"),
        help_text=_(
            "In which the moments below are typed and shown. Write its city, for example Dakar, or America/New_York."
        ),
    )
    opens_at = LocalMoment(
        label=_("Opens"), required=False, help_text=_("Only if it should open by itself, or you want to say when.")
    )
    closes_at = LocalMoment(
        label=_("Closes"),
        required=False,
        help_text=_("The deadline. A few days more cost little: most sign at the end."),
    )
    embargo_until = LocalMoment(
        label=_("Embargo until"),
        required=False,
        help_text=_("Before this moment neither the text nor a name is public. Personal links work, for signing too."),
    )
    accepts_individuals = forms.ChoiceField(
        label=_("Who may sign"),
        choices=[("", _("Organizations")), ("yes", _("Organizations, and people as individuals"))],
        required=False,
        widget=forms.RadioSelect,
    )
    goal = forms.IntegerField(
        label=_("Goal"), min_value=1, max_value=10_000_000, required=False,
        help_text=_("How many signatories you hope for. Only the desk shows it."),
    )  # fmt: skip
    contact_days = forms.IntegerField(
        label=_("Days that contacts are kept"), min_value=1, max_value=3650, required=False,
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    MOMENTS = ("opens_at", "closes_at", "embargo_until")

    def __init__(self, *args: Any, statement: Statement, **kwargs: Any) -> None:
        zone = statement.time_zone
        initial = {name: getattr(statement, name) for name in ("addressee", "zone", "goal", "contact_days")}
        initial |= {name: as_typed(getattr(statement, name), zone) for name in self.MOMENTS}
        initial["seen"] = organizing.mark_of(statement)
        initial["accepts_individuals"] = "yes" if statement.accepts_individuals else ""
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.statement = statement
        self.fields["contact_days"].help_text = _(
            "So long after it closed or was delivered, the names and addresses of who signed for an organization are "
            "erased. The organizations stay. Empty: %(days)s."
        ) % {"days": settings.CONTACT_DAYS}
        if statement.state not in (Statement.State.DRAFT, Statement.State.CIRCULATING):
            del self.fields["opens_at"], self.fields["closes_at"], self.fields["addressee"]
            if not statement.is_under_embargo():
                del self.fields["embargo_until"]

    def particulars(self) -> dict[str, Any]:
        """What organizing.change takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def clean_accepts_individuals(self) -> bool:
        return bool(self.cleaned_data["accepts_individuals"])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if "zone" in self.errors:
            return typed
        zone = ZoneInfo(typed["zone"])
        for name in self.MOMENTS:
            if name not in typed:
                continue
            try:
                typed[name] = self._unless_the_same(name, in_zone(typed[name], zone))
            except forms.ValidationError as error:
                self.add_error(name, error)
        opens_at = typed.get("opens_at")
        if self.statement.opens_by_itself and opens_at and opens_at <= timezone.now():
            self.add_error("opens_at", _("This moment has passed, and the statement is to open by itself at it."))
        closes_at = typed.get("closes_at")
        if closes_at and closes_at != self.statement.closes_at and closes_at <= timezone.now():
            self.add_error("closes_at", _("This moment has passed. Give a deadline that lies ahead."))
        if typed.get("opens_at") and typed.get("closes_at") and typed["closes_at"] <= typed["opens_at"]:
            self.add_error("closes_at", _("It must open before it closes."))
        return typed

    def _unless_the_same(self, name: str, typed: datetime | None) -> datetime | None:
        """The moment as it is kept where the same minute was typed: the form shows no seconds."""
        kept: datetime | None = getattr(self.statement, name)
        same = kept is not None and typed is not None and kept.replace(second=0, microsecond=0) == typed
        return kept if same else typed


class DeadlineForm(forms.Form):
    """A new deadline, as local time of the statement's zone."""

    closes_at = LocalMoment(label=_("New deadline"), error_messages={"required": _("Say until when.")})

    def __init__(self, *args: Any, statement: Statement, **kwargs: Any) -> None:
        initial = {"closes_at": as_typed(statement.closes_at, statement.time_zone)}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.zone = statement.time_zone

    def clean_closes_at(self) -> datetime:
        moment = in_zone(self.cleaned_data["closes_at"], self.zone)
        if moment is None or moment <= timezone.now():
            raise forms.ValidationError(_("This moment has passed. To end it at once, close it now."))
        return moment


class AddressForm(forms.Form):
    """An organization's contact and the language in which it is written to."""

    name = NameField(label=_("Organization"), max_length=300, help_text=_("As it is shown to the other conveners."))
    email = AddressField(label=_("E-mail address"), max_length=254, error_messages=ADDRESS_ERRORS)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)


class LateLinkForm(AddressForm):
    """Who may sign after closing."""

    name = NameField(label=_("Organization"), max_length=300)


class ConvenerForm(AddressForm):
    """An organization that brings the statement about. Its entry in the directory may follow later."""

    contact_name = NameField(label=_("Contact"), max_length=200, required=False, help_text=_("Whom we write to."))
    organization = forms.IntegerField(
        label=_("Number of its entry in the directory"),
        required=False,
        min_value=1,
        max_value=2**62,
        help_text=_("If you know it. Otherwise it is known once its sign-on is accepted."),
    )
    field_order = ["name", "contact_name", "email", "language", "organization"]

    def __init__(self, *args: Any, convener: Convener | None = None, **kwargs: Any) -> None:
        names = ("name", "contact_name", "email", "language")
        initial: dict[str, Any] = {name: getattr(convener, name) for name in names} if convener else {}
        if convener:
            initial["organization"] = convener.organization_id
        super().__init__(*args, **{"initial": initial, **kwargs})

    def clean_organization(self) -> Organization | None:
        number = self.cleaned_data["organization"]
        if not number:
            return None
        found = Organization.objects.current().filter(pk=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no entry with this number."))
        return found


class CommentForm(forms.Form):
    """What a convener says of the text."""

    words = forms.CharField(
        label=_("Your comment"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what should be different.")},
        help_text=_("The organizers and the other conveners read it."),
    )  # fmt: skip
    # The digest of the text that was read: it may have been changed meanwhile.
    text = forms.RegexField("^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"text": text}, **kwargs})


class SettleForm(forms.Form):
    """What became of a comment."""

    answer = forms.CharField(
        label=_("What became of it"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
