"""For programs that follow or find what is published: feeds, the sitemap, what robots leave alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaigns import heads, sitemaps
from campaigns.feeds import FEEDS, Feed


@require_safe
@cache_control(public=True, max_age=60)
def feed(request: HttpRequest, feed: str) -> HttpResponse:
    return HttpResponse(FEEDS[feed](), content_type=Feed.content_type)


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    return render(request, "campaigns/feeds.html", {"head": heads.head(reverse("feeds"), title=_("Follow us"))})


@require_safe
@cache_control(public=True, max_age=60)
def sitemap(request: HttpRequest) -> HttpResponse:
    return HttpResponse(sitemaps.sitemap(), content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=60)
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(sitemaps.robots(), content_type="text/plain; charset=utf-8")
