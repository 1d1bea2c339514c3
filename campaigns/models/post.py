from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.photo import Photo
from campaigns.models.piece import Piece, PieceQuerySet, Words


class Post(Piece):
    """News, a story, or an update on a campaign."""

    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        STORY = "story", _("Story")
        UPDATE = "update", _("Update")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.NEWS)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, related_name="posts", null=True, blank=True, verbose_name=_("campaign")
    )
    author = models.CharField(_("author"), max_length=200, blank=True)
    source_name = models.CharField(_("first published by"), max_length=200, blank=True)
    source_url = models.URLField(_("address of the source"), blank=True)
    photo = models.ForeignKey(
        Photo, models.SET_NULL, related_name="posts", null=True, blank=True, verbose_name=_("photo")
    )

    objects = PieceQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.slug])


class PostWords(Words):
    """A post in one language."""

    piece = models.ForeignKey(Post, models.CASCADE, related_name="words")

    class Meta:
        verbose_name = _("post’s words")
        verbose_name_plural = _("posts’ words")
        constraints = [
            models.UniqueConstraint(fields=["piece", "language"], name="a_post_has_its_words_once_a_language"),
        ]
