from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormerSlug(models.Model):
    """An address that a piece had after it was published: whoever comes there is led on."""

    # A model's name: "post", "event", "page".
    kind = models.CharField(max_length=8)
    slug = models.SlugField(max_length=100)
    piece = models.PositiveBigIntegerField()
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="a_former_address_leads_to_one_piece")]

    def __str__(self) -> str:
        return self.slug
