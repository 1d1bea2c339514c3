from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import ContactField
from signon.models.sign_on import SignOn, new_key
from signon.models.user import User


class LateLink(models.Model):
    """A personal link by which one organization signs after closing, until delivery; who made it may end it."""

    PERSONAL_DATA: ClassVar[set[str]] = {"name", "email"}

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="late_links", verbose_name=_("statement"))
    name = models.CharField(_("organization"), max_length=300)
    email = ContactField(_("e-mail address"))
    language = models.CharField(_("language of the mail"), max_length=12, choices=settings.LANGUAGES, default="en")
    link_key = models.CharField(max_length=40, default=new_key, editable=False)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    sign_on = models.ForeignKey(SignOn, models.PROTECT, related_name="late_links", null=True, editable=False)

    objects = ReachedQuerySet["LateLink"].as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("link to sign late")
        verbose_name_plural = _("links to sign late")
        constraints = [
            models.CheckConstraint(
                name="a_link_that_was_ended_has_who_and_when",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_used(self) -> bool:
        """Whether what was signed by it is confirmed; until then it may be corrected by signing again."""
        waiting = SignOn.State.UNCONFIRMED, SignOn.State.EXPIRED
        return self.sign_on is not None and self.sign_on.state not in waiting

    @property
    def is_open(self) -> bool:
        """Whether a POST under it signs at this moment: from opening until delivery, once."""
        return self.ended_at is None and not self.is_used and self.statement.phase() in ("open", "closed")
