from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Event
from campaigns.models.reach import ReachedQuerySet
from signon.models.consent_text import ConsentText
from signon.models.contact_field import AddressKey, ContactField
from signon.models.sign_on import new_key
from signon.models.user import User


class RegistrationQuerySet(ReachedQuerySet["Registration"]):
    ways = ("event__campaign",)
    right = "signon.view_registration"

    def at_address(self, email: str) -> RegistrationQuerySet:
        """Of one e-mail address, in any case; `email` is clean (signon.mail.addresses)."""
        return self.filter(email=email)

    def registered(self) -> RegistrationQuerySet:
        """Those that have a place."""
        return self.filter(state="registered")

    def in_line(self) -> RegistrationQuerySet:
        """The waiting list: who confirmed first stands first."""
        return self.filter(state="waiting").order_by("confirmed_at", "pk")

    def standing(self) -> RegistrationQuerySet:
        """Confirmed and not canceled: with a place, or waiting for one."""
        return self.filter(state__in=["registered", "waiting"])


class Registration(models.Model):
    """Somebody comes to an event, or wants to. Its state changes in registering.py and registration_desk.py alone.

    Once its time is over its words are erased; the row stays, so that how many came is still known.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Not confirmed")
        REGISTERED = "registered", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        CANCELED = "canceled", pgettext_lazy("registration", "Canceled")

    PERSONAL_DATA: ClassVar[set[str]] = {"name", "organization", "email"}

    # Protected: an event that people registered for is not removed behind their backs.
    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    organization = models.CharField(_("organization"), max_length=300, blank=True)
    # Empty where staff entered it and there is none.
    email = ContactField(_("e-mail address"), blank=True)
    language = models.CharField(_("language of the mails"), max_length=12, choices=settings.LANGUAGES, default="en")
    # What the form said becomes of it (signon/privacy/consenting.py); empty where staff entered it.
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.UNCONFIRMED)
    link_key = models.CharField(max_length=40, default=new_key, editable=False)
    # Grows with what is typed again before it is confirmed: the button confirms the version that was shown.
    version = models.PositiveIntegerField(default=1, editable=False)
    # What of the event the last mail told (registration_mail.facts): who was told something else is to be told.
    # Empty: a place came free for somebody who left no address, and nobody called yet.
    told = models.CharField(max_length=64, blank=True, editable=False)
    # Of what was typed last, while it is not confirmed.
    created_at = models.DateTimeField(_("came in"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    registered_at = models.DateTimeField(_("got a place"), null=True, editable=False)
    canceled_at = models.DateTimeField(_("canceled"), null=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    # Staff who entered it by hand, and who canceled it; empty where the person did.
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    canceled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("canceled by"))

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [models.Index("event", "state", "confirmed_at", name="registrations_in_line")]
        constraints = [
            models.UniqueConstraint(
                "event",
                AddressKey("email"),
                condition=~Q(state="canceled") & ~Q(email=""),
                name="an_address_registers_once_for_an_event",
            ),
            models.CheckConstraint(
                name="who_stands_has_confirmed",
                condition=~Q(state__in=["registered", "waiting"]) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="who_is_registered_got_a_place_once",
                condition=~Q(state="registered") | Q(registered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_canceled_has_its_moment",
                condition=Q(state="canceled", canceled_at__isnull=False)
                | ~Q(state="canceled") & Q(canceled_at__isnull=True, canceled_by__isnull=True),
            ),
            models.CheckConstraint(
                name="who_registers_alone_has_an_address",
                condition=~Q(email="") | Q(added_by__isnull=False) | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_erased_registration_has_no_words",
                condition=Q(erased_at__isnull=True) | Q(name="", organization="", email=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.pk}"

    @property
    def stands(self) -> bool:
        """Whether it is confirmed and not canceled."""
        return self.state in (self.State.REGISTERED, self.State.WAITING)
