from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.reach import ReachedQuerySet

if TYPE_CHECKING:
    from campaigns.models.revision import Revision, RevisionText


def check_zone(name: str) -> None:
    """Raises ValidationError unless `name` is in the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone. An example: America/New_York."), params={"name": name})


class StatementQuerySet(ReachedQuerySet["Statement"]):
    ways = ("campaign",)

    def opened(self) -> StatementQuerySet:
        """What is open or was; for staff, who work on it under an embargo too."""
        state = Statement.State
        return self.filter(state__in=[state.OPEN, state.CLOSED, state.DELIVERED, state.ANSWERED])

    def without_embargo(self) -> StatementQuerySet:
        """What no embargo keeps from strangers at this moment."""
        return self.filter(Q(embargo_until__isnull=True) | Q(embargo_until__lte=timezone.now()))

    def public(self) -> StatementQuerySet:
        """What a stranger may see in lists: everything that has been open. Every public page starts here."""
        return self.opened().without_embargo()

    def reachable(self) -> StatementQuerySet:
        """Public ones, and withdrawn ones, whose page says so."""
        return self.public() | self.filter(state=Statement.State.WITHDRAWN).without_embargo()


class Statement(models.Model):
    """A text that can be signed on to: addressee, opening and closing moment, who may sign."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CIRCULATING = "circulating", _("Circulating")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        DELIVERED = "delivered", _("Delivered")
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn from publication")

    # Which state may follow which; signon/organizing.py moves, and writes each move into the ledger. What was never
    # open is not withdrawn: its page would tell of it. What was answered is delivered again once no answer is left.
    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.DRAFT: {State.CIRCULATING, State.OPEN},
        State.CIRCULATING: {State.DRAFT, State.OPEN},
        State.OPEN: {State.CLOSED, State.WITHDRAWN},
        State.CLOSED: {State.OPEN, State.DELIVERED, State.WITHDRAWN},
        State.DELIVERED: {State.ANSWERED, State.WITHDRAWN},
        State.ANSWERED: {State.DELIVERED, State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }

    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        related_name="statements",
        null=True,
        blank=True,
        verbose_name=_("campaign"),
    )
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=100)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    addressee = models.CharField(_("addressee"), max_length=300, help_text=_("To whom the statement speaks."))
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, help_text=_("In UTC."))
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("In UTC."))
    zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[check_zone],
        help_text=_("In which the moments above are shown, for example America/New_York."),
    )
    # Whether beat opens it at `opens_at`: an organizer asked for that.
    opens_by_itself = models.BooleanField(_("opens by itself"), default=False, editable=False)
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("In UTC. Before this moment neither the text nor a name is public; personal links work."),
    )
    contact_days = models.PositiveIntegerField(
        _("days that contacts are kept"), null=True, blank=True,
        help_text=_("After it closed or was delivered. Empty: as the network does."),
    )  # fmt: skip
    goal = models.PositiveIntegerField(
        _("goal"), null=True, blank=True, help_text=_("How many signatories you hope for. Only the desk shows it.")
    )
    # The languages that it is to be read in, beside the original's: what is not there yet is named at the desk.
    languages = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, verbose_name=_("languages of its text")
    )
    accepts_individuals = models.BooleanField(_("individuals may sign"), default=False)
    accepts_on_strong_evidence = models.BooleanField(
        _("accept by itself on strong evidence"),
        default=False,
        help_text=_(
            "Strong: staff verified the organization before, and the address’s domain is one that staff recorded for"
            " it. A first sign-on of an organization is never accepted by itself."
        ),
    )
    tells_of_each_accepted = models.BooleanField(
        _("tell the campaign’s people of each accepted organization"), default=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.CheckConstraint(
                name="a_statement_opens_before_it_closes",
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("It must open before it closes."),
            ),
            models.CheckConstraint(
                name="a_closed_statement_says_when_it_closed",
                condition=~Q(state__in=["closed", "delivered", "answered"]) | Q(closes_at__isnull=False),
                violation_error_message=_("Say when it closed."),
            ),
            models.CheckConstraint(
                name="what_opens_by_itself_has_a_moment", condition=Q(opens_by_itself=False) | Q(opens_at__isnull=False)
            ),
            models.CheckConstraint(
                name="contacts_are_kept_a_day_or_more",
                condition=Q(contact_days__isnull=True) | Q(contact_days__gte=1),
                violation_error_message=_("Contacts are kept a day or more."),
            ),
            models.CheckConstraint(
                name="a_goal_is_one_or_more",
                condition=Q(goal__isnull=True) | Q(goal__gte=1),
                violation_error_message=_("A goal is one signatory or more."),
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("statement", args=[self.slug])

    @property
    def revision(self) -> Revision | None:
        """The newest revision, the one that is signed now; its texts come with it."""
        newest = getattr(self, "_revision", None)
        if newest is None:
            if "revisions" in getattr(self, "_prefetched_objects_cache", {}):
                newest = max(self.revisions.all(), key=lambda revision: revision.number, default=None)
            else:
                newest = self.revisions.newest()
            self._revision = newest
        return newest

    def text(self, language: str | None = None) -> RevisionText | None:
        """The newest text in `language`, or the original where there is none in it."""
        return self.revision.text(language) if self.revision else None

    def addressee_of(self, text: RevisionText | None) -> str:
        """To whom it speaks, in the words of one of its texts; the original's where that says nothing of its own."""
        return (text.addressee if text else "") or self.addressee

    @property
    def text_languages(self) -> list[str]:
        """The original's language, those it is to be read in, and those that it has a text in; each once."""
        revision = self.revision
        there = [text.language for text in revision.current_texts] if revision else []
        original = [revision.original_language] if revision else []
        return list(dict.fromkeys([*original, *self.languages, *there]))

    @property
    def title(self) -> str:
        text = self.text()
        return text.title if text else self.slug

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def phase(self, at: datetime | None = None) -> str:
        """What the page tells at a moment (aware; now by default).

        "draft" (also circulating), "before", "open", "closed", "delivered", "answered" or "withdrawn". The
        clock decides inside the state "open": beat moves the state later, readers and signers need not wait for it.
        """
        state = self.State
        if self.state in (state.DRAFT, state.CIRCULATING):
            return "draft"
        if self.state != state.OPEN:
            return self.state
        moment = at or timezone.now()
        if self.opens_at and moment < self.opens_at:
            return "before"
        if self.closes_at and moment >= self.closes_at:
            return "closed"
        return "open"

    def next_moment(self) -> datetime | None:
        """When it opens, closes or leaves its embargo, whichever comes next; None where nothing is ahead."""
        now = timezone.now()
        ahead = (each for each in (self.opens_at, self.closes_at, self.embargo_until) if each and each > now)
        return min(ahead, default=None)

    def is_under_embargo(self, at: datetime | None = None) -> bool:
        """Whether strangers may see nothing of it at a moment (aware; now by default)."""
        return self.embargo_until is not None and (at or timezone.now()) < self.embargo_until

    @property
    def is_reachable(self) -> bool:
        """Whether its page answers strangers at this moment, as `reachable()` says of a row."""
        return self.phase() != "draft" and not self.is_under_embargo()

    def deciding(self) -> tuple[str, datetime | None, datetime | None, datetime | None]:
        """What decides whether it takes sign-ons, as it was read: state, opening, closing, embargo."""
        return self.state, self.opens_at, self.closes_at, self.embargo_until

    def takes_sign_ons(self, at: datetime | None = None) -> bool:
        """Whether a POST at this moment signs."""
        return self.phase(at) == "open"
