from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaign import Campaign
from campaigns.models.language import InALanguage
from campaigns.models.photo import Photo
from campaigns.models.piece import Piece, PieceQuerySet, Words
from campaigns.models.statement import Statement, check_zone


class EventQuerySet(PieceQuerySet):
    def coming(self, at: datetime | None = None) -> Self:
        """What has not ended at a moment (aware; now by default), the next one first."""
        return self.filter(ends_at__gt=at or timezone.now()).order_by("starts_at", "pk")

    def past(self, at: datetime | None = None) -> Self:
        """What has ended, the latest first."""
        return self.filter(ends_at__lte=at or timezone.now()).order_by("-starts_at", "-pk")


class Event(Piece):
    """People come together, in a place or by a link, from one moment to another in the event's own time zone."""

    starts_at = models.DateTimeField(_("begins"), help_text=_("In UTC."))
    ends_at = models.DateTimeField(_("ends"), help_text=_("In UTC."))
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    address = models.TextField(pgettext_lazy("of an event", "address"), blank=True)
    link = models.URLField(_("link to take part"), blank=True)
    statement = models.ForeignKey(
        Statement, models.SET_NULL, related_name="events", null=True, blank=True, verbose_name=_("statement")
    )
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, related_name="events", null=True, blank=True, verbose_name=_("campaign")
    )
    photo = models.ForeignKey(
        Photo, models.SET_NULL, related_name="events", null=True, blank=True, verbose_name=_("photo")
    )
    registration_url = models.URLField(_("where to register"), blank=True)
    # Whether names are taken here (signon.models.Registration), and how many.
    takes_registrations = models.BooleanField(_("people register here"), default=False)
    # Closed before it begins; the link to take part stays for who registered.
    registration_closed = models.BooleanField(_("Registration is closed"), default=False)
    places = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text=_("Empty: no limit."))
    # When what a calendar shows of it was changed last, and how often (RFC 5545: SEQUENCE); publishing.py.
    moved_at = models.DateTimeField(null=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    # What a calendar shows that is not its words.
    MOVES = ("starts_at", "ends_at", "zone", "address", "link", "takes_registrations", "published_at")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                name="an_event_begins_before_it_ends",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("It must begin before it ends."),
            ),
            models.CheckConstraint(
                name="people_register_here_or_elsewhere",
                condition=Q(takes_registrations=False) | Q(registration_url=""),
                violation_error_message=_("People register here or on another site, not both."),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.slug])

    def is_open_to_register(self, at: datetime | None = None) -> bool:
        """Whether people register here at a moment (aware; now by default): until it begins, once it is published."""
        now = at or timezone.now()
        is_open = self.takes_registrations and not self.registration_closed
        return is_open and self.is_published(now) and now < self.starts_at

    @property
    def is_registration_over(self) -> bool:
        """Whether people registered here once and cannot any more: closed, or it has begun."""
        return self.takes_registrations and self.is_published() and not self.is_open_to_register()

    @property
    def public_link(self) -> str:
        """The link to take part, where it is for everybody; where people register here it is mailed to them alone."""
        return "" if self.takes_registrations else self.link

    @property
    def address_line(self) -> str:
        """Its postal address in one line."""
        return ", ".join(filter(None, (line.strip() for line in self.address.splitlines())))

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class EventWords(Words):
    """An event in one language."""

    piece = models.ForeignKey(Event, models.CASCADE, related_name="words")
    place = models.CharField(pgettext_lazy("of an event", "place"), max_length=200, blank=True)
    prepares = models.CharField(
        _("what it prepares"), max_length=300, blank=True, help_text=_("For example a hearing or a summit.")
    )

    SAID = (*Words.SAID, "place", "prepares")

    class Meta:
        verbose_name = _("event’s words")
        verbose_name_plural = _("events’ words")
        constraints = [
            models.UniqueConstraint(fields=["piece", "language"], name="an_event_has_its_words_once_a_language"),
        ]

    @property
    def told_place(self) -> Told:
        """Its place, in the original's words where this language has none."""
        return self._told("place")

    @property
    def told_preparation(self) -> Told:
        """What it prepares, in the original's words where this language has none."""
        return self._told("prepares")

    def _told(self, name: str) -> Told:
        text = self if getattr(self, name) else self.piece.text() or self
        return Told(getattr(text, name), text.language)


@dataclass(frozen=True)
class Told(InALanguage):
    """Words, "" for none, and the language that they are in."""

    words: str
    language: str
