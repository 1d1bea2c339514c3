"""Foreign keys that signing leaves empty: their indexes hold the rows that give one, so signing writes none of them."""

from __future__ import annotations

from django.db import models


def index_where_given(field: str, *, name: str) -> models.Index:
    """What joins and deletions go along instead of a nullable foreign key's own index; the key has `db_index=False`."""
    return models.Index(fields=[field], name=name, condition=models.Q((f"{field}__isnull", False)))
