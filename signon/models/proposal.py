from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.reach import ReachedQuerySet
from signon.models.consent_text import ConsentText
from signon.models.contact_field import ContactField
from signon.models.organization import Organization
from signon.models.sign_on import SignOn, new_key
from signon.models.user import User


class ProposalQuerySet(ReachedQuerySet["Proposal"]):
    ways = ("sign_on__statement__campaign",)
    right = "signon.view_signon"

    def within(self, user: User) -> Q:
        """And official names of organizations that stand in no other campaign: there they would spread to its lists."""
        standing = SignOn.objects.filter(organization=OuterRef("organization"), state=SignOn.State.ACCEPTED)
        elsewhere = standing.exclude(statement__campaign__in=user.memberships.values("campaign"))
        return super().within(user) | Q(organization__isnull=False) & ~Q(Exists(elsewhere))

    def open(self) -> ProposalQuerySet:
        """What nobody decided yet, nor took back."""
        return self.filter(state__in=Proposal.OPEN)

    def waiting(self) -> ProposalQuerySet:
        """What staff have to decide, oldest first."""
        return self.filter(state=Proposal.State.WAITS).order_by("waits_since", "pk")


class Proposal(models.Model):
    """What signers and organizations ask to have changed, and staff decide. Changed in signon.casework.proposing alone.

    Of a sign-on: the name that it is listed by, or who represents it; of an organization: its official name. While it
    waits what stands stays.
    """

    class Kind(models.TextChoices):
        LISTED = "listed", _("Name as listed")
        REPRESENTATIVE = "representative", _("Representative")
        OFFICIAL = "official", _("Official name")

    class State(models.TextChoices):
        ASKED = "asked", _("The new representative has not confirmed yet")
        WAITS = "waits", _("Waits for staff")
        ACCEPTED = "accepted", pgettext_lazy("of a proposal", "Accepted")
        DECLINED = "declined", pgettext_lazy("of a proposal", "Declined")
        ENDED = "ended", _("Taken back, or out of date")

    OPEN: ClassVar[list[str]] = [State.ASKED, State.WAITS]
    PERSONAL_DATA: ClassVar[set[str]] = {"name", "title", "email", "reason"}

    kind = models.CharField(_("what is proposed"), max_length=14, choices=Kind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITS)
    sign_on = models.ForeignKey(SignOn, models.CASCADE, related_name="proposals", null=True)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="proposals", null=True)
    # Of an organization, or of a person who would represent it.
    name = models.CharField(_("name"), max_length=510, blank=True)
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    title = models.CharField(_("title or role"), max_length=200, blank=True)
    email = ContactField(_("e-mail address"), blank=True)
    # What the new representative reads, and whether they want news: said as they confirm.
    language = models.CharField(_("language of mails"), max_length=12, blank=True)
    consent_updates = models.BooleanField(_("wants updates"), default=False)
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    # Empty where it came by a sign-on's own link.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("proposed"), auto_now_add=True)
    waits_since = models.DateTimeField(_("waits since"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    # Empty where nobody had to decide.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    link_key = models.CharField(max_length=40, default=new_key, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = [models.Index("waits_since", name="proposals_that_wait", condition=Q(state="waits"))]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_on", "kind"],
                condition=Q(state__in=["asked", "waits"], sign_on__isnull=False),
                name="a_sign_on_has_one_open_proposal_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state__in=["asked", "waits"], organization__isnull=False),
                name="an_organization_has_one_open_proposal",
            ),
            models.CheckConstraint(
                name="a_proposal_is_of_a_sign_on_or_an_organization",
                condition=Q(kind="official", organization__isnull=False, sign_on__isnull=True)
                | (~Q(kind="official") & Q(organization__isnull=True, sign_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_proposal_that_waits_has_its_moment",
                condition=~Q(state="waits") | Q(waits_since__isnull=False),
            ),
            models.CheckConstraint(
                name="a_decided_proposal_has_its_moment",
                condition=~Q(state__in=["accepted", "declined"]) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_open_proposal_says_something",
                condition=~Q(state__in=["asked", "waits"]) | (~Q(name="") & (~Q(kind="representative") | ~Q(email=""))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    def move(self, before: str, to: str, **fields: Any) -> bool:
        """One guarded UPDATE; returns whether it moved. Of two at once one wins."""
        moved = Proposal.objects.filter(pk=self.pk, state=before).update(state=to, **fields) == 1
        if moved:
            self.refresh_from_db()
        return moved
