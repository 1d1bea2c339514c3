from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import RevisionText, Statement
from campaigns.models.reach import ReachedQuerySet
from signon.models.job import Job
from signon.models.sign_on import SignOn
from signon.models.states import WithStates


class LetterPackQuerySet(ReachedQuerySet["LetterPack"]):
    def light(self) -> LetterPackQuerySet:
        """Without what grows with the names."""
        return self.defer("manifest", "sign_ons")

    def public(self) -> LetterPackQuerySet:
        """Those that whoever holds the letter may check, delivered or not: made, of a statement that has a page."""
        return self.exclude(state="ordered").filter(statement__in=Statement.objects.reachable())

    def with_work(self) -> LetterPackQuerySet:
        """With `is_stuck`: whether it is not made, and no worker makes it or will, for that failed."""
        under_way = Job.objects.filter(kind=Job.Kind.PACK, subject=OuterRef("pk"), state__in=["waiting", "running"])
        return self.annotate(is_stuck=Q(state="ordered") & ~Exists(under_way))

    def delivered(self) -> LetterPackQuerySet:
        """Those that were handed over, the first first."""
        return self.filter(state="delivered").order_by("number")

    def holding(self, sign_on: SignOn) -> LetterPackQuerySet:
        """Those in whose list a sign-on stands, or may come to stand: what an erasure has to look at.

        Of one that is being made nobody knows yet: its names may have been read a moment ago.
        """
        being_made = Q(state="ordered", statement=sign_on.statement_id)
        return self.filter(being_made | Q(sign_ons__contains=[sign_on.pk]))


class LetterPack(WithStates):
    """A statement with its signatories at one moment, ready to be delivered: its manifest, and files made of it.

    The manifest is what is published: no hidden name, no representative. Once it is made, a trigger keeps it, its
    digest and the files' digests as they are; an erasure may only take the manifest and the files away.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", _("Being made")
        MADE = "made", _("Made, not delivered")
        DELIVERED = "delivered", _("Delivered")

    MAY_BECOME: ClassVar[dict[str, set[str]]] = {
        State.ORDERED: {State.MADE},
        State.MADE: {State.DELIVERED},
        State.DELIVERED: set(),
    }

    class Grouping(models.TextChoices):
        COUNTRY = "country", _("International, regional, then by country")
        REGION = "region", _("By region of the world")
        ALPHABET = "alphabet", _("One list in alphabetical order")
        TYPE = "type", _("By type of organization")

    class Layout(models.TextChoices):
        COLUMNS = "columns", _("In columns, a name a line")
        PARAGRAPHS = "paragraphs", _("In paragraphs, which saves paper")

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="letter_packs", verbose_name=_("statement"))
    text = models.ForeignKey(RevisionText, models.PROTECT, related_name="+", verbose_name=_("text"))
    number = models.PositiveIntegerField(_("number"), editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ORDERED, editable=False)
    grouping = models.CharField(_("list"), max_length=8, choices=Grouping, default=Grouping.COUNTRY)
    layout = models.CharField(_("names"), max_length=10, choices=Layout, default=Layout.COLUMNS)
    with_representatives = models.BooleanField(_("with the representatives’ names"), default=False)
    with_answers = models.BooleanField(_("with the answers to public questions"), default=False)
    letterhead = models.TextField(_("letterhead"), blank=True, max_length=1000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    created_at = models.DateTimeField(auto_now_add=True)

    # When the names were read; a sign-on accepted after it stands in the next pack.
    as_of = models.DateTimeField(_("as of"), null=True, editable=False)
    # Canonical JSON (signon/letters/manifest.py) whose SHA-256 is the digest; "" after an erasure.
    manifest = models.TextField(blank=True, editable=False)
    digest = models.CharField(_("digest (SHA-256)"), max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    # The manifest's numbers, which an erasure leaves.
    counts = models.JSONField(default=dict, editable=False)
    # Whose names it holds: what an erasure has to look at, and what is later in the next.
    sign_ons = ArrayField(models.BigIntegerField(), default=list, editable=False)
    # The newest seal over the ledger when the names were read.
    seal_digest = models.CharField(_("seal"), max_length=64, blank=True, editable=False)
    # What whoever delivers it should know: why the PDF is not as it should be, in words.
    remark = models.TextField(blank=True, editable=False)

    delivered_to = models.CharField(_("delivered to"), max_length=300, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("delivered by")
    )
    delivered_how = models.CharField(_("how"), max_length=300, blank=True)

    # Who took its names and files away, and when; who asked to be erased stands in no record.
    forgotten_at = models.DateTimeField(_("names and files removed"), null=True, editable=False)
    forgotten_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("removed by"),
    )

    objects = LetterPackQuerySet.as_manager()

    class Meta:
        ordering = ["statement", "-number"]
        verbose_name = _("letter pack")
        verbose_name_plural = _("letter packs")
        permissions = [("deliver_letterpack", _("Can record that a letter was delivered"))]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="a_letter_pack_has_a_number_of_its_own"),
            models.CheckConstraint(
                name="a_letter_that_is_made_has_its_digest_and_moment",
                condition=Q(state="ordered", digest__isnull=True) | Q(digest__isnull=False, as_of__isnull=False),
            ),
            models.CheckConstraint(
                name="a_delivery_says_to_whom_when_and_by_whom",
                condition=~Q(state="delivered")
                | (~Q(delivered_to="") & Q(delivered_at__isnull=False, delivered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_forgotten_letter_says_when_and_by_whom",
                condition=(
                    Q(forgotten_at__isnull=True, forgotten_by__isnull=True) & (Q(state="ordered") | ~Q(manifest=""))
                )
                | Q(forgotten_at__isnull=False, forgotten_by__isnull=False, manifest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement.slug} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("verify", args=[self.digest])

    @property
    def is_forgotten(self) -> bool:
        """Whether an erasure took its names and files away."""
        return self.state != self.State.ORDERED and not self.manifest


class LetterFileQuerySet(ReachedQuerySet["LetterFile"]):
    ways = ("pack__statement__campaign",)


class LetterFile(models.Model):
    """One file of a pack: its digest, for good, and where it is kept until an erasure takes it away."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"
        CSV = "csv", "CSV"

    pack = models.ForeignKey(LetterPack, models.PROTECT, related_name="files")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    # As it is called when it is fetched.
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    # In the private storage; "" after an erasure.
    place = models.CharField(max_length=200, blank=True)

    objects = LetterFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file of a letter pack")
        verbose_name_plural = _("files of letter packs")
        constraints = [
            models.UniqueConstraint(fields=["pack", "kind"], name="a_letter_pack_has_one_file_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class LetterFetch(models.Model):
    """Who fetched which file of a letter pack, and when."""

    file = models.ForeignKey(LetterFile, models.PROTECT, related_name="fetches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("fetched file")
        verbose_name_plural = _("fetched files")

    def __str__(self) -> str:
        return f"{self.file}: {self.by}"
