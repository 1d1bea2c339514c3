"""Pictures are made anew: no camera data, a few widths, and what is no picture is refused with a reason."""

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from campaigns import photos
from campaigns.models import Photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def a_picture(width=2000, height=1000, kind="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#66288c").save(out, kind, **more)
    out.seek(0)
    return out


def kept(file, **more):
    return photos.keep(file, language="en", alt="Women march", **more)


def opened(photo, width):
    with default_storage.open(f"photos/{photo.key}/{width}.webp") as file:
        return Image.open(io.BytesIO(file.read()))


def test_it_has_the_widths_that_it_fills():
    assert kept(a_picture()).widths == [480, 960, 1600]
    assert kept(a_picture(700, 500)).widths == [480, 700]
    assert kept(a_picture(100, 500)).widths == [100]


def test_nothing_of_the_camera_is_left_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (59.0, 55.0, 30.0)  # where it was taken
    photo = kept(a_picture(2000, 1000, exif=exif))
    found = opened(photo, 480)
    assert (photo.width, photo.height) == (1000, 2000)
    assert found.size == (480, 960)
    assert not found.getexif()
    assert set(found.info) <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0"]
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(photos.NotAPicture):
        kept(io.BytesIO(data))
    assert not Photo.objects.exists()


def test_a_bomb_is_measured_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 100_000)
    with pytest.raises(photos.NotAPicture, match="million pixels"):
        kept(a_picture(1000, 1000, "PNG"))


def test_its_files_go_with_it():
    photo = kept(a_picture())
    name = f"photos/{photo.key}/480.webp"
    assert default_storage.exists(name)
    photos.remove(photo)
    assert not default_storage.exists(name)


def test_an_element_has_all_widths_and_the_size_that_keeps_its_place():
    photo = kept(a_picture(1000, 500))
    found = photos.sources(photo)
    assert found["srcset"] == ", ".join(
        f"/media/photos/{photo.key}/{width}.webp {width}w" for width in (480, 960, 1000)
    )
    assert (found["width"], found["height"]) == (1000, 500)
