from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptFigure(models.Model):
    """What was counted of something large, and when: it is not counted for each reader (signon.figures.kept)."""

    name = models.CharField(max_length=40, primary_key=True)
    told = models.JSONField()
    counted_at = models.DateTimeField()
    # How long it took: what takes long is counted less often.
    seconds = models.FloatField()
    # The last entry of the ledger before it was counted: without a newer one it is as it was.
    entry = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("kept figure")
        verbose_name_plural = _("kept figures")

    def __str__(self) -> str:
        return self.name
