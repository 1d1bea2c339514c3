from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Organization(models.Model):
    """A body that signs. Staff alone make one, by accepting a sign-on, importing a list or typing it in."""

    class Type(models.TextChoices):
        NGO = "ngo", _("Non-governmental organization")
        UNION = "union", _("Trade union")
        NETWORK = "network", _("Network or coalition")
        FAITH = "faith", _("Faith-based organization")
        ACADEMIC = "academic", _("Academic institution")
        OTHER = "other", _("Other")

    class Scope(models.TextChoices):
        NATIONAL = "national", _("National or local")
        REGIONAL = "regional", _("Regional")
        INTERNATIONAL = "international", _("International")

    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=120, allow_unicode=True)
    name = models.CharField(_("official name"), max_length=300)
    acronym = models.CharField(_("acronym"), max_length=60, blank=True)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1; empty if regional or international.")
    )
    scope = models.CharField(_("scope"), max_length=13, choices=Scope, default=Scope.NATIONAL)
    organization_type = models.CharField(_("type"), max_length=8, choices=Type, default=Type.NGO)
    website = models.URLField(_("website"), blank=True)
    search_key = models.CharField(max_length=600, editable=False, db_collation="C", db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(
                name="a_national_organization_has_a_country_and_no_other_has",
                condition=(Q(scope="national") & ~Q(country="")) | (~Q(scope="national") & Q(country="")),
                violation_error_message=_(
                    "A national organization has a country; a regional or international one has none."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name


class OrganizationName(models.Model):
    """Another name that an organization is known by: in other languages, former, or as it once signed."""

    class Kind(models.TextChoices):
        LANGUAGE = "language", _("In another language")
        FORMER = "former", _("Former name")
        SPELLING = "spelling", _("Other spelling")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="other_names")
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SPELLING)
    language = models.CharField(_("language"), max_length=12, blank=True, choices=settings.LANGUAGES)
    search_key = models.CharField(max_length=600, editable=False, db_collation="C", db_index=True)

    class Meta:
        ordering = ["organization", "name"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(fields=["organization", "search_key"], name="an_organization_has_a_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
