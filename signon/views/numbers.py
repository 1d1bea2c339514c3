"""A statement's numbers for strangers: the page, its pictures as PNG, and the image that stands where it is shared."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaigns import heads
from campaigns.models import Statement
from campaigns.views.statement import statement_or_404
from signon.figures import pictures, public_numbers
from signon.geography import country_maps


@require_safe
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    statement = _shown_or_404(slug)
    told = public_numbers.numbers(statement)
    enough = len(told.countries) >= public_numbers.ENOUGH_FOR_A_MAP
    title = _("The numbers")
    return render(
        request,
        "signon/numbers.html",
        {
            "statement": statement,
            "numbers": told,
            "tally": told.tally,
            "titles": pictures.titles(),
            "drawings": pictures.drawings(told),
            "map": country_maps.of_signatories(told.countries) if enough else None,
            "head": heads.head(reverse("numbers", args=[slug]), title=f"{title}: {statement.title}"),
        },
    )


@require_safe
@cache_control(public=True, max_age=300)
def picture(request: HttpRequest, slug: str, name: str) -> HttpResponseBase:
    statement = _shown_or_404(slug)
    data = pictures.of_numbers(statement, public_numbers.numbers(statement), name)
    if data is None:
        raise Http404
    return _png(request, data, f"{slug}-{name}.png")


@require_safe
@cache_control(public=True, max_age=300)
def share(request: HttpRequest, slug: str) -> HttpResponseBase:
    statement = _shown_or_404(slug)
    text = statement.text(get_language())
    if text is None:
        raise Http404
    return _png(request, pictures.of_statement(statement, text), f"{slug}.png")


def _shown_or_404(slug: str) -> Statement:
    statement = statement_or_404(slug)
    if statement.phase() == "withdrawn":
        raise Http404
    return statement


def _png(request: HttpRequest, data: dict[str, Any], name: str) -> HttpResponseBase:
    etag = f'"{pictures.digest(data)[:32]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    answer = HttpResponse(pictures.png(data), content_type="image/png")
    answer["ETag"] = etag
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
