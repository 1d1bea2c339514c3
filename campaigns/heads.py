"""What a public page says of itself in its head: its one address, its languages, what is shown where it is shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import translate_url
from django.utils.translation import get_language

from campaigns import photos
from campaigns.excerpts import cut, excerpt_of
from campaigns.models import Photo, Piece, RevisionText, Statement, Words

DESCRIPTION = 200


@dataclass(frozen=True)
class Head:
    """All addresses are whole ones, from SITE_URL."""

    title: str
    description: str
    canonical: str
    # Where its own words stand, by language; a page that shows another language's words is not among them.
    languages: dict[str, str]
    default: str
    kind: str = "website"
    image: str = ""
    image_alt: str = ""


def head(
    path: str,
    *,
    title: str,
    description: str = "",
    languages: Iterable[str] = (),
    original: str = "",
    kind: str = "website",
    photo: Photo | None = None,
) -> Head:
    """The head of the page at `path`, as the language that is set has it; its words are in `languages`, or in all.

    Where none of its languages is the site's, its one address is the one without a prefix.
    """
    offered = [code for code, _name in settings.LANGUAGES]
    there = [code for code in offered if code in set(languages)] if languages else offered
    first = original if original in there else next(iter(there), settings.LANGUAGE_CODE)
    addresses = {code: whole(translate_url(path, code)) for code in there}
    default = addresses.get(first) or whole(translate_url(path, first))
    said = photo.text(get_language()) if photo else None
    return Head(
        title=title,
        description=cut(" ".join(description.split()), DESCRIPTION),
        canonical=addresses.get(get_language() or "", default),
        languages=addresses,
        default=default,
        kind=kind,
        image=whole(photos.url(photo, photos.WIDTHS[1])) if photo else "",
        image_alt=said.alt if said else "",
    )


def of_piece(piece: Piece, text: Words) -> Head:
    """The head of a post's, an event's or a page's own page, which shows `text`."""
    return head(
        piece.get_absolute_url(),  # type: ignore[attr-defined]
        title=text.title,
        description=excerpt_of(text),
        languages=[each.language for each in piece.words.all()],
        original=piece.original_language,
        kind="article",
        photo=getattr(piece, "photo", None),
    )


def of_statement(statement: Statement, text: RevisionText) -> Head:
    """The head of a statement's page, which shows `text`."""
    return head(
        statement.get_absolute_url(),
        title=text.title,
        description=text.lead,
        languages=[each.language for each in text.revision.current_texts],
        original=text.revision.original_language,
        kind="article",
    )


def whole(path: str) -> str:
    """An address of this site with its scheme and host; what has them already stays."""
    return path if "://" in path else f"{settings.SITE_URL}{path}"
