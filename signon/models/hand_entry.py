from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signon.models.sign_on import SignOn


class HandEntry(models.Model):
    """How a sign-on that staff entered came to them, and who vouches that it is meant."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        PHONE = "phone", _("Telephone")
        PAPER = "paper", _("Letter or list on paper")
        MEETING = "meeting", _("Said at a meeting")

    PERSONAL_DATA: ClassVar[set[str]] = {"vouched_by"}

    sign_on = models.OneToOneField(SignOn, models.CASCADE, related_name="hand_entry", primary_key=True)
    channel = models.CharField(_("how it came"), max_length=7, choices=Channel)
    said_on = models.DateField(_("when it was said"))
    vouched_by = models.CharField(_("who vouches for it"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    objected_at = models.DateTimeField(_("objected"), null=True)
    # When who vouched was forgotten (signon/privacy/forgetting.py).
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("entry by hand")
        verbose_name_plural = _("entries by hand")
        constraints = [
            models.CheckConstraint(
                name="somebody_vouches_for_what_is_entered_by_hand",
                condition=~Q(vouched_by="") | Q(erased_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.sign_on)
