"""What other sites show of a statement: a page for their frames, its styles, what they copy, and oEmbed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from campaigns import heads, network
from campaigns.models import Statement
from campaigns.views.statement import statement_or_404
from signon import signatories
from signon.api.manners import open_to_all
from signon.api.problems import problem
from signon.models.source import is_code
from signon.programs import embedding
from signon.programs.embed_forms import EmbedForm, LookForm

View = Callable[..., HttpResponse]
SHOWN = 100
WIDTH = 600  # what oEmbed offers where nobody says how wide it may be


def may_be_framed(view: View) -> View:
    """By every site. All else that our policy forbids stays forbidden."""

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
        return response

    return framed


@require_safe
@conditional_page
@cache_control(public=True, max_age=2)
@may_be_framed
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The page in the frame: the same for everybody, without cookies, in the language of its query string."""
    shown, form = statement_or_404(slug), EmbedForm(request.GET)
    is_valid = form.is_valid()
    language = form.cleaned_data.get("language") or settings.LANGUAGE_CODE
    with translation.override(language):
        text = shown.text(language)
        if text is None:
            raise Http404
        page = {"statement": shown, "text": text, "phase": shown.phase(), "form": form}
        if is_valid:
            page |= {"show": form.cleaned_data["show"], "look": urlencode(form.look())}
        if page.get("show") == "list" and shown.phase() != "withdrawn":
            page["page"] = signatories.page(signatories.listed(shown), language, size=SHOWN)
        response = render(request, "signon/embed.html", page, status=200 if is_valid else 422)
    response["Content-Language"] = language
    return response


@require_safe
@cache_control(public=True, max_age=86_400)
def style(request: HttpRequest) -> HttpResponse:
    """The tokens that a frame's page was asked for: a stylesheet, for our policy allows no style in the page."""
    form = LookForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=422, content_type="text/css")
    return HttpResponse(embedding.stylesheet(form.cleaned_data), content_type="text/css")


@require_safe
def put_on_your_site(request: HttpRequest, slug: str) -> HttpResponse:
    """What another site copies, with a preview."""
    shown, language = statement_or_404(slug), translation.get_language() or settings.LANGUAGE_CODE
    text = shown.text(language)
    if text is None or shown.phase() == "withdrawn":
        raise Http404
    form = EmbedForm({"show": "count", "language": language} | request.GET.dict())
    head = heads.head(reverse("put-on-your-site", args=[slug]), title=text.title)
    page: dict[str, Any] = {"statement": shown, "text": text, "form": form, "head": head}
    if form.is_valid():
        asked = form.asked()
        page |= {
            "script": embedding.script_html(shown, asked, text.title),
            "frame": embedding.frame_html(shown, asked, text.title),
            "preview_url": embedding.frame_path(shown, asked),
        }
    return render(request, "signon/put_on_your_site.html", page, status=200 if form.is_valid() else 422)


@open_to_all
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0 for a statement's page: what a content system shows where somebody pastes its address."""
    if request.GET.get("format", "json") != "json":
        return problem(501, "We answer in JSON alone.")
    try:
        width = min(int(request.GET.get("maxwidth", WIDTH)), WIDTH)
        height = min(int(request.GET.get("maxheight", embedding.HEIGHTS["count"])), embedding.HEIGHTS["count"])
        if min(width, height) < 1:
            raise ValueError
    except ValueError:
        return problem(400, "“maxwidth” and “maxheight” are whole numbers of pixels.")
    found = _statement_at(request.GET.get("url", ""))
    if found is None:
        return problem(404, "This is no address of a statement here.")
    shown, language = found
    text = shown.text(language)
    if text is None:
        return problem(404, "This is no address of a statement here.")
    via = parse_qs(urlsplit(request.GET.get("url", "")).query).get("via", [""])[0]
    asked = {"show": "count", "language": language} | ({"via": via} if is_code(via) else {})
    said = JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "provider_name": network.current().name,
            "provider_url": settings.SITE_URL,
            "title": text.title,
            "cache_age": 60,
            "width": width,
            "height": height,
            "html": embedding.frame_html(shown, asked, text.title, width=str(width), height=height),
        }
    )
    said["Content-Language"] = language
    return said


def _statement_at(url: str) -> tuple[Statement, str] | None:
    """The public statement whose page has this address, and the language of the page."""
    if not url.startswith(f"{settings.SITE_URL}/"):
        return None
    try:
        path = urlsplit(url).path
        language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
        with translation.override(language):
            match = resolve(path)
    except (Resolver404, ValueError):
        return None
    shown = Statement.objects.public().filter(slug=match.kwargs.get("slug", "")).first()
    return (shown, language) if shown and match.url_name == "statement" else None
