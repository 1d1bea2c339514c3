from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signon.models.sign_on import SignOn


class Case(models.Model):
    """What the desk knows and does about one sign-on: evidence, who has it open, whose it is.

    Made when the sign-on is confirmed; `gathered_at` is empty until the worker has gathered the evidence.
    """

    sign_on = models.OneToOneField(SignOn, models.CASCADE, related_name="case", primary_key=True)
    # [{"code": "domain_matches", "facts": {…}}, …]: codes and facts; signon.casework.evidence says them in words.
    findings = models.JSONField(default=list)
    codes = ArrayField(models.CharField(max_length=40), default=list)
    gathered_at = models.DateTimeField(_("evidence gathered"), null=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="cases", verbose_name=_("assigned to")
    )
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    taken_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            GinIndex(fields=["codes"], name="cases_by_evidence"),
            models.Index("sign_on", name="cases_to_be_gathered", condition=Q(gathered_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_taken_case_is_taken_for_a_while",
                condition=Q(taken_by__isnull=True) | Q(taken_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.sign_on)


class Note(models.Model):
    """What staff write for each other beside a case; erased with the sign-on's other words."""

    PERSONAL_DATA: ClassVar[set[str]] = {"words"}

    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    words = models.TextField(_("note"), max_length=4000)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.words


class Question(models.Model):
    """One thing that staff asked the representative; while it has no answer the case is on hold."""

    PERSONAL_DATA: ClassVar[set[str]] = {"words", "answer"}

    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="questions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    words = models.TextField(_("question"), max_length=2000)
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    answered_at = models.DateTimeField(null=True)
    # Taken back by staff, or ended with the sign-on.
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["sign_on"],
                condition=Q(answered_at__isnull=True, dropped_at__isnull=True),
                name="a_sign_on_has_one_open_question",
            ),
        ]

    def __str__(self) -> str:
        return self.words
