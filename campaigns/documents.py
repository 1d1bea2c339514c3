"""What happens to documents."""

from __future__ import annotations

from django.db.models import F

from campaigns.models import Document


def count_fetch(document: Document) -> None:
    """Somebody fetched it: one more, in one UPDATE; nothing is kept of who."""
    Document.objects.filter(pk=document.pk).update(downloads=F("downloads") + 1)
