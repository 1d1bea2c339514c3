from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.models.reach import ReachedQuerySet
from signon.geography import countries
from signon.naming import names

# Each word of a name, and of its acronym: what indexes of words hold (signon.finding.word_search).
NAME_WORDS = models.Func("search_key", "acronym", function="signon_words")
OTHER_NAME_WORDS = models.Func("search_key", models.Value(""), function="signon_words")


class OrganizationQuerySet(ReachedQuerySet["Organization"]):
    ways = ()
    right = "signon.view_organization"

    def current(self) -> OrganizationQuerySet:
        """The directory: without those that were merged into another."""
        return self.filter(merged_into__isnull=True)


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
    # When a member of staff first accepted a sign-on of it; what an import or a rule made has none.
    verified_at = models.DateTimeField(_("verified by staff"), null=True, blank=True, editable=False)
    # Found to be another entry: kept for its history, in no list, brought back when the merge is undone.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, editable=False
    )

    objects = OrganizationQuerySet.as_manager()

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
            models.CheckConstraint(
                name="no_organization_is_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        ]
        indexes = [
            models.Index("name", "id", name="organizations_by_name"),
            models.Index("organization_type", name="organizations_by_type"),
            GinIndex(NAME_WORDS, name="organizations_by_words"),
        ]
        permissions = [("merge_organization", _("Can merge organizations and tell them apart"))]

    def __str__(self) -> str:
        return names.with_acronym(self.name, self.acronym)

    @property
    def country_name(self) -> str:
        """The country in the language that is active now, "" where there is none."""
        return countries.name(self.country, get_language() or settings.LANGUAGE_CODE)


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
        indexes = [GinIndex(OTHER_NAME_WORDS, name="other_names_by_words")]

    def __str__(self) -> str:
        return self.name


class OrganizationDomain(models.Model):
    """A mail domain that staff recorded as this organization's own; evidence is strong from here alone."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253, help_text=_("For example example.org, without www."))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organization", "domain"]
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")
        constraints = [
            models.UniqueConstraint(fields=["organization", "domain"], name="an_organization_has_a_domain_once"),
        ]
        indexes = [models.Index("domain", name="organizations_by_domain")]

    def __str__(self) -> str:
        return self.domain


class NameKey(models.Model):
    """One of the keys that an organization's names are found by: a digest that signon.naming.candidates makes."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="name_keys")
    key = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "organization"], name="an_organization_has_a_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.organization_id}"


class Distinction(models.Model):
    """Two that staff found to be two: this organization is not the one of that name in that country."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="distinctions")
    search_key = models.CharField(max_length=600, db_collation="C")
    country = models.CharField(_("country"), max_length=2, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("distinction")
        verbose_name_plural = _("distinctions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "search_key", "country"], name="two_organizations_are_told_apart_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} ≠ {self.search_key}"


class Merge(models.Model):
    """One entry of the directory found to be another; all it changed is written here, to be undone."""

    kept = models.ForeignKey(Organization, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Organization, models.PROTECT, related_name="merges_away")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    # {"sign_ons": [ids that moved], "doubles": [[later, earlier], …], "names": [ids of other names that it added]}
    changed = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="an_organization_is_merged_away_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
