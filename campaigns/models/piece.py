from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.language import InALanguage
from campaigns.models.reach import ReachedQuerySet


def new_key() -> str:
    """What a secret link to a draft holds."""
    return secrets.token_urlsafe(16)


class PieceQuerySet(ReachedQuerySet[Any]):
    ways: ClassVar[tuple[str, ...]] = ("campaign",)

    def published(self) -> Self:
        """What strangers may read now. Every public page, feed and search starts here."""
        return self.filter(published_at__lte=timezone.now())

    def drafts(self) -> Self:
        """What has no moment at which it appears."""
        return self.filter(published_at=None)

    def scheduled(self) -> Self:
        """What appears at a moment that is ahead."""
        return self.filter(published_at__gt=timezone.now())

    def with_words(self) -> Self:
        """Its words in all languages, in one query more."""
        return self.prefetch_related(Prefetch("words"))


class Piece(models.Model):
    """What staff write beside statements: a post, an event, a page. Its words stand in one row a language."""

    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=100)
    original_language = models.CharField(_("original language"), max_length=12, default=settings.LANGUAGE_CODE)
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, help_text=_("Empty: a draft. Ahead of now: it appears at that moment.")
    )
    # The secret link to a draft ends when this changes.
    draft_key = models.CharField(max_length=32, default=new_key, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        words: Any

    def __str__(self) -> str:
        return self.slug

    def text(self, language: str | None = None) -> Any:
        """Its words in `language`, or the original where there are none in it; None while nothing is written."""
        texts = {text.language: text for text in self.words.all()}
        return texts.get(language or "") or texts.get(self.original_language)

    @property
    def title(self) -> str:
        text = self.text()
        return text.title if text else self.slug

    @property
    def state(self) -> str:
        """ "draft", "scheduled" or "published", by the clock."""
        if self.published_at is None:
            return "draft"
        return "published" if self.is_published() else "scheduled"

    def is_published(self, at: datetime | None = None) -> bool:
        """Whether strangers may read it at a moment (aware; now by default)."""
        return self.published_at is not None and self.published_at <= (at or timezone.now())


class Words(InALanguage, models.Model):
    """A piece's words in one language. A subclass names the piece as `piece`, with related_name "words"."""

    language = models.CharField(_("language"), max_length=12)
    title = models.CharField(_("title"), max_length=300)
    excerpt = models.TextField(
        _("excerpt"), blank=True, help_text=_("One or two sentences for lists. Empty: the beginning of the text.")
    )
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    # What is said in it: what versions hold, and what an editor's page is compared by.
    SAID: ClassVar[tuple[str, ...]] = ("title", "excerpt", "body")

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        piece: Any

    def __str__(self) -> str:
        return self.title

    @property
    def is_original(self) -> bool:
        return bool(self.language == self.piece.original_language)
