from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.sign_on import SignOn
from signon.models.states import WithStates


class Mailing(WithStates):
    """One mail to many signers of a statement: who gets it, its words, and how far it has come."""

    class Kind(models.TextChoices):
        UPDATE = "update", _("Update to signatories")
        REAFFIRM = "reaffirm", _("The text was amended: ask to re-affirm")
        DELIVERED = "delivered", _("The statement was delivered")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped for good")
        DONE = "done", _("Done")

    # Which state may follow which; a move is one guarded UPDATE.
    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.DRAFT: {State.SENDING},
        State.SENDING: {State.PAUSED, State.STOPPED, State.DONE},
        State.PAUSED: {State.SENDING, State.STOPPED},
        State.STOPPED: set(),
        State.DONE: set(),
    }

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="mailings", verbose_name=_("statement"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.UPDATE)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT, editable=False)
    # Who: sign-ons in these states, from these countries (none given: from all; "" is regional or international).
    sign_on_states = ArrayField(
        models.CharField(max_length=11, choices=SignOn.State), default=list, verbose_name=_("sign-ons that are")
    )
    countries = ArrayField(models.CharField(max_length=2, blank=True), default=list, verbose_name=_("countries"))
    only_with_consent = models.BooleanField(_("only who wants updates"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    # Recipients when it was started; how many messages were composed, and up to which sign-on's id.
    recipients = models.PositiveIntegerField(default=0, editable=False)
    composed = models.PositiveIntegerField(default=0, editable=False)
    composed_to = models.BigIntegerField(default=0, editable=False)

    objects = ReachedQuerySet["Mailing"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = [("send_mailing", _("Can write to signatories"))]
        constraints = [
            models.CheckConstraint(
                name="a_mailing_on_its_way_has_its_start", condition=Q(state="draft") | Q(started_at__isnull=False)
            ),
        ]

    @property
    def needs_consent(self) -> bool:
        """Whether it goes only to who wants updates; to re-affirm is about one's own signature, and asked of all."""
        return self.only_with_consent and self.kind != self.Kind.REAFFIRM

    def __str__(self) -> str:
        first = self.texts.first()
        return first.subject if first else self.get_kind_display()


class MailingText(models.Model):
    """A mailing's subject and words (Markdown) in one language; the first is for whoever reads none of the others."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("mailing’s text")
        verbose_name_plural = _("mailings’ texts")
        constraints = [
            models.UniqueConstraint(fields=["mailing", "language"], name="a_mailing_has_one_text_a_language"),
        ]

    def __str__(self) -> str:
        return self.subject
