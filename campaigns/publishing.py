"""How a piece comes to be read: written in each language, published now or at a moment, taken back, made as it was.

Every change is a version (django-reversion) with who made it; versions hold a piece with its words in all languages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

import reversion
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from reversion.models import Version

from campaigns.models import Event, EventWords, FormerSlug, Page, PageWords, Piece, Post, PostWords, Words
from campaigns.models.piece import new_key

WORDS: dict[type[Piece], Any] = {Post: PostWords, Event: EventWords, Page: PageWords}

for _piece, _words in WORDS.items():
    reversion.register(_words)
    reversion.register(_piece, follow=["words"], exclude=["draft_key"])


class Taken(Exception):
    """Another piece of the kind has this short name, or had it."""


class Changed(Exception):
    """Its words were changed since they were read; `current` is what stands there now."""

    def __init__(self, current: Words | None) -> None:
        super().__init__()
        self.current = current


class Unwritten(Exception):
    """It has no text in any language: there is nothing to publish."""


def mark_of(text: Words | None) -> str:
    """What an editor's page carries to say which words it showed."""
    if text is None:
        return "new"
    return hashlib.sha256("\0".join([str(text.pk), *(getattr(text, name) for name in text.SAID)]).encode()).hexdigest()


def begin(piece: Piece, *, by: AbstractBaseUser | None, title: str, body: str = "", excerpt: str = "") -> Piece:
    """Keep a new piece (unsaved, without a slug) as a draft, with its words in its original language."""
    with _version(by):
        piece.slug = free_slug(type(piece), title)
        piece.save()
        text = WORDS[type(piece)](
            piece=piece, language=piece.original_language, title=title, body=body, excerpt=excerpt
        )
        text.save()
    return piece


def free_slug(model: type[Piece], title: str) -> str:
    """A short name for addresses made of a title, that no other piece of the kind has or had."""
    kind = str(model._meta.model_name)
    stem = slugify(title)[:80].strip("-") or kind
    taken = {*model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True)}
    taken |= {*FormerSlug.objects.filter(kind=kind, slug__startswith=stem).values_list("slug", flat=True)}
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if stem not in taken else next(each for each in numbered if each not in taken)


def rename(piece: Piece, slug: str, *, by: AbstractBaseUser | None) -> None:
    """Give it another short name; the one that it had when it was published leads on to it for ever. Raises Taken."""
    kind = str(piece._meta.model_name)
    others = type(piece)._default_manager.exclude(pk=piece.pk).filter(slug=slug)
    with _version(by):
        _hold(piece)
        if others.exists() or FormerSlug.objects.filter(kind=kind, slug=slug).exclude(piece=piece.pk).exists():
            raise Taken(slug)
        if piece.slug == slug:
            return
        FormerSlug.objects.filter(kind=kind, slug=slug).delete()
        if was_public(piece):
            FormerSlug.objects.create(kind=kind, slug=piece.slug, piece=piece.pk)
        piece.slug = slug
        piece.save(update_fields=["slug"])


def moved(model: type[Piece], slug: str) -> Piece | None:
    """The published piece that once had this short name."""
    former = FormerSlug.objects.filter(kind=str(model._meta.model_name), slug=slug).first()
    if former is None:
        return None
    found: Piece | None = model.objects.published().filter(pk=former.piece).first()  # type: ignore[attr-defined]
    return found


def write(
    piece: Piece,
    language: str,
    *,
    by: AbstractBaseUser | None,
    seen: str,
    title: str,
    body: str,
    excerpt: str = "",
    **more: str,
) -> Words:
    """Save its words in a language; `seen` is mark_of what the editor's page showed. Raises Changed.

    `more` is what this kind's words say besides: an event's place, and what it prepares.
    """
    with _version(by):
        _hold(piece)
        current = WORDS[type(piece)]._default_manager.filter(piece=piece, language=language).first()
        if mark_of(current) != seen:
            raise Changed(current)
        text: Words = current or WORDS[type(piece)](piece=piece, language=language)
        text.title, text.body, text.excerpt, text.changed_at = title, body, excerpt, timezone.now()
        is_elsewhere = "place" in more and more["place"] != getattr(text, "place", "")
        for name, words in more.items():
            setattr(text, name, words)
        text.save()
        if is_elsewhere:
            _note_move(piece)
        reversion.add_to_revision(piece)
    return text


def change(piece: Piece, *, by: AbstractBaseUser | None, **fields: Any) -> None:
    """Save what is not its words: address, moments, photo, campaign."""
    with _version(by):
        _hold(piece)
        before = {name: getattr(piece, name) for name in getattr(piece, "MOVES", ())}
        for name, value in fields.items():
            setattr(piece, name, value)
        piece.save(update_fields=[*fields])
        if any(getattr(piece, name) != value for name, value in before.items()):
            _note_move(piece)


def publish(piece: Piece, *, by: AbstractBaseUser | None, at: datetime | None = None) -> None:
    """Let strangers read it, now or from a moment on (aware). Raises Unwritten."""
    if not has_text(piece):
        raise Unwritten
    change(piece, by=by, published_at=at or timezone.now())


def has_text(piece: Piece) -> bool:
    """Whether it says more than its title, in any language."""
    texts = WORDS[type(piece)]._default_manager.filter(piece=piece).values_list("body", flat=True)
    return any(body.strip() for body in texts)


def take_back(piece: Piece, *, by: AbstractBaseUser | None) -> None:
    """Make it a draft again; the secret link that was given before ends."""
    change(piece, by=by, published_at=None, draft_key=new_key())


def end_link(piece: Piece) -> None:
    """Another secret link to a draft: the one that was given before leads nowhere."""
    piece.draft_key = new_key()
    type(piece)._default_manager.filter(pk=piece.pk).update(draft_key=piece.draft_key)


def versions(piece: Piece) -> models.QuerySet[Version]:
    """What it was, the newest first; each names when and by whom (`revision`)."""
    found: models.QuerySet[Version] = Version.objects.get_for_object(piece).select_related("revision__user")
    return found


def restore(piece: Piece, version: Version, *, by: AbstractBaseUser | None) -> None:
    """Make its words what they were in an earlier version, in all languages; whether it is published stays."""
    earlier = [each for each in version.revision.version_set.all() if each.content_type.model.endswith("words")]
    with _version(by):
        _hold(piece)
        before = _places(piece)
        for each in earlier:
            fields = json.loads(each.serialized_data)[0]["fields"]  # what it did not hold yet stays as it is
            said = {name: fields[name] for name in WORDS[type(piece)].SAID if name in fields}
            defaults = said | {"changed_at": timezone.now()}
            WORDS[type(piece)]._default_manager.update_or_create(
                piece=piece, language=fields["language"], defaults=defaults
            )
        if _places(piece) != before:
            _note_move(piece)
        reversion.add_to_revision(piece)


def was_public(piece: Piece) -> bool:
    """Whether strangers can read it, or could once: by its versions, which are kept."""
    moments = [version.field_dict.get("published_at") for version in versions(piece)]
    return any(moment is not None and moment <= timezone.now() for moment in [piece.published_at, *moments])


def _places(piece: Piece) -> dict[str, str]:
    """Where an event is, in each language."""
    own = EventWords.objects.filter(piece=piece.pk) if isinstance(piece, Event) else EventWords.objects.none()
    return dict(own.values_list("language", "place"))


def _note_move(piece: Piece) -> None:
    """An event is at another time or place: calendars that have it take the later version of it."""
    if isinstance(piece, Event):
        piece.moved_at, piece.sequence = timezone.now(), piece.sequence + 1
        piece.save(update_fields=["moved_at", "sequence"])


def _hold(piece: Piece) -> None:
    """Two who save at once come one after the other, and each begins with what the other left."""
    type(piece)._default_manager.select_for_update(no_key=True).get(pk=piece.pk)
    piece.refresh_from_db()


@contextmanager
def _version(by: AbstractBaseUser | None) -> Iterator[None]:
    """One transaction, and a version of what it changes, by somebody."""
    with transaction.atomic(), reversion.create_revision(atomic=False):
        if by is not None:
            reversion.set_user(by)
        yield
