from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.reach import ReachedQuerySet
from signon.models.organization import Organization
from signon.models.sign_on import new_key


class SeatQuerySet(ReachedQuerySet["Seat"]):
    ways = ()
    right = "signon.view_seat"

    def standing(self) -> SeatQuerySet:
        """Of people who act for their organization now."""
        return self.filter(state=Seat.State.STANDS)

    def asked(self) -> SeatQuerySet:
        """Claims that wait for an owner or for staff."""
        return self.filter(state=Seat.State.ASKED)

    def invited(self) -> SeatQuerySet:
        """Offered to an address, and not taken yet."""
        return self.filter(state=Seat.State.INVITED)


class Seat(models.Model):
    """A person's place in an organization of the directory: they act for it (signon.people.seats)."""

    class Role(models.TextChoices):
        OWNER = "owner", pgettext_lazy("of an organization’s people", "Owner")
        REPRESENTATIVE = "representative", _("Representative")

    class State(models.TextChoices):
        ASKED = "asked", _("Claimed: not decided")
        INVITED = "invited", pgettext_lazy("of an organization’s people", "Invited")
        STANDS = "stands", _("Acts for it")
        DECLINED = "declined", pgettext_lazy("of an organization’s people", "Declined")
        LEFT = "left", _("Left")

    class How(models.TextChoices):
        DOMAIN = "domain", _("By an address at a domain that staff recorded for it")
        STAFF = "staff", _("By staff")
        OWNER = "owner", _("By an owner of its seats")

    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.ASKED: {State.STANDS, State.DECLINED, State.LEFT},
        State.INVITED: {State.STANDS, State.LEFT},
        State.STANDS: {State.LEFT},
        State.DECLINED: set(),
        State.LEFT: set(),
    }
    PERSONAL_DATA: ClassVar[set[str]] = {"email", "words", "reason"}

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="seats", verbose_name=_("organization"))
    # Nobody while it is offered to an address.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seats", null=True)
    # The proved address that it was claimed with, or the one that it is offered to.
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=14, choices=Role, default=Role.REPRESENTATIVE)
    state = models.CharField(_("state"), max_length=8, choices=State)
    words = models.TextField(_("what they wrote"), blank=True)
    how = models.CharField(_("how it was decided"), max_length=6, choices=How, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    # Of the link that an invited colleague gets (signon.tokens).
    link_key = models.CharField(max_length=40, default=new_key, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(state__in=["asked", "stands"]),
                name="a_person_has_one_seat_in_an_organization",
            ),
            models.UniqueConstraint(
                fields=["organization", "email"], condition=Q(state="invited"), name="an_address_is_offered_a_seat_once"
            ),
            models.CheckConstraint(
                name="a_seat_is_somebody_s_once_it_is_taken",
                condition=Q(user__isnull=False) | Q(state__in=["invited", "left"]),
            ),
            models.CheckConstraint(
                name="a_seat_that_stands_was_decided",
                condition=~Q(state="stands") | (Q(decided_at__isnull=False) & ~Q(how="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.email}: {self.organization}"

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER and self.state == self.State.STANDS

    def move(self, to: str, **fields: Any) -> bool:
        """One guarded UPDATE; returns whether it moved. Of two at once one wins."""
        before = [state for state, after in self.MAY_BECOME.items() if to in after]
        moved = Seat.objects.filter(pk=self.pk, state__in=before).update(state=to, **fields) == 1
        if moved:
            self.refresh_from_db()
        return moved
