from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.reach import ALL_CAMPAIGNS, ReachedQuerySet
from signon.models.contact_field import ContactField


class Erasure(models.Model):
    """That everything about one address was erased at its owner's wish. The address is not in it.

    `digest` is keyed (signon.privacy.held.digest): with it a restored backup's rows are found again
    (signon.privacy.erasing.repeat).
    """

    digest = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(_("erased"), default=timezone.now, editable=False)
    # How many of what, by codes.
    counts = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(fields=["digest", "at"], name="an_erasure_is_written_down_once"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class ObjectionQuerySet(ReachedQuerySet["Objection"]):
    ways = ()

    def for_user(self, user: Any) -> Self:
        """A person asks the network, of no campaign: for who works for all of it, and may see who wants no mail."""
        may = any(user.has_perm(right) for right in ("signon.change_suppression", "signon.read_all"))
        return self.all() if may and user.has_perm(ALL_CAMPAIGNS) else self.none()

    def waiting(self) -> ObjectionQuerySet:
        """Those that nobody has dealt with, the oldest first."""
        return self.filter(settled_at=None).order_by("at", "pk")


class Objection(models.Model):
    """What a person asks of the staff about their data, by the link that was mailed to them: what not to use it for,
    or what is wrong in it."""

    PERSONAL_DATA: ClassVar[set[str]] = {"email", "words"}

    email = ContactField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    words = models.TextField(pgettext_lazy("of an objection", "what they ask"), max_length=2000)
    at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.CheckConstraint(
                name="a_settled_objection_has_who_and_when",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]
