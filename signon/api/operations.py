"""What can be asked of the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import re_path, reverse
from django.utils import translation
from ninja import NinjaAPI, Path, Query
from ninja.errors import HttpError
from ninja.openapi.schema import OpenAPISchema

from campaigns import markdown
from campaigns.models import Revision, Statement
from campaigns.models.revision import canonical_text
from signon import signatories
from signon.api import cursors, problems, shapes
from signon.api.manners import open_to_all
from signon.finding import list_order, word_search
from signon.models import SignOn
from signon.programs import published

Slug = Path(..., description="The statement’s short name.", pattern="^[-a-zA-Z0-9_]+$", max_length=100)
# What every operation may answer beside what it is for.
PROBLEMS = {(404, 410, 422, 500): shapes.Problem}


class Api(NinjaAPI):
    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """django-ninja's, which knows one media type for all answers; ours has another for problems."""
        schema = super().get_openapi_schema(**how)
        for operations in schema["paths"].values():
            for status, response in operations["get"]["responses"].items():
                if status >= 400:
                    response["content"] = {problems.MEDIA_TYPE: response["content"]["application/json"]}
        return schema


api = Api(
    title="Undersigned",
    version="1",
    description="Statements, their texts, and who signed them, as everybody may see them.",
    urls_namespace="api",
    docs_url=None,
)
problems.handle(api)


@api.get("/", response=shapes.Index, operation_id="index", url_name="index")
def index(request: HttpRequest) -> dict[str, str]:
    """Where to begin."""
    return {
        "statements": published.absolute(reverse("api:statements")),
        "openapi": published.absolute(reverse("api:openapi-json")),
    }


@api.get(
    "/statements",
    response={200: shapes.Statements, **PROBLEMS},
    operation_id="list_statements",
    url_name="statements",
)
def statements(request: HttpRequest, asked: Query[shapes.AskedForStatements]) -> dict[str, Any]:
    """Every statement that is open, will open, or was open; the newest first."""
    found = _with_all(Statement.objects.public()).order_by("-created_at", "-pk")
    if asked.after:
        edge = Statement.objects.reachable().filter(slug=asked.after).first()
        if edge is None:
            raise HttpError(422, "“after” is no statement’s short name.")
        found = found.filter(Q(created_at__lt=edge.created_at) | Q(created_at=edge.created_at, pk__lt=edge.pk))
    page = list(found[: asked.limit + 1])
    shown = page[: asked.limit]
    more = {"after": shown[-1].slug} if len(page) > asked.limit else None
    items = [published.brief(each, asked.language) for each in shown if each.text()]
    return {"items": items, "next": _next(reverse("api:statements"), asked, more)}


@api.get(
    "/statements/{slug:slug}",
    response={200: shapes.WholeStatement, **PROBLEMS},
    operation_id="get_statement",
    url_name="statement",
)
def statement(request: HttpRequest, asked: Query[shapes.Asked], slug: str = Slug) -> dict[str, Any]:
    """One statement: to whom it speaks, when it opens and closes, its texts with their digests, its counts."""
    found = _find(_with_all(Statement.objects.reachable()), slug)
    if found.text() is None:
        raise Http404
    return published.whole(found, asked.language)


@api.get(
    "/statements/{slug:slug}/text",
    response={200: shapes.Text, **PROBLEMS},
    operation_id="get_text",
    url_name="text",
)
def text(request: HttpRequest, asked: Query[shapes.Asked], slug: str = Slug) -> dict[str, Any]:
    """The newest text in a language, or the original where there is none in it."""
    found = _find(Statement.objects.reachable(), slug)
    shown = found.text(asked.language)
    if shown is None:
        raise Http404
    return published.text_facts(found, shown) | {
        "revision": shown.revision.number,
        "lead": shown.lead,
        "markdown": shown.body,
        "html": str(markdown.render(shown.body)),
        "canonical": canonical_text(shown.language, shown.title, shown.body),
    }


@api.get(
    "/statements/{slug:slug}/counts",
    response={200: shapes.CountsByPlace, **PROBLEMS},
    operation_id="get_counts",
    url_name="counts",
)
def counts(request: HttpRequest, asked: Query[shapes.Asked], slug: str = Slug) -> dict[str, Any]:
    """How many signatories there are, in all and by country."""
    with translation.override(asked.language):
        return published.counts_by_place(_find(Statement.objects.reachable(), slug), asked.language)


@api.get(
    "/statements/{slug:slug}/signatories",
    response={200: shapes.Signatories, **PROBLEMS},
    operation_id="list_signatories",
    url_name="signatories",
)
def list_signatories(
    request: HttpRequest, asked: Query[shapes.AskedForSignatories], slug: str = Slug
) -> dict[str, Any]:
    """The public list, in its order. `next` leads to each signatory once, also while others come and go."""
    found = _find(Statement.objects.reachable(), slug)
    try:
        listed = signatories.listed(found, country=asked.country or "", scope=asked.scope or "", query=asked.q)
    except word_search.TooMany as error:
        raise HttpError(422, f"More than {word_search.MOST} names have “{asked.q}”: add a word.") from error
    edge = _edge(found, asked.after)
    page, is_more = list_order.following(listed, list_order.Place.of(edge) if edge else None, asked.limit)
    more = {"after": cursors.seal(page[-1])} if is_more else None
    items = [published.signatory(signatories.as_row(sign_on, asked.language)) for sign_on in page]
    return {"items": items, "next": _next(reverse("api:signatories", args=[slug]), asked, more)}


def _find(reachable: Any, slug: str) -> Statement:
    found = get_object_or_404(reachable, slug=slug)
    if found.state == Statement.State.WITHDRAWN:
        raise HttpError(410, "This statement was withdrawn by those who published it.")
    return found


def _with_all(statements: Any) -> Any:
    """With what published.brief reads, in a fixed number of queries."""
    newest_first = Revision.objects.order_by("-number").prefetch_related("texts")
    return statements.select_related("campaign").prefetch_related(Prefetch("revisions", newest_first), "counters")


def _edge(found: Statement, cursor: str) -> SignOn | None:
    if not cursor:
        return None
    try:
        return cursors.unseal(cursor, found)
    except cursors.Foreign as error:
        raise HttpError(422, "“after” is none of ours: begin anew without it.") from error


def _next(path: str, asked: shapes.Asked, more: dict[str, str] | None) -> str | None:
    """The address of the next page, with what was asked for this one."""
    if more is None:
        return None
    return published.absolute(f"{path}?{urlencode(asked.dict(exclude_unset=True, exclude_none=True) | more)}")


@open_to_all
def nothing(request: HttpRequest) -> HttpResponse:
    """For an address below the API's that leads nowhere."""
    return problems.problem(404, "There is nothing public at this address.")


def _addresses() -> tuple[list[Any], str]:
    patterns: list[Any] = list(api.urls[0])
    for pattern in patterns:
        pattern.callback = open_to_all(pattern.callback)
    return [*patterns, re_path("", nothing)], "api"


urls = _addresses()
