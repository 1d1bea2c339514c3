from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import RevisionText, Statement
from signon.models.sign_on import SignOn, new_key
from signon.models.user import User


class Look(models.Model):
    """A member of staff has looked at what signers will see, before the statement opens."""

    class Subject(models.TextChoices):
        CONSENT = "consent", _("What signers agree to")
        MAILS = "mails", _("The mails that signers get")
        TEST = "test", _("A test sign-on, from the form to the link")

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="looks")
    subject = models.CharField(_("at what"), max_length=7, choices=Subject)
    languages = ArrayField(models.CharField(max_length=12), verbose_name=_("in which languages"))
    # What was shown in each language, as a digest (signon/statements/showing.py): of another it counts no more.
    digests = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("look")
        verbose_name_plural = _("looks")

    def __str__(self) -> str:
        return f"{self.statement.slug}: {self.subject}"


class Rehearsal(models.Model):
    """A test sign-on by staff, on its way from the form to its link. No sign-on: so it is never counted nor listed.

    It is gone once its link was opened and confirmed, or a day after; a Look says that it was made.
    """

    KEPT: ClassVar[timedelta] = timedelta(days=1)
    PERSONAL_DATA: ClassVar[set[str]] = {"typed"}

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="rehearsals")
    text = models.ForeignKey(RevisionText, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    # Of what was tried (signon/statements/showing.py), as it was when the form was sent.
    digest = models.CharField(max_length=64, blank=True)
    # SignOn's fields, as its form gave them.
    typed = models.JSONField(default=dict)
    link_key = models.CharField(max_length=40, default=new_key, editable=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("test sign-on")
        verbose_name_plural = _("test sign-ons")

    def __str__(self) -> str:
        return f"{self.statement.slug}: {self.by}"

    def as_sign_on(self) -> SignOn:
        """What the form made of it: a sign-on that is in no table, for the mail and the page to show."""
        made = SignOn(
            statement=self.statement,
            text=self.text,
            language=self.language,
            created_at=self.at,
            expires_at=self.at + self.KEPT,
            **self.typed,
        )
        made.listed_name = made.name_as_typed
        return made
