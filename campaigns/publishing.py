"""How a piece comes to be read: written in each language, published now or at a moment, taken back, made as it was.

Every change is a version (django-reversion) with who made it; versions hold a piece with its words in all languages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import reversion
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone
from reversion.models import Version

from campaigns.models import Event, EventWords, Page, PageWords, Piece, Post, PostWords, Words
from campaigns.models.piece import new_key

WORDS: dict[type[Piece], Any] = {Post: PostWords, Event: EventWords, Page: PageWords}

for _piece, _words in WORDS.items():
    reversion.register(_words)
    reversion.register(_piece, follow=["words"], exclude=["draft_key"])


class Changed(Exception):
    """Its words were changed since they were read; `current` is what stands there now."""

    def __init__(self, current: Words | None) -> None:
        super().__init__()
        self.current = current


def mark_of(text: Words | None) -> str:
    """What an editor's page carries to say which words it showed."""
    if text is None:
        return "new"
    return hashlib.sha256("\0".join([str(text.pk), text.title, text.excerpt, text.body]).encode()).hexdigest()


def write(
    piece: Piece, language: str, *, by: AbstractBaseUser | None, seen: str, title: str, body: str, excerpt: str = ""
) -> Words:
    """Save its words in a language; `seen` is mark_of what the editor's page showed. Raises Changed."""
    with _version(by):
        _hold(piece)
        current = WORDS[type(piece)]._default_manager.filter(piece=piece, language=language).first()
        if mark_of(current) != seen:
            raise Changed(current)
        text: Words = current or WORDS[type(piece)](piece=piece, language=language)
        text.title, text.body, text.excerpt, text.changed_at = title, body, excerpt, timezone.now()
        text.save()
        reversion.add_to_revision(piece)
    return text


def change(piece: Piece, *, by: AbstractBaseUser | None, **fields: Any) -> None:
    """Save what is not its words: place, moments, photo, campaign."""
    with _version(by):
        _hold(piece)
        for name, value in fields.items():
            setattr(piece, name, value)
        piece.save()


def publish(piece: Piece, *, by: AbstractBaseUser | None, at: datetime | None = None) -> None:
    """Let strangers read it, now or from a moment on (aware)."""
    change(piece, by=by, published_at=at or timezone.now())


def take_back(piece: Piece, *, by: AbstractBaseUser | None) -> None:
    """Make it a draft again; the secret link that was given before ends."""
    change(piece, by=by, published_at=None, draft_key=new_key())


def versions(piece: Piece) -> models.QuerySet[Version]:
    """What it was, the newest first; each names when and by whom (`revision`)."""
    found: models.QuerySet[Version] = Version.objects.get_for_object(piece).select_related("revision__user")
    return found


def restore(piece: Piece, version: Version, *, by: AbstractBaseUser | None) -> None:
    """Make its words what they were in an earlier version, in all languages; whether it is published stays."""
    earlier = [each for each in version.revision.version_set.all() if each.content_type.model.endswith("words")]
    with _version(by):
        _hold(piece)
        for each in earlier:
            fields = each.field_dict
            defaults = {name: fields[name] for name in ("title", "excerpt", "body")} | {"changed_at": timezone.now()}
            WORDS[type(piece)]._default_manager.update_or_create(
                piece=piece, language=fields["language"], defaults=defaults
            )
        reversion.add_to_revision(piece)


def _hold(piece: Piece) -> None:
    """Two who save at once come one after the other."""
    type(piece)._default_manager.select_for_update(no_key=True).get(pk=piece.pk)


@contextmanager
def _version(by: AbstractBaseUser | None) -> Iterator[None]:
    """One transaction, and a version of what it changes, by somebody."""
    with transaction.atomic(), reversion.create_revision(atomic=False):
        if by is not None:
            reversion.set_user(by)
        yield
