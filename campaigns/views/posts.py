"""News: the archive, and each post."""

from __future__ import annotations

from datetime import MAXYEAR, date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import archive, heads, markdown, piece_cards
from campaigns.models import Post
from campaigns.views.leading import lead_on


@require_safe
def news(request: HttpRequest, year: int | None = None, month: int | None = None) -> HttpResponse:
    if year is not None and month is not None and not (1 <= year <= MAXYEAR and 1 <= month <= 12):
        raise Http404
    form = archive.ArchiveForm(request.GET)
    form.is_valid()
    asked = {name: form.cleaned_data[name] for name in ("kind", "after") if form.cleaned_data.get(name)}
    months = archive.months()
    chosen = date(year, month, 1) if year and month else None
    if chosen and chosen not in [each.date() for each, _number in months]:
        raise Http404
    page = archive.page(month=(year, month) if year and month else None, **asked)
    path = reverse("news-month", args=[year, month]) if chosen else reverse("news")
    kind = {"kind": asked["kind"]} if "kind" in asked else {}
    shown = {
        "cards": piece_cards.cards(page.posts),
        "older": f"{path}?{urlencode(kind | {'after': page.last.slug})}" if page.last else "",
        "newest": f"{path}?{urlencode(kind)}" if "after" in asked else "",
        "kinds": Post.Kind.choices,
        "kind": asked.get("kind", ""),
        "kind_name": dict(Post.Kind.choices).get(asked.get("kind", ""), ""),
        "months": months,
        "month": chosen,
        "path": path,
        "head": heads.head(path + (f"?{urlencode(asked)}" if asked else ""), title=_("News")),
    }
    return render(request, "campaigns/news.html", shown)


@require_safe
def post(request: HttpRequest, slug: str) -> HttpResponse:
    posts = Post.objects.published().with_words().select_related("campaign", "photo")
    found = posts.prefetch_related("photo__words").filter(slug=slug).first()
    if found is None:
        return lead_on(Post, slug)
    text = found.text(get_language())
    if text is None:
        raise Http404
    shown = {
        "post": found,
        "text": text,
        "html": markdown.render(text.body),
        "documents": list(found.documents.published()),
        "head": heads.of_piece(found, text),
    }
    return render(request, "campaigns/post.html", shown | archive.neighbors(found))
