from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from signon.geography import countries
from signon.models.organization import Organization
from signon.naming import names


class Network(models.Model):
    """A list of a network's members, to see how many of them signed a statement and who is missing."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    source = models.CharField(_("where the list is from"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """One organization on a network's list, as it is printed there.

    `organization` is the directory's entry that staff said it is; without one, matching finds it for each statement.
    Whom staff said it is not stands in Distinction, as everywhere.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="members")
    number = models.PositiveIntegerField()
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="memberships_in_networks"
    )
    organization_name = models.CharField(_("name"), max_length=300)
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    scope = models.CharField(_("scope"), max_length=13, choices=Organization.Scope, default=Organization.Scope.NATIONAL)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        ordering = ["network", "number"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="a_member_has_a_number_of_its_own"),
        ]

    def __str__(self) -> str:
        return names.with_acronym(self.organization_name, self.acronym)

    @property
    def country_name(self) -> str:
        """The country in the language that is active now, "" where there is none."""
        return countries.name(self.country, get_language() or settings.LANGUAGE_CODE)
