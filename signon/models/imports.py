from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.contact_field import ContactJSON
from signon.models.organization import Organization
from signon.models.sign_on import SignOn
from signon.models.states import WithStates


def private() -> Storage:
    """Where a chosen file is kept while it is looked at."""
    return storages["private"]


class Import(WithStates):
    """One list brought into one statement: from where, by whom, with whose consent, and what became of it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Its columns are to be told")
        MAPPED = "mapped", _("Its rows are being looked at")
        PREVIEWED = "previewed", _("Ready to be imported")
        APPLIED = "applied", _("Imported")
        UNDONE = "undone", _("Taken back")
        DISCARDED = "discarded", _("Discarded")

    class Consent(models.TextChoices):
        PUBLISHED = "published", _("The list was published elsewhere, with these names")
        ON_FILE = "on_file", _("We have each one’s consent to be listed on file")
        ASK = "ask", _("Ask each by e-mail: nobody is listed before they confirm")

    # Which state may follow which; a move is one guarded UPDATE.
    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.UPLOADED: {State.MAPPED, State.UPLOADED, State.DISCARDED},
        State.MAPPED: {State.PREVIEWED, State.MAPPED, State.UPLOADED, State.DISCARDED},
        State.PREVIEWED: {State.APPLIED, State.MAPPED, State.UPLOADED, State.DISCARDED},
        State.APPLIED: {State.UNDONE},
        State.UNDONE: set(),
        State.DISCARDED: set(),
    }

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="imports", verbose_name=_("statement"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.UPLOADED, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    # Kept until the rows have been looked at for good: applied, discarded, or left alone for 30 days.
    file = models.FileField(storage=private, upload_to="imports/", blank=True, max_length=200)
    is_pasted = models.BooleanField(default=False, editable=False)
    encoding = models.CharField(_("letters"), max_length=20, blank=True)
    sheet = models.CharField(_("sheet"), max_length=200, blank=True)
    # {column of the file: field of signon.imports.columns, or ""}
    mapping = models.JSONField(default=dict, editable=False)
    consent = models.CharField(_("consent"), max_length=9, choices=Consent, blank=True)
    source = models.CharField(_("where and when the list was published or signed"), max_length=300, blank=True)
    applied_at = models.DateTimeField(_("imported"), null=True, editable=False)
    undone_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    # When what its rows hold was blanked; numbers and statuses stay.
    blanked_at = models.DateTimeField(null=True, editable=False)

    objects = ReachedQuerySet["Import"].as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                name="an_import_says_from_where_and_with_what_consent",
                condition=~Q(state__in=["applied", "undone"]) | (~Q(consent="") & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="what_was_imported_has_its_moment",
                condition=~Q(state__in=["applied", "undone"]) | Q(applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)

    @property
    def asks(self) -> bool:
        """Whether each representative is asked by mail before anything is listed."""
        return self.consent == self.Consent.ASK

    @property
    def is_open(self) -> bool:
        """Whether its rows may still be changed."""
        return self.state in (self.State.UPLOADED, self.State.MAPPED, self.State.PREVIEWED)


class ImportRowQuerySet(ReachedQuerySet["ImportRow"]):
    ways = ("of__statement__campaign",)


class ImportRow(models.Model):
    """One row of a list: what stood there, what was read, how, and what is to become of it."""

    class Status(models.TextChoices):
        NEW = "new", _("New")
        SAME = "same", _("Same as existing")
        DUPLICATE = "duplicate", _("Likely duplicate")
        PROBLEM = "problem", _("Problem")

    PERSONAL_DATA: ClassVar[set[str]] = {"raw", "values", "notes", "problems", "reasons"}

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("number"))
    # [column, cell] in the order of the columns
    raw = ContactJSON(default=list)
    # Fields of signon.imports.rows.Row
    values = ContactJSON(default=dict)
    # Remarks (signon.imports.remarks): how values were found, why it cannot be taken, why its status is what it is.
    notes = ContactJSON(default=list)
    problems = ContactJSON(default=list)
    reasons = ContactJSON(default=list)
    status = models.CharField(_("status"), max_length=9, choices=Status)
    same_as = models.PositiveIntegerField(null=True)
    # Whom of the directory it is (`links`), or may be: how sure, and why.
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")
    links = models.BooleanField(default=False)
    score = models.FloatField(null=True)
    why = models.CharField(max_length=300, blank=True)
    takes = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    # What came of it.
    sign_on = models.ForeignKey(SignOn, models.SET_NULL, null=True, related_name="+")
    made = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")
    left = models.JSONField(default=list)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["of", "number"]
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="a_row_has_its_number_once"),
            models.CheckConstraint(
                name="a_row_with_a_problem_is_not_taken",
                condition=~Q(takes=True) | ~Q(status__in=["problem", "same"]),
            ),
        ]
        indexes = [models.Index(fields=["of", "status", "number"], name="rows_by_status")]

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"

    @property
    def name(self) -> str:
        """Whoever signs, as read."""
        values: dict[str, Any] = self.values
        which = "representative_name" if values.get("signer") == SignOn.Signer.INDIVIDUAL else "organization_name"
        return str(values.get(which, ""))


class ImportMapping(models.Model):
    """What the columns of lists with these headers held the last time, to be offered again."""

    # signon.imports.columns.Columns.signature
    signature = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")

    def __str__(self) -> str:
        return self.signature[:8]
