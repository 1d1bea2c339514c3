from __future__ import annotations

import base64
import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.sign_on import SignOn
from signon.models.user import User


def new_secret() -> str:
    """A key of 256 bits, as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class WebhookQuerySet(ReachedQuerySet["Webhook"]):
    def within(self, user: User) -> Q:
        """What they made themselves: one webhook may tell of several campaigns."""
        return Q(created_by=user)


class Webhook(models.Model):
    """An address of another program, to which we announce who joins and who leaves a public list."""

    url = models.URLField(
        pgettext_lazy("of a webhook", "address"), max_length=500, help_text=_("It begins with https://.")
    )
    tells_of_accepted = models.BooleanField(_("when a signatory is accepted"), default=True)
    tells_of_withdrawn = models.BooleanField(_("when a signatory leaves the list"), default=True)
    statements = models.ManyToManyField(Statement, blank=True, related_name="webhooks", verbose_name=_("statements"))
    secret = models.CharField(max_length=60, default=new_secret, editable=False)
    # Shown once, and again only after it was changed.
    secret_shown_at = models.DateTimeField(null=True, editable=False)
    # For some time after a change we sign with both, so that the receiver can change in peace.
    earlier_secret = models.CharField(max_length=60, blank=True, editable=False)
    earlier_ends_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="webhooks", editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, editable=False)
    why = models.CharField(_("why it was stopped"), max_length=300, blank=True, editable=False)
    # How often in a row it did not take what we sent; the next success ends it. Nothing is sent while it rests.
    failures = models.PositiveIntegerField(default=0, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        permissions = [("manage_webhook", _("Can add, change and stop webhooks"))]
        constraints = [
            models.CheckConstraint(
                name="a_webhook_tells_of_something",
                condition=Q(tells_of_accepted=True) | Q(tells_of_withdrawn=True),
                violation_error_message=_("Choose at least one thing to be told of."),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    def tells_of(self, event: str) -> bool:
        """Whether its receiver wants to know of this (one of Announcement.Event)."""
        if event == Announcement.Event.ACCEPTED:
            return self.tells_of_accepted
        return self.tells_of_withdrawn or event == Announcement.Event.TEST


class Announcement(models.Model):
    """One event told to one webhook, kept until it is accounted for. Its words are made when it is sent."""

    class Event(models.TextChoices):
        """As the receiver reads them."""

        ACCEPTED = "signatory.accepted", _("A signatory was accepted")
        WITHDRAWN = "signatory.withdrawn", _("A signatory left the list")
        TEST = "test", _("A test")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Taken")
        RETRYING = "retrying", _("Will be tried again")
        DEAD = "dead", _("Given up")
        CANCELED = "canceled", _("Canceled")

    WAITING: ClassVar[list[str]] = [State.QUEUED, State.RETRYING]

    # Announcing the same twice is impossible: the second finds this key taken.
    key = models.CharField(max_length=100, unique=True)
    # What the receiver knows it by, the same for all tries ("webhook-id").
    number = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="announcements", db_index=False)
    event = models.CharField(pgettext_lazy("of an announcement", "event"), max_length=19, choices=Event)
    # A test has none.
    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="announcements", null=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due"))
    lease_ends_at = models.DateTimeField(_("lease ends"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    answer = models.CharField(_("the receiver's answer"), max_length=200, blank=True)
    # Each change: [state, moment (ISO 8601, UTC), answer]. On the row, so that a change stays one UPDATE.
    history = models.JSONField(_("history"), default=list)
    created_at = models.DateTimeField(_("happened"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [
            models.Index(
                "due_at", "id", name="announcements_that_are_due", condition=Q(state__in=["queued", "retrying"])
            ),
            models.Index("webhook", "id", name="announcements_to_a_webhook"),
            models.Index("webhook", name="announcements_given_up", condition=Q(state="dead")),
            models.Index("lease_ends_at", name="announcements_under_a_lease", condition=Q(state="sending")),
        ]
        constraints = [
            models.CheckConstraint(
                name="what_is_being_announced_has_a_lease",
                condition=~Q(state="sending") | Q(lease_ends_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key
