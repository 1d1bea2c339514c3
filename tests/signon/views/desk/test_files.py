"""Photos and documents at the desk: taken by their content, described, put in order."""

import io
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from campaigns.models import Document, Photo
from signon.models import Membership
from tests.campaigns.pieces import a_document, a_photo
from tests.factories import CampaignFactory
from tests.posted import in_column

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def editor(staff):
    return staff("editor")


def picture():
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "#66288c").save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue())


def test_a_photo_is_kept_with_what_it_shows(client, editor):
    given = {"alt": "Women march", "language": "en", "caption": "On Monday", "credit": "Asha"}
    answer = client.post("/desk/site/photos/new/", given | {"file": picture()})
    photo = Photo.objects.get()
    assert answer["Location"] == f"/desk/site/photos/{photo.pk}/"
    french, spanish = in_column("fr", alt="Des femmes marchent"), in_column("es", saved=False, alt="Marchan")
    page = client.post(f"/desk/site/photos/{photo.pk}/", french | spanish | {"credit": "Asha"}).content.decode()
    assert 'value="Marchan"' in page
    assert "Not saved yet: Spanish" in page
    client.post(f"/desk/site/photos/{photo.pk}/", {"credit": "Brenda"})
    photo.refresh_from_db()
    assert (photo.text("fr").alt, photo.text("en").caption, photo.credit) == (
        "Des femmes marchent",
        "On Monday",
        "Brenda",
    )
    assert client.get("/desk/site/photos/").status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"file": SimpleUploadedFile("a.jpg", b"no picture")}, "choose a JPEG, PNG, WebP or GIF"),
        ({"file": picture(), "alt": ""}, "This field is required."),
        ({}, "This field is required."),
    ],
)
def test_a_bad_photo_is_told_and_what_was_typed_stays(client, editor, given, words):
    answer = client.post("/desk/site/photos/new/", {"alt": "March", "language": "en", "caption": "Typed words"} | given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Typed words" in answer.content.decode()
    assert not Photo.objects.exists()


def test_the_front_page_s_photos_stand_in_an_order_without_gaps(client, editor):
    first, second, third = a_photo("First"), a_photo("Second"), a_photo("Third")

    def act(photo, name):
        client.post(f"/desk/site/photos/{photo.pk}/{name}/")

    def order():
        standing = Photo.objects.filter(front_place__isnull=False).order_by("front_place")
        return [(photo.front_place, str(photo)) for photo in standing]

    for photo in (first, second, third):
        act(photo, "front")
    act(third, "up")
    act(first, "up")
    assert order() == [(1, "First"), (2, "Third"), (3, "Second")]
    act(first, "away")
    assert order() == [(1, "Third"), (2, "Second")]


def test_a_campaign_s_manager_uploads_and_leaves_the_front_page_alone(client, staff):
    user, campaign = staff("campaign_manager"), CampaignFactory()
    Membership.objects.create(user=user, campaign=campaign)
    photo, document = a_photo(), a_document()
    assert client.post("/desk/site/photos/new/", {"alt": "a", "language": "en", "file": picture()}).status_code == 302
    for name in ("front", "delete"):
        assert client.post(f"/desk/site/photos/{photo.pk}/{name}/").status_code == 403
    assert client.get(f"/desk/site/documents/{document.pk}/").status_code == 404
    given = {"title": "T", "language": "en", "campaign": campaign.pk}
    assert (
        client.post("/desk/site/documents/new/", given | {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    )


def test_a_document_is_uploaded_published_and_taken_back(client, editor):
    given = {"title": "Priorities", "language": "en", "dated": "2026-07-17", "file": SimpleUploadedFile("a.pdf", PDF)}
    client.post("/desk/site/documents/new/", given)
    document = Document.objects.get()
    with default_storage.open(document.file_name) as kept:
        assert kept.read() == PDF
    public, own = document.get_absolute_url(), f"/desk/site/documents/{document.pk}/"
    assert client.get(public).status_code == 404
    fetched = client.get(f"{own}file/")
    assert b"".join(fetched.streaming_content) == PDF
    client.post(f"{own}publish/")
    assert b"".join(client.get(public).streaming_content) == PDF
    client.post(own, {"title": "Key priorities", "language": "fr"})
    document.refresh_from_db()
    assert (document.title, document.language, document.dated) == ("Key priorities", "fr", None)
    client.post(f"{own}take-back/")
    assert client.get(public).status_code == 404


@pytest.mark.parametrize("data", [b"<html>%PDF-1.7", b"PK\x03\x04", b"\n%PDF-1.7"])
def test_what_is_no_pdf_is_told_and_what_was_typed_stays(client, editor, data):
    given = {"title": "Typed words", "language": "en", "file": SimpleUploadedFile("a.pdf", data)}
    answer = client.post("/desk/site/documents/new/", given)
    assert answer.status_code == 422
    assert "This file is no PDF." in answer.content.decode()
    assert "Typed words" in answer.content.decode()
    assert not Document.objects.exists()


def test_a_file_that_is_lost_with_an_error_is_told(client, editor):
    page = client.post("/desk/site/photos/new/", {"alt": "", "language": "en", "file": picture()}).content.decode()
    assert "Choose the file again" in page
    assert "Only the file is not" in page
    assert "Fill in “What it shows”." in page
    page = client.get("/desk/site/photos/new/").content.decode()
    assert "Choose the file again" not in page
    assert re.search(r'<input type="text" name="alt"[^>]* required', page)
    assert re.search(r'<input type="file" name="file"[^>]* required', page)
    assert "novalidate" not in page


@pytest.mark.parametrize("size", [(10, 5000), (9000, 10)])
def test_a_picture_that_is_a_line_is_refused(client, editor, size):
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "PNG")
    given = {"alt": "A", "language": "en", "file": SimpleUploadedFile("a.png", out.getvalue())}
    answer = client.post("/desk/site/photos/new/", given)
    assert answer.status_code == 422
    assert "too long and narrow" in answer.content.decode()


def test_a_photo_without_caption_is_not_named_twice(client, editor):
    a_photo("Roses")
    a_photo("Bread", caption="On Monday")
    page = client.get("/desk/site/photos/").content.decode()
    assert re.findall(r'alt="([^"]*)"', page) == ["Bread", ""]


def test_a_document_is_not_saved_over_another_editor_s_change(client, editor):
    document = a_document()
    address = f"/desk/site/documents/{document.pk}/"
    page = client.get(address).content.decode()
    seen = {"seen": re.search(r'name="seen" value="([^"]*)"', page)[1], "language": "en"}
    assert client.post(address, seen | {"title": "Theirs"}).status_code == 302
    answer = client.post(address, seen | {"title": "Mine"})
    document.refresh_from_db()
    assert (answer.status_code, document.title) == (422, "Theirs")
    assert "Now it is: Theirs." in answer.content.decode()
