"""What may be deleted: drafts that strangers never could read, and files, where nothing refers to them.

What was published once is withdrawn instead: somebody may have its address. A piece's last version is kept.
"""

from __future__ import annotations

from typing import Any

import reversion
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import documents, photos, publishing
from campaigns.models import (
    Campaign,
    Document,
    EventWords,
    PageWords,
    Photo,
    Piece,
    PostWords,
    PublisherWords,
    RevisionText,
)

# Where somebody may have written an address of this site.
WRITTEN: tuple[tuple[type[models.Model], str], ...] = (
    (PostWords, "body"),
    (EventWords, "body"),
    (PageWords, "body"),
    (RevisionText, "body"),
    (PublisherWords, "about"),
    (Campaign, "summary"),
)
WAS_PUBLIC = gettext_lazy("It was published once. Somebody may have its address: make it a draft again instead.")
IS_SCHEDULED = gettext_lazy("It is scheduled: make it a draft again first.")


class InTheWay(Exception):
    """It cannot be deleted; `reasons` are sentences, to be read by whoever wanted to."""

    def __init__(self, reasons: list[str | Promise]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


def reasons(thing: Piece | Document | Photo) -> list[str | Promise]:
    """Why it cannot be deleted, in sentences; empty where it can."""
    found: list[str | Promise] = []
    if isinstance(thing, Piece):
        if thing.state == "scheduled":
            found.append(IS_SCHEDULED)
        elif publishing.was_public(thing):
            found.append(WAS_PUBLIC)
    elif isinstance(thing, Document):
        if thing.published_at or thing.first_published_at:
            found.append(WAS_PUBLIC)
    elif thing.front_place is not None:
        found.append(_("It stands on the front page."))
    if uses := [*_referring(thing), *_linking(thing)]:
        found.append(_("It is used here: %(list)s.") % {"list": ", ".join(uses)})
    return found


def discard(thing: Piece | Document | Photo, *, by: AbstractBaseUser | None) -> None:
    """Delete it for good, with its files. Raises InTheWay."""
    with transaction.atomic():
        model: Any = type(thing)
        held = model._default_manager.select_for_update().get(pk=thing.pk)
        if bars := reasons(held):
            raise InTheWay(bars)
        if isinstance(held, Piece):
            with reversion.create_revision(atomic=False):
                if by is not None:
                    reversion.set_user(by)
                reversion.set_comment("deleted")
                reversion.add_to_revision(held)
            held.delete()
        elif isinstance(held, Document):
            documents.remove(held)
        else:
            photos.remove(held)


def _referring(thing: models.Model) -> list[str]:
    """The kinds of rows that point to it, with how many; its own words are a part of it."""
    found = []
    for relation in thing._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.is_relation) or relation.name == "words":
            continue
        other: Any = relation.related_model
        field: Any = relation
        if number := other._base_manager.filter(**{field.field.name: thing.pk}).count():
            found.append(f"{capfirst(str(other._meta.verbose_name_plural))} ({number})")
    return found


def _linking(thing: Piece | Document | Photo) -> list[str]:
    """The titles of texts that hold its address."""
    if isinstance(thing, Photo):
        address = f"/photos/{thing.key}/"
    else:
        kind = {"post": "news", "event": "events", "page": "pages"}.get(str(thing._meta.model_name))
        address = f"/{kind}/{thing.slug}/" if isinstance(thing, Piece) else f"/documents/{thing.key}/"
    found = []
    for model, field in WRITTEN:
        texts = model._default_manager.filter(**{f"{field}__contains": address})
        if isinstance(thing, Piece) and model is publishing.WORDS[type(thing)]:
            texts = texts.exclude(piece=thing.pk)
        found += [f"“{text}”" for text in texts[:5]]
    return found
