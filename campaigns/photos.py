"""Pictures: made anew from what was uploaded, in a few widths, and nothing of the camera's data with them."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import Photo, PhotoWords
from campaigns.models.piece import new_key

WIDTHS = (480, 960, 1600)
MOST_BYTES = 20_000_000
# A picture may promise a billion pixels in a kilobyte: it is measured before it is unpacked.
MOST_PIXELS = 60_000_000
# To one: a longer one would be a line where it is shown small.
LONGEST_SHAPE = 8
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass(frozen=True)
class Picture:
    """Where files of a picture are that is no photo of the network's: an organization's logo."""

    key: str
    width: int
    height: int
    widths: list[int]


class NotAPicture(Exception):
    """What was uploaded cannot be shown; the argument says why, to be read by whoever uploaded it."""


def keep(
    file: BinaryIO, *, language: str, alt: str, caption: str = "", credit: str = "", front_place: int | None = None
) -> Photo:
    """Make a photo of an uploaded picture (JPEG, PNG, WebP, GIF's first image). Raises NotAPicture.

    It is turned as the camera says, and written as WebP in each of WIDTHS that it fills, at least one.
    """
    sizes, (width, height) = _sizes(file)
    written: list[str] = []
    with _or_none(written), transaction.atomic():
        photo = Photo.objects.create(
            width=width, height=height, widths=sorted(sizes), credit=credit, original_language=language,
            front_place=front_place,
        )  # fmt: skip
        PhotoWords.objects.create(photo=photo, language=language, alt=alt, caption=caption)
        # Whatever fails from here on leaves no row, and whoever looks for a file finds it by its row.
        _save(photo, sizes, written)
    return photo


@contextmanager
def _or_none(written: list[str]) -> Iterator[None]:
    """If the block fails, none of these files stays."""
    try:
        yield
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


def keep_logo(file: BinaryIO) -> Picture:
    """The same files for an organization's logo, which stands in no list of photos. Raises NotAPicture."""
    sizes, (width, height) = _sizes(file)
    picture = Picture(new_key(), width, height, sorted(sizes))
    written: list[str] = []
    with _or_none(written):
        _save(picture, sizes, written)
    return picture


def say(photo: Photo, language: str, *, alt: str, caption: str = "") -> None:
    """Write what it shows, and its caption, in a language."""
    PhotoWords.objects.update_or_create(photo=photo, language=language, defaults={"alt": alt, "caption": caption})


def give_credit(photo: Photo, credit: str) -> None:
    """Say whose it is."""
    Photo.objects.filter(pk=photo.pk).update(credit=credit)


def remove(photo: Photo) -> None:
    """Delete it with its files; what showed it stands without."""
    with transaction.atomic():
        photo.delete()
        remove_files(photo)


def remove_files(picture: Photo | Picture) -> None:
    """Delete its files once the transaction is committed."""
    for each in picture.widths:
        transaction.on_commit(functools.partial(default_storage.delete, _name(picture, each)))


def url(photo: Photo | Picture, width: int | None = None) -> str:
    """Where its file of at least `width` pixels is (the widest by default)."""
    return default_storage.url(_name(photo, _fitting(photo, width)))


def opened(photo: Photo, width: int) -> File[bytes]:
    """Its file of at least `width` pixels, to be read; raises OSError where it is not there."""
    return default_storage.open(_name(photo, _fitting(photo, width)))


def sources(photo: Photo | Picture) -> Mapping[str, Any]:
    """What an img element needs: src, srcset, width and height of the widest."""
    widest = max(photo.widths)
    return {
        "src": url(photo, WIDTHS[1]),
        "srcset": ", ".join(f"{default_storage.url(_name(photo, each))} {each}w" for each in photo.widths),
        "width": widest,
        "height": round(photo.height * widest / photo.width),
    }


def _save(picture: Photo | Picture, sizes: Mapping[int, bytes], written: list[str]) -> None:
    for width, data in sizes.items():
        written.append(default_storage.save(_name(picture, width), ContentFile(data)))


def _fitting(photo: Photo | Picture, width: int | None) -> int:
    fitting = [each for each in photo.widths if width is not None and each >= width]
    return int(min(fitting, default=max(photo.widths)))


def _name(photo: Photo | Picture, width: int) -> str:
    return f"photos/{photo.key}/{width}.webp"


def _sizes(file: BinaryIO) -> tuple[dict[int, bytes], tuple[int, int]]:
    """WebP files by width, and the picture's own width and height."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotAPicture(_("This file is larger than 20 MB. Make it smaller, then try again."))
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture(_("This picture has more than 60 million pixels. Make it smaller, then try again."))
            if max(opened.size) > LONGEST_SHAPE * min(opened.size):
                raise NotAPicture(
                    _("This picture is too long and narrow: one side is more than eight times the other. Cut it first.")
                )
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if _is_seen_through(opened) else "RGB")
    except NotAPicture:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture(_("This file is no picture that can be read: choose a JPEG, PNG, WebP or GIF.")) from error
    made = {}
    for wanted in WIDTHS:
        width = min(wanted, picture.width)
        if width not in made:
            height = max(1, round(picture.height * width / picture.width))
            out = io.BytesIO()
            # A new image of the pixels alone: EXIF, XMP and color profiles stay behind.
            picture.resize((width, height), Image.Resampling.LANCZOS).save(out, "WEBP", quality=80, method=4)
            made[width] = out.getvalue()
    return made, picture.size


def _is_seen_through(picture: Any) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
