"""Posts by month and kind, the newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Post

SIZE = 10


class ArchiveForm(forms.Form):
    """What of the archive is asked for; what makes no sense is passed over."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", pgettext_lazy("kinds of posts", "All")), *Post.Kind.choices], required=False
    )
    # The last post that was shown: the page goes on after it.
    after = forms.SlugField(required=False, max_length=100)


@dataclass(frozen=True)
class ArchivePage:
    posts: Sequence[Post]
    # The post after which older ones follow; None at the end.
    last: Post | None


def page(*, kind: str = "", month: tuple[int, int] | None = None, after: str = "") -> ArchivePage:
    """Published posts of a kind and a month (UTC), from the one named `after` on; from the newest if it is gone."""
    found = Post.objects.published().with_words().select_related("photo").prefetch_related("photo__words")
    if kind:
        found = found.filter(kind=kind)
    if month:
        found = found.filter(published_at__year=month[0], published_at__month=month[1])
    if after and (mark := Post.objects.published().filter(slug=after).first()):
        found = found.filter(older_than(mark))
    posts = list(found[: SIZE + 1])
    return ArchivePage(posts[:SIZE], posts[SIZE - 1] if len(posts) > SIZE else None)


def older_than(post: Post) -> Q:
    """What stands after it in the archive."""
    return Q(published_at__lt=post.published_at) | Q(published_at=post.published_at, pk__lt=post.pk)


def neighbors(post: Post) -> dict[str, Any]:
    """The posts before and after a published one: {"older", "newer"}, each a post or None."""
    others = Post.objects.published().exclude(pk=post.pk).with_words()
    older = others.filter(older_than(post)).first()
    newer = others.exclude(older_than(post)).order_by("published_at", "pk").first()
    return {"older": older, "newer": newer}


def months() -> list[tuple[datetime, int]]:
    """Months (UTC) with published posts and how many, the newest first."""
    counted = Post.objects.published().annotate(month=TruncMonth("published_at")).values("month").order_by("-month")
    return [(row["month"], row["posts"]) for row in counted.annotate(posts=Count("pk"))]
