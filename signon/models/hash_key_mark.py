from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class HashKeyMark(models.Model):
    """By which CONTACT_HASH_KEY encrypted addresses are found: the key's mark, never the key (signon.privacy.hash_key).

    One row, once contact data is under keys.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "mark of the hash key"
        verbose_name_plural = "marks of the hash key"
        constraints = [models.CheckConstraint(name="there_is_one_hash_key", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.mark[:8]
