from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.user import User


class HoldQuerySet(ReachedQuerySet["Hold"]):
    right = "signon.view_signon"

    def standing(self) -> HoldQuerySet:
        """Not released yet."""
        return self.filter(released_at=None)


class Hold(models.Model):
    """Sign-ons of one statement that came too alike, held beside their state: nothing is refused, nothing deleted.

    While it stands no mail goes out about them and nobody accepts them. Placed by the limits as sign-ons come in, or
    by staff who saw a burst; released by staff, all at once or one by one.
    """

    class Reason(models.TextChoices):
        TRAP = "trap", _("A field was filled in that people do not see")
        NETWORK = "network", _("Many came from one network")
        STATEMENT = "statement", _("Very many came at once")
        DOMAIN = "domain", _("Many came from addresses of one domain")

    # A network's name (signon.mail.addresses.network) goes after a week, as on the sign-ons (retention.py).
    PERSONAL_DATA: ClassVar[set[str]] = {"subject"}

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="holds", verbose_name=_("statement"))
    reason = models.CharField(_("why"), max_length=9, choices=Reason)
    # What they have in common: a network's name or a domain.
    subject = models.CharField(max_length=255, blank=True, editable=False)
    placed_at = models.DateTimeField(_("since"), auto_now_add=True)
    # Empty where the limits did it.
    placed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("released by"))

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "reason", "subject"],
                condition=Q(released_at__isnull=True),
                name="what_is_alike_has_one_hold",
            ),
            models.CheckConstraint(
                name="a_release_has_who_and_when",
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
