"""Pieces for tests: published unless a test says otherwise."""

import io
from datetime import UTC, datetime, timedelta
from itertools import count

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from campaigns import photos, publishing
from campaigns.models import Document, Event, Page, Post

NUMBERS = count(1)
BODY = "They marched on Monday. More will come."


def said(piece, texts, more=None):
    """The piece with its words: {"en": "A title"} or {"en": ("A title", "A body")}."""
    for language, words in texts.items():
        title, body = words if isinstance(words, tuple) else (words, BODY)
        publishing.write(piece, language, by=None, seen="new", title=title, body=body, **(more or {}))
    return piece


def a_post(texts=None, **fields):
    number = next(NUMBERS)
    given = {"slug": f"post-{number}", "published_at": timezone.now() - timedelta(days=1)} | fields
    return said(Post.objects.create(**given), texts or {"en": f"Post {number}"})


def an_event(texts=None, **fields):
    number = next(NUMBERS)
    begins = fields.pop("starts_at", datetime(2031, 7, 17, 20, tzinfo=UTC))
    more = {name: fields.pop(name) for name in ("place", "prepares") if name in fields}
    given = {
        "slug": f"event-{number}",
        "published_at": timezone.now() - timedelta(days=1),
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=2, minutes=30),
        "zone": "America/New_York",
    } | fields
    return said(Event.objects.create(**given), texts or {"en": f"Event {number}"}, more)


def a_page(texts=None, **fields):
    number = next(NUMBERS)
    given = {"slug": f"page-{number}", "published_at": timezone.now() - timedelta(days=1)} | fields
    return said(Page.objects.create(**given), texts or {"en": f"Page {number}"})


def a_photo(alt="Women march", color="#66288c", **fields):
    out = io.BytesIO()
    Image.new("RGB", (600, 400), color).save(out, "PNG")
    out.seek(0)
    return photos.keep(out, language="en", alt=alt, **fields)


def a_document(title="Key priorities", **fields):
    given = {"published_at": timezone.now() - timedelta(days=1)} | fields
    made = Document.objects.create(title=title, size=9, **given)
    default_storage.save(made.file_name, ContentFile(b"%PDF-1.7\n"))
    return made
