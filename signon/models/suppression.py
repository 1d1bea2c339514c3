from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import AddressKey, ContactField

if TYPE_CHECKING:
    from signon.models.message import Message


class SuppressionQuerySet(ReachedQuerySet["Suppression"]):
    ways = ()
    right = "signon.view_suppression"

    def of(self, mailbox: str) -> SuppressionQuerySet:
        """What stands against mail to this mailbox (signon.mail.addresses.mailbox) now."""
        return self.filter(mailbox=mailbox, lifted_at__isnull=True)


class Suppression(models.Model):
    """A mailbox that gets no more mail, or none but what its owner causes: it bounced, complained or unsubscribed."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("Mail to it bounces")
        COMPLAINED = "complained", _("Reported our mail as spam")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BY_HAND = "by_hand", _("By staff")
        OPTED_OUT = "opted_out", _("Wants no invitations")

    PERSONAL_DATA: ClassVar[set[str]] = {"mailbox"}

    mailbox = ContactField(_("mailbox"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    at = models.DateTimeField(_("since"), default=timezone.now)
    message = models.ForeignKey("signon.Message", models.SET_NULL, null=True, blank=True, related_name="suppressions")
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(
                AddressKey("mailbox"),
                "reason",
                condition=models.Q(lifted_at__isnull=True),
                name="a_mailbox_is_suppressed_once_for_a_reason",
            ),
            models.CheckConstraint(
                name="who_wants_no_invitations_gets_none_for_ever",
                condition=~models.Q(reason="opted_out") | models.Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Without the address: the administration keeps this in its history."""
        return f"{self.get_reason_display()}: {self.mailbox.rpartition('@')[2]}"

    def stops(self, message: Message) -> bool:
        """Whether this message may not go out.

        Unsubscribed: everything but transactional mail stops. Bounced or by hand: everything but what a person just
        asked for at this address, or is told of their account. Complained: also a confirmation that a stranger may
        have caused. Opted out: invitations, of every statement and for ever; the rest goes on.
        """
        if self.reason == self.Reason.OPTED_OUT:
            return message.kind in message.INVITING
        if self.reason == self.Reason.UNSUBSCRIBED:
            return not message.is_transactional
        if self.reason == self.Reason.COMPLAINED:
            return message.kind not in message.ABOUT_ACCOUNTS
        return message.kind not in message.ASKED_FOR
