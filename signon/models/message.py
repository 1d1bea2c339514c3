from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signon.models.sign_on import SignOn


class Message(models.Model):
    """One e-mail to one address, kept until it is accounted for. Rendered when it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        RETRYING = "retrying", _("Will be tried again")
        DEAD = "dead", _("Given up")
        BOUNCED = "bounced", _("Bounced")
        SUPPRESSED = "suppressed", _("Not sent: the address wants none")
        CANCELED = "canceled", _("Canceled")

    WAITING: ClassVar[list[str]] = [State.QUEUED, State.RETRYING]

    class Kind(models.TextChoices):
        VERIFICATION = "verification", _("Please confirm")
        ALREADY_SIGNED = "already_signed", _("Already signed")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        LINKS = "links", _("Links to own sign-ons")
        ACCOUNT = "account", _("About an account")

    PERSONAL_DATA: ClassVar[set[str]] = {"to_address", "mailbox", "answer", "subject", "body"}

    # Composing the same message twice is impossible: the second finds this key taken.
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="messages", null=True, blank=True)
    to_address = models.EmailField(_("to"))
    # What limits count by (signon.addresses.mailbox).
    mailbox = models.CharField(max_length=254, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en")
    # Only what has no sign-on to be rendered from (mail about an account); wiped once sent.
    subject = models.CharField(max_length=400, blank=True)
    body = models.TextField(blank=True)
    # One for all tries, so that receivers can drop a second copy (RFC 5322, 3.6.4).
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("no use after"), null=True, blank=True)
    lease_ends_at = models.DateTimeField(_("lease ends"), null=True, blank=True)
    claimed_by = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    answer = models.TextField(_("the server's answer"), blank=True)
    created_at = models.DateTimeField(_("composed"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index("due_at", name="messages_that_are_due", condition=Q(state__in=["queued", "retrying"])),
            models.Index("lease_ends_at", name="messages_under_a_lease", condition=Q(state="sending")),
            models.Index("mailbox", "created_at", name="messages_to_a_mailbox"),
        ]
        constraints = [
            models.CheckConstraint(
                name="what_is_being_sent_has_a_lease",
                condition=~Q(state="sending") | Q(lease_ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_sent_has_its_moment", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.key
