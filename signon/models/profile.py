from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from signon.models.consent_text import ConsentText
from signon.models.organization import Organization


class Profile(models.Model):
    """What an organization's own people say of it. It is shown, and nothing that is verified rests upon it."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="profile", primary_key=True)
    # None: nobody said. False takes it out of the directory; it stays on the lists that it signed.
    in_directory = models.BooleanField(_("shown in the directory"), null=True)
    said_at = models.DateTimeField(_("said at"), null=True)
    # The words that were answered; empty for what was said before they were kept.
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    website = models.URLField(_("website"), blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, verbose_name=_("languages"))
    # As campaigns.photos.Picture has it; empty without one.
    logo = models.JSONField(_("logo"), default=dict)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = pgettext_lazy("of an organization", "profile")
        verbose_name_plural = pgettext_lazy("of an organization", "profiles")
        constraints = [
            models.CheckConstraint(
                name="a_consent_has_its_moment", condition=Q(in_directory__isnull=True) | Q(said_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)


# Each word of a name, for the index that finds a word's beginning (signon.finding.name_search asks the same).
WORDS = models.Func(
    models.Func("search_key", models.Value(" "), function="string_to_array"), function="array_to_tsvector"
)


class ProfileName(models.Model):
    """Another name that its own people give it: strangers find it so, and nobody is recognized by it.

    Those that one is recognized by are OrganizationName's.
    """

    class Kind(models.TextChoices):
        LANGUAGE = "language", _("In another language")
        FORMER = "former", _("Former name")

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.LANGUAGE)
    language = models.CharField(_("language"), max_length=12, blank=True)
    search_key = models.CharField(max_length=600, editable=False, db_collation="C", db_default="")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("name that it gives itself")
        verbose_name_plural = _("names that it gives itself")
        constraints = [
            models.UniqueConstraint(fields=["profile", "name", "kind"], name="a_profile_has_a_name_once"),
            models.CheckConstraint(
                name="a_name_in_a_language_says_which", condition=~Q(kind="language") | ~Q(language="")
            ),
        ]
        indexes = [GinIndex(WORDS, name="own_names_by_words")]

    def __str__(self) -> str:
        return self.name
