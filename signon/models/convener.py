from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import ContactField
from signon.models.organization import Organization
from signon.models.sign_on import SignOn, new_key
from signon.models.user import User


class ConvenerQuerySet(ReachedQuerySet["Convener"]):
    def standing(self) -> ConvenerQuerySet:
        """Those who convene now, in the order that staff set."""
        return self.filter(removed_at__isnull=True).order_by("place", "pk")


class Convener(models.Model):
    """An organization that initiates a statement; listed first once it has signed, in the order that staff set.

    `organization` is empty until staff know its entry in the directory: by choosing it, or by accepting `sign_on`,
    which came by this convener's own link.
    """

    PERSONAL_DATA: ClassVar[set[str]] = {"contact_name", "email"}

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="conveners", verbose_name=_("statement"))
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="convenes",
        null=True,
        blank=True,
        verbose_name=_("entry in the directory"),
    )
    name = models.CharField(_("name as shown"), max_length=300)
    place = models.PositiveSmallIntegerField(_("place"))
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    email = ContactField(_("e-mail address"))
    language = models.CharField(_("language of mails"), max_length=12, choices=settings.LANGUAGES, default="en")
    link_key = models.CharField(max_length=40, default=new_key, editable=False)
    told_at = models.DateTimeField(_("link sent"), null=True, editable=False)
    sign_on = models.ForeignKey(SignOn, models.PROTECT, related_name="convener_links", null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConvenerQuerySet.as_manager()

    class Meta:
        ordering = ["statement", "place", "pk"]
        verbose_name = _("convener")
        verbose_name_plural = _("conveners")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "organization"],
                condition=Q(removed_at__isnull=True, organization__isnull=False),
                name="an_organization_convenes_a_statement_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_read(self) -> bool:
        """Whether the private link shows the text: not while staff have taken it back to be a draft."""
        state = Statement.State
        return self.removed_at is None and self.statement.state not in (state.DRAFT, state.WITHDRAWN)

    @property
    def may_comment(self) -> bool:
        """Whether a comment is taken: until it closes, for after that the text stays."""
        return self.may_read and (
            self.statement.state == Statement.State.CIRCULATING or self.statement.phase() in ("before", "open")
        )

    @property
    def is_open(self) -> bool:
        """Whether a POST under the private link signs at this moment: before others may, and with them."""
        circulates = self.statement.state == Statement.State.CIRCULATING
        return self.removed_at is None and (circulates or self.statement.phase() in ("before", "open"))


class CommentQuerySet(ReachedQuerySet["Comment"]):
    ways = ("convener__statement__campaign",)


class Comment(models.Model):
    """What a convener says of a text before it is open. `digest` is of the text that they read."""

    PERSONAL_DATA: ClassVar[set[str]] = {"words", "answer"}

    convener = models.ForeignKey(Convener, models.CASCADE, related_name="comments")
    digest = models.CharField(_("digest of the text"), max_length=64)
    language = models.CharField(_("language of the text"), max_length=12)
    words = models.TextField(_("comment"), max_length=5000)
    at = models.DateTimeField(_("written"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by"))
    answer = models.TextField(_("what became of it"), blank=True, max_length=2000)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                name="what_is_settled_has_who_and_when",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convener}: {self.words[:60]}"
