from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import AddresseeAnswer
from campaigns.models.reach import ReachedQuerySet
from signon.models.letter_pack import LetterPack
from signon.models.sign_on import SignOn


class AttachmentQuerySet(ReachedQuerySet["Attachment"]):
    ways = ("sign_on__statement__campaign", "pack__statement__campaign", "answer__statement__campaign")


class Attachment(models.Model):
    """A file that proves something: a scan of what somebody sent, a delivery's receipt or photo, an answer.

    For staff alone, and never shown in a page: it is only downloaded.
    """

    PERSONAL_DATA: ClassVar[set[str]] = {"name"}

    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="attachments", null=True)
    pack = models.ForeignKey(LetterPack, models.CASCADE, related_name="attachments", null=True)
    answer = models.ForeignKey(AddresseeAnswer, models.CASCADE, related_name="attachments", null=True)
    name = models.CharField(_("name"), max_length=200)
    # What the file is by its content; what its name or sender said counts for nothing.
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    # In the private storage; "" once it was removed.
    place = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(
                name="an_attachment_is_of_one_thing",
                condition=Q(sign_on__isnull=False, pack__isnull=True, answer__isnull=True)
                | Q(sign_on__isnull=True, pack__isnull=False, answer__isnull=True)
                | Q(sign_on__isnull=True, pack__isnull=True, answer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
