from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.piece import Piece, PieceQuerySet, Words
from campaigns.models.reach import ALL_CAMPAIGNS


class PageQuerySet(PieceQuerySet):
    ways: ClassVar[tuple[str, ...]] = ()
    right = ALL_CAMPAIGNS


class Page(Piece):
    """What stays: about, contact, privacy, imprint."""

    class Menu(models.TextChoices):
        NONE = "none", _("Nowhere")
        MAIN = "main", _("At the top")
        FOOTER = "footer", _("At the foot")

    menu = models.CharField(_("linked from every page"), max_length=6, choices=Menu, default=Menu.NONE)
    position = models.PositiveSmallIntegerField(_("place among them"), default=0)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.slug])


class PageWords(Words):
    """A page in one language."""

    piece = models.ForeignKey(Page, models.CASCADE, related_name="words")

    class Meta:
        verbose_name = _("page’s words")
        verbose_name_plural = _("pages’ words")
        constraints = [
            models.UniqueConstraint(fields=["piece", "language"], name="a_page_has_its_words_once_a_language"),
        ]
