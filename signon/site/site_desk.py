"""What of the public site a member of staff writes: everything, or what is of their own campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns import publishing
from campaigns.models import Event, Page, Piece, Post, Publisher
from signon.models import User


@dataclass(frozen=True)
class Kind:
    """A kind of pieces as the desk names it; `name` stands in addresses."""

    name: str
    model: type[Piece]
    many: str | Promise
    new: str | Promise
    none: str | Promise

    def right(self, act: str) -> str:
        """A permission: add, change, delete or view."""
        return f"campaigns.{act}_{self.model._meta.model_name}"


KINDS = {
    "posts": Kind("posts", Post, _("Posts"), _("New post"), _("No posts yet.")),
    "events": Kind("events", Event, _("Events"), _("New event"), _("No events yet.")),
    "pages": Kind("pages", Page, _("Pages"), _("New page"), _("No pages yet.")),
}
STATES = {"draft": _("Draft"), "scheduled": _("Scheduled"), "published": _("Published")}


def kind_or_404(name: str) -> Kind:
    """The kind that an address names."""
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def pieces(user: User, kind: Kind) -> QuerySet[Any]:
    """Those of a kind that the user works on."""
    return kind.model._default_manager.for_user(user)  # type: ignore[attr-defined]


def piece_or_404(user: User, kind: Kind, number: int) -> Any:
    """One of them; of another's campaign there is none."""
    return get_object_or_404(pieces(user, kind), pk=number)


def in_state(found: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Those that are a draft, scheduled or published now; all for another word."""
    if state == "draft":
        return found.drafts()  # type: ignore[attr-defined]
    if state == "scheduled":
        return found.scheduled()  # type: ignore[attr-defined]
    return found.published() if state == "published" else found  # type: ignore[attr-defined]


def titled(found: QuerySet[Any], query: str) -> QuerySet[Any]:
    """Those with these words in a title, in any language; all for none."""
    for word in query.split():
        texts = publishing.WORDS[found.model]._default_manager.filter(title__icontains=word)
        found = found.filter(pk__in=texts.values("piece"))
    return found


def newest_first(found: QuerySet[Any]) -> QuerySet[Any]:
    """By when a piece appeared, or was begun where it has not; events by when they are."""
    if found.model is Event:
        return found.order_by("-starts_at", "-pk")
    return found.order_by(Coalesce("published_at", "created_at").desc(), "-pk")


def zone() -> str:
    """The network's time zone (IANA name), in which moments of publication are typed and told."""
    found = Publisher.objects.values_list("zone", flat=True).first()
    return found or "UTC"


def site_languages(original: str, written: Iterable[str]) -> list[str]:
    """In which languages something can be said: its original's first, the site's, and any that it is said in."""
    return list(dict.fromkeys([original, *(code for code, _name in settings.LANGUAGES), *written]))


def languages_of(piece: Piece) -> list[str]:
    """The same of a piece."""
    return site_languages(piece.original_language, [text.language for text in piece.words.all()])
