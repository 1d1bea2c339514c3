from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.reach import ReachedQuerySet
from signon.models.sign_on import new_key


class FactorResetQuerySet(ReachedQuerySet["FactorReset"]):
    ways = ()
    right = "signon.view_factorreset"

    def waiting(self) -> FactorResetQuerySet:
        """Asked for, and neither done nor stopped."""
        return self.filter(outcome="")

    def due(self, now: datetime) -> FactorResetQuerySet:
        """Those whose day of waiting is over."""
        return self.waiting().filter(due_at__lte=now)


class FactorReset(models.Model):
    """A lost second factor that somebody else takes away: who asked, when, why, and what came of it. Kept for good."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        STOPPED = "stopped", pgettext_lazy("of a factor’s reset", "Stopped")

    PERSONAL_DATA: ClassVar[set[str]] = {"why"}
    # So long its owner has to stop it.
    WAIT: ClassVar[timedelta] = timedelta(hours=24)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="factor_resets")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    why = models.CharField(_("why"), max_length=500)
    at = models.DateTimeField(_("asked for"), auto_now_add=True)
    due_at = models.DateTimeField(pgettext_lazy("of a factor’s reset", "due"))
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Who stopped it; nobody where its owner did, by the link in the mail.
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    # Of the link that stops it (signon.tokens).
    link_key = models.CharField(max_length=40, default=new_key, editable=False)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name = _("reset of a second factor")
        verbose_name_plural = _("resets of second factors")
        permissions = [("reset_factor", _("Can take away a colleague’s lost second factor"))]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(outcome=""), name="one_reset_of_a_factor_waits"),
            models.CheckConstraint(name="nobody_resets_their_own_factor", condition=~Q(user=F("by"))),
            models.CheckConstraint(
                name="an_ended_reset_says_when",
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="no_factor_is_taken_away_early",
                condition=~Q(outcome="done") | Q(ended_at__gte=F("due_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_outcome_display() or _('waits')}"
