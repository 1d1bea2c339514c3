"""Files that are made to harm, at every place that takes one: a third of them at each, all of them with FULL=1."""

from __future__ import annotations

import io
import logging
import os
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from campaigns import documents, photos
from campaigns.models import Document, Photo
from signon.people import roles
from tests.bad_input import addresses, asking, judging
from tests.bad_input.asking import Request
from tests.bad_input.there import There
from tests.factories import UserFactory

FULL = os.environ.get("FULL") == "1"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"


def picture(kind, size=(40, 30), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "#66288c").save(out, kind, **more)
    return out.getvalue()


def png_of(width, height, pixels=b""):
    """A PNG that says to be so large, with as few pixels as there are."""

    def chunk(name, data):
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def office(entry, data):
    """A package that says to be of Word or Excel, with one part that harms."""
    kind = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    return zipped(**{"[Content_Types].xml": kind, "_rels/.rels": b"<Relationships/>", entry: data})


ZEROS = b"\0" * 200_000_000
FRAMES = [Image.new("RGB", (40, 30), (number, 0, 0)) for number in range(255)]
LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)
) + b"]><worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>"  # fmt: skip
OUTSIDE = b"<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><document>&a;</document>"
FILES = {
    "an SVG that runs": ("a.svg", "image/svg+xml", SVG),
    "an SVG that says to be a PNG": ("a.png", "image/png", SVG),
    "a page that says to be a PDF": ("a.pdf", "application/pdf", HTML),
    "a PDF behind a page": ("a.pdf", "application/pdf", HTML + b"%PDF-1.7\n"),
    "a picture that is a page too": ("a.gif", "image/gif", picture("GIF") + HTML),
    "a script behind a GIF's head": ("a.gif", "image/gif", b"GIF89a/*" + b"\0" * 20 + b"*/=alert(1)"),
    "a JPEG with a ZIP": ("a.jpg", "image/jpeg", picture("JPEG") + zipped(a=HTML)),
    "a picture of 3.6 billion pixels": ("a.png", "image/png", png_of(60_000, 60_000)),
    "a picture of no pixels": ("a.png", "image/png", png_of(0, 0)),
    "a picture that unpacks to 100 MB": ("a.png", "image/png", png_of(9_000, 4_000, b"\0" * 100_000_000)),
    "half a JPEG": ("a.jpg", "image/jpeg", picture("JPEG", (900, 900))[:700]),
    "half a WebP": ("a.webp", "image/webp", picture("WEBP", (900, 900))[:60]),
    "a GIF of 256 pictures": ("a.gif", "image/gif", picture("GIF", save_all=True, append_images=FRAMES)),
    "a picture as thin as a line": ("a.png", "image/png", picture("PNG", (8_000, 1))),
    "a ZIP that unpacks to 200 MB": ("a.xlsx", "application/zip", office("xl/worksheets/sheet1.xml", ZEROS)),
    "entities in a sheet": ("a.xlsx", "application/zip", office("xl/worksheets/sheet1.xml", LAUGHS)),
    "entities in a text": ("a.docx", "application/zip", office("word/document.xml", LAUGHS)),
    "a file of the server in a text": ("a.docx", "application/zip", office("word/document.xml", OUTSIDE)),
    "a way out of the package": ("a.docx", "application/zip", zipped(**{"../../etc/cron.d/x": b"x"})),
    "nothing": ("a.csv", "text/csv", b""),
    "zeros": ("a.csv", "text/csv", b"\0" * 100_000),
    "half characters": ("a.csv", "text/csv", "name,country\n\ud800Bread,KE\n".encode("utf-16-le", "surrogatepass")),
    "one line of two megabytes": ("a.csv", "text/csv", b"name\n" + b"x" * 2_000_000),
    "a quote without end": ("a.csv", "text/csv", b'name,country\n"' + b"x,\n" * 20_000),
    "JSON without end": ("a.json", "application/json", b"[" * 100_000),
    "a name that leads elsewhere": ("../../../etc/passwd", "text/plain", b"x"),
    "a name of NULs": ("a\0b\0.png", "image/png", picture("PNG")),
    "a name that runs": ("<x\"'mark>.csv", "text/csv", b"name\nBread House\n"),
}  # fmt: skip


def sent(form, field, named, kind, data):
    """What a browser posts of a form with one file in it, the name as a program may write it."""
    parts = [b'--bound\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
             for name, values in form.fields.items() for value in values if name != field]  # fmt: skip
    head = (
        f'--bound\r\nContent-Disposition: form-data; name="{field}"; filename="{named}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    body = b"".join(parts) + head.encode() + data + b"\r\n--bound--\r\n"
    return Request("POST", form.path, body=body, content_type="multipart/form-data; boundary=bound")


@pytest.fixture
def _quiet():
    logging.disable(logging.CRITICAL)  # each refusal is a line
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.usefixtures("_quiet")
def test_no_file_breaks_any_place_that_takes_one(settings):
    user = UserFactory()
    roles.give(user, "administrator")
    client = Client()
    client.force_login(type(user).objects.get(pk=user.pk))
    ask = asking.by(client)
    there = There(ask)
    places, wrong = {}, []
    for address in addresses.all_of_them():
        if not address.name.startswith("admin:"):
            addresses.look(address, there, ask)
            places |= {(form.path, field): form for form in address.forms for field in form.files}
    for place, ((path, field), form) in enumerate(places.items()):
        for number, (name, (named, kind, data)) in enumerate(FILES.items()):
            if not FULL and (place + number) % 3:
                continue
            request = sent(form, field, named, kind, data)
            try:
                wrong += [f"{path}: {name}: {words}" for words in judging.faults(request, ask(request), hidden=())]
            except Exception as error:
                wrong.append(f"{path}: {name}: {error!r:.300}")
    assert wrong == [], "\n".join(wrong)
    assert len(places) >= 7, sorted(places)
    kept = [path for root in (settings.MEDIA_ROOT, settings.STORAGES["private"]["OPTIONS"]["location"])
            for path in Path(root).rglob("*") if path.is_file()]  # fmt: skip
    assert not [path for path in kept if b"<script" in path.read_bytes() and path.suffix != ""], (
        "what a page runs is published"
    )


NO_PICTURES = [
    "an SVG that runs", "an SVG that says to be a PNG", "a page that says to be a PDF", "a script behind a GIF's head",
    "a picture of 3.6 billion pixels", "a picture of no pixels", "half a JPEG", "half a WebP",
    "a picture as thin as a line", "zeros",
]  # fmt: skip


@pytest.mark.django_db(transaction=True)
class TestPhotos:
    @pytest.mark.parametrize("name", NO_PICTURES)
    def test_what_is_none_or_too_much_is_refused_and_leaves_nothing(self, name):
        with pytest.raises(photos.NotAPicture):
            photos.keep(io.BytesIO(FILES[name][2]), language="en", alt="x")
        assert not Photo.objects.exists()

    @pytest.mark.parametrize("name", ["a picture that is a page too", "a JPEG with a ZIP", "a GIF of 256 pictures"])
    def test_of_what_is_a_picture_and_something_else_the_picture_is_kept_alone(self, name):
        photo = photos.keep(io.BytesIO(FILES[name][2]), language="en", alt="x")
        with default_storage.open(f"photos/{photo.key}/{max(photo.widths)}.webp") as file:
            data = file.read()
        assert b"<script" not in data
        assert b"PK\x03\x04" not in data
        assert (Image.open(io.BytesIO(data)).format, getattr(Image.open(io.BytesIO(data)), "n_frames", 1)) == (
            "WEBP",
            1,
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["a page that says to be a PDF", "a PDF behind a page", "an SVG that runs", "nothing", "half a JPEG"]
)
def test_only_what_begins_as_a_pdf_becomes_a_document(name):
    with pytest.raises(documents.NotADocument):
        documents.keep(io.BytesIO(FILES[name][2]), title="x")
    assert not Document.objects.exists()
