"""What happens to documents."""

from __future__ import annotations

import functools
from typing import Any, BinaryIO

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import marks
from campaigns.models import Document

MOST_BYTES = 30_000_000


class NotADocument(Exception):
    """What was uploaded is not taken; the argument says why, to be read by whoever uploaded it."""


def keep(file: BinaryIO, **fields: Any) -> Document:
    """Take a PDF as a document that nobody else sees yet. Raises NotADocument."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotADocument(_("This file is larger than 30 MB. Save it again with smaller pictures, then try again."))
    guessed = filetype.guess(data[:8192])
    # A PDF that begins with anything else is shown by some readers, and hides something in others.
    if guessed is None or guessed.mime != "application/pdf" or not data.startswith(b"%PDF-"):
        raise NotADocument(_("This file is no PDF. Save the document as a PDF, then choose that file."))
    with transaction.atomic():
        document = Document.objects.create(size=len(data), **fields)
        default_storage.save(document.file_name, ContentFile(data))
    return document


@transaction.atomic
def change(document: Document, *, seen: str = "", **fields: Any) -> None:
    """Correct what is said of it; its file stays what it is.

    `seen` is marks.mark_of these fields as a page showed them; raises marks.ChangedMeanwhile.
    """
    marks.hold(document, list(fields), seen)
    Document.objects.filter(pk=document.pk).update(**fields)


def publish(document: Document) -> None:
    """Let strangers fetch it from now on."""
    now = timezone.now()
    Document.objects.filter(pk=document.pk, published_at=None).update(
        published_at=now, first_published_at=Coalesce("first_published_at", now)
    )


def take_back(document: Document) -> None:
    """No stranger fetches it any more."""
    Document.objects.filter(pk=document.pk).update(published_at=None)


def remove(document: Document) -> None:
    """Delete it with its file."""
    with transaction.atomic():
        name = document.file_name
        document.delete()
        transaction.on_commit(functools.partial(default_storage.delete, name))


def count_fetch(document: Document) -> None:
    """Somebody fetched it: one more, in one UPDATE; nothing is kept of who."""
    Document.objects.filter(pk=document.pk).update(downloads=F("downloads") + 1)
