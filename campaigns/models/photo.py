from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.language import InALanguage
from campaigns.models.piece import new_key
from campaigns.models.reach import ReachedQuerySet


class PhotoQuerySet(ReachedQuerySet["Photo"]):
    ways = ()
    right = "campaigns.view_photo"


class Photo(models.Model):
    """A picture, made anew from what was uploaded: nothing of the camera's data is left, and it has a few widths.

    Its files are photos/<key>/<width>.webp in the default storage.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    widths = ArrayField(models.PositiveIntegerField(), default=list, editable=False)
    credit = models.CharField(_("photographer or owner"), max_length=200, blank=True)
    original_language = models.CharField(_("original language"), max_length=12, default="en")
    # Its place among the front page's photos, from 1; None: it is not among them.
    front_place = models.PositiveSmallIntegerField(_("place on the front page"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        text = self.text()
        return str(text.caption or text.alt) if text else self.key

    def text(self, language: str | None = None) -> Any:
        """Its words in `language`, or the original's."""
        texts = {text.language: text for text in self.words.all()}
        return texts.get(language or "") or texts.get(self.original_language)


class PhotoWords(InALanguage, models.Model):
    """What a photo shows, for those who do not see it, and what stands under it."""

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=12)
    alt = models.CharField(_("what it shows"), max_length=300)
    caption = models.CharField(_("caption"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("words of a photo")
        verbose_name_plural = _("words of photos")
        constraints = [
            models.UniqueConstraint(fields=["photo", "language"], name="a_photo_has_its_words_once_a_language"),
            models.CheckConstraint(name="a_photo_says_what_it_shows", condition=~Q(alt="")),
        ]

    def __str__(self) -> str:
        return self.alt
