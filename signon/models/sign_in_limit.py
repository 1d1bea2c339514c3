from __future__ import annotations

from django.db import models


class SignInLimit(models.Model):
    """What limits at the way in count by, as Django's database cache keeps it: a digest, and a list of moments.

    In the database, so that nobody gets more tries, and nobody an error, when Redis is away or was emptied.
    """

    # Django's own cache reads and writes these columns (django.core.cache.backends.db).
    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
