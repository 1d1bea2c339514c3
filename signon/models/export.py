from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.user import User


def private_storage() -> Storage:
    """Where files are that no address leads to."""
    return storages["private"]


class ExportQuerySet(ReachedQuerySet["Export"]):
    ways = ("statement__campaign", "campaign")

    def within(self, user: User) -> Q:
        """And the lists of several statements that they took themselves."""
        return super().within(user) | Q(by=user, statement=None, campaign=None)


class Export(models.Model):
    """A list that left the building: who asked for it, which rows, and the digest of what they got.

    Its file is private to whoever asked, and goes after KEPT; this record stays.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX (Excel)"
        ODS = "ods", "ODS (LibreOffice)"
        JSON = "json", "JSON"
        ZIP = "zip", _("Archive (ZIP)")

    # What a list of signatories can be; an archive is a file of another kind.
    LISTS: ClassVar[list[str]] = [Format.CSV, Format.XLSX, Format.ODS, Format.JSON]

    class Way(models.TextChoices):
        AT_ONCE = "at_once", _("Downloaded at once")
        PREPARED = "prepared", _("Prepared in the background")
        ADMIN = "admin", _("Administration")
        COMMAND = "command", _("Command")

    KEPT: ClassVar[timedelta] = timedelta(days=7)

    # Empty where the list is of several statements.
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="exports", null=True, verbose_name=_("statement")
    )
    # Of a campaign's archive alone.
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="exports", null=True, verbose_name=_("campaign")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="exports", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    way = models.CharField(_("how"), max_length=8, choices=Way)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    # export_choice.Choice as JSON, or what else tells which rows were asked for; no names are in it.
    choice = models.JSONField(_("what was chosen"), default=dict)
    with_contacts = models.BooleanField(_("with representatives and their addresses"), default=False)
    # Empty until it is whole: a download that broke off stays so.
    rows = models.PositiveBigIntegerField(_("rows"), null=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    file = models.FileField(storage=private_storage, upload_to="exports", blank=True)
    ends_at = models.DateTimeField(_("file is removed"), null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(
                name="an_export_is_of_a_statement_or_a_campaign",
                condition=Q(statement__isnull=True) | Q(campaign__isnull=True),
            ),
            models.CheckConstraint(
                name="a_whole_export_has_rows_and_a_digest",
                condition=Q(rows__isnull=True, size__isnull=True, digest="")
                | Q(rows__isnull=False, size__isnull=False) & ~Q(digest=""),
            ),
            models.CheckConstraint(
                name="an_export_with_a_file_has_an_end", condition=Q(file="") | Q(ends_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file_name(self) -> str:
        """What it is called where it is saved: initial-elements-2016-2026-03-08.csv."""
        of = self.statement or self.campaign
        name = self.choice.get("event") or (of.slug if of else "sign-ons")
        return f"{name}-{self.at:%Y-%m-%d}.{self.format}"


class Fetch(models.Model):
    """Somebody took the file of an export, or began to."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="fetches")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("download")
        verbose_name_plural = _("downloads")

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d %H:%M}"


class ExportPreset(models.Model):
    """A choice of rows and columns under a name, to be used again for any statement."""

    name = models.CharField(_("name"), max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="export_presets")
    choice = models.JSONField(default=dict)
    format = models.CharField(_("format"), max_length=4, choices=Export.Format, default=Export.Format.CSV)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("saved choice for exports")
        verbose_name_plural = _("saved choices for exports")
        constraints = [models.UniqueConstraint("name", name="an_export_preset_has_a_name_of_its_own")]

    def __str__(self) -> str:
        return self.name
