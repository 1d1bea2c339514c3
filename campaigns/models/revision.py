from __future__ import annotations

import hashlib
import unicodedata

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.language import InALanguage
from campaigns.models.reach import ReachedQuerySet
from campaigns.models.statement import Statement


def canonical_text(language: str, title: str, body: str) -> str:
    """The text whose SHA-256 is its digest: language, title and body, apart by an empty line.

    NFC (Unicode Annex 15), line ends LF, no white space at a line's end, one LF at the end.
    """
    lines = f"{language}\n\n{title}\n\n{body}".replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines)).strip() + "\n"


def digest_of(language: str, title: str, body: str) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_text(language, title, body).encode()).hexdigest()


class RevisionQuerySet(ReachedQuerySet["Revision"]):
    def newest(self) -> Revision | None:
        """The one with the greatest number, with its texts at hand; by one query where it has any."""
        newest = self.order_by("-number")
        texts = list(
            RevisionText.objects.filter(revision=newest.values("pk")[:1]).select_related("revision").order_by("pk")
        )
        if not texts:
            return newest.first()
        revision = texts[0].revision
        for text in texts:
            text.revision = revision
        revision.texts_at_hand = texts
        return revision


class Revision(models.Model):
    """One version of a statement's text: the original and its translations.

    A changed original is a new revision; a new or mended translation is not.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    original_language = models.CharField(_("original language"), max_length=12, default=settings.LANGUAGE_CODE)
    created_at = models.DateTimeField(auto_now_add=True)

    # Where RevisionQuerySet.newest has read them along.
    texts_at_hand: list[RevisionText] | None = None

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["statement", "-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="a_revision_has_a_number_of_its_own"),
        ]

    def __str__(self) -> str:
        return f"{self.statement.slug} ({self.number})"

    @property
    def original(self) -> RevisionText | None:
        return next((text for text in self.current_texts if text.is_original), None)

    @property
    def current_texts(self) -> list[RevisionText]:
        """One text a language, the original first; mended translations stand for those they replace."""
        every = self.texts.all() if self.texts_at_hand is None else self.texts_at_hand
        texts = [text for text in every if text.replaced_at is None]
        return sorted(texts, key=lambda text: (text.language != self.original_language, text.language))

    def text(self, language: str | None = None) -> RevisionText | None:
        """The current text in `language`, or the original where there is none in it."""
        texts = {text.language: text for text in self.current_texts}
        return texts.get(language or "") or texts.get(self.original_language)


class RevisionText(InALanguage, models.Model):
    """A revision in one language. Frozen once somebody has signed in it (a database trigger keeps that).

    A frozen translation is mended by a row that replaces it; the replaced row stays with those who signed it.
    """

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12)
    title = models.CharField(_("title"), max_length=300)
    lead = models.TextField(
        _("lead"), blank=True, help_text=_("One or two sentences for lists; not part of the digest.")
    )
    # To whom it speaks, in a translation's language; the original's addressee is the statement's own. No part of the
    # digest (decision 47).
    addressee = models.CharField(_("addressee"), max_length=300, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown: numbered demands, footnotes as [^1]."))
    digest = models.CharField(_("digest (SHA-256)"), max_length=64, editable=False, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["revision", "language", "-created_at"]
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "language"],
                condition=Q(replaced_at__isnull=True),
                name="a_revision_has_one_current_text_a_language",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_original(self) -> bool:
        return self.language == self.revision.original_language

    def write(self, *, title: str, body: str, lead: str = "", addressee: str = "") -> None:
        """Set the words with their digest and save; the database refuses it once the text is frozen."""
        self.title, self.body, self.lead, self.addressee = title, body, lead, addressee
        self.digest = digest_of(self.language, title, body)
        self.save()

    def freeze(self) -> None:
        """Freeze this text, and the original of its revision with it: what was signed stays as it was.

        After the first time this matches no row, so signers hold no lock in common.
        """
        languages = {self.language, self.revision.original_language}
        RevisionText.objects.filter(
            Q(pk=self.pk) | Q(replaced_at__isnull=True),
            revision=self.revision_id,
            language__in=languages,
            frozen_at__isnull=True,
        ).update(frozen_at=timezone.now())

    def mend(self, *, title: str, body: str, lead: str = "", addressee: str = "") -> RevisionText:
        """Correct a translation: in place while nobody signed in it, else by a text that replaces it.

        Raises ValueError for a frozen original: its correction is a new revision.
        """
        if self.frozen_at is None:
            self.write(title=title, body=body, lead=lead, addressee=addressee)
            return self
        if self.is_original:
            raise ValueError("A signed original is mended by a new revision.")
        RevisionText.objects.filter(pk=self.pk).update(replaced_at=timezone.now())
        mended = RevisionText(revision=self.revision, language=self.language)
        mended.write(title=title, body=body, lead=lead, addressee=addressee)
        return mended
