"""Which server a query reads from: strangers' pages from the replica while it keeps up, all else from the primary."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from signon.running import reading

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Pages that are the same for everybody. What follows an act of the reader's own, or is behind a link with a token,
# stands here never: who acted a moment ago must see what came of it.
PAGES = {
    "home", "campaign", "statements", "statement", "signatories", "revisions", "numbers", "organizations",
    "organization", "news", "news-month", "post", "events", "event", "event-calendar", "calendar", "page", "feeds",
    "feed-posts", "feed-statements", "feed-events", "sitemap", "search", "embed",
}  # fmt: skip


class Router:
    """Reads where `signon.running.reading` says; writes, and whatever a transaction reads, on the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return reading.alias()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        reading.stay_with_primary()
        return "default"

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True  # one database, by more than one way

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "default"


class StrangersPages:
    """Lets GETs of PAGES by who has no session read from the replica.

    A replica that goes away in the midst of a page is left alone, and the page made again from the primary.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reading.from_primary():
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, named: Any) -> None:
        if is_strangers(request):
            reading.may_read_replica()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not isinstance(exception, (OperationalError, InterfaceError)):
            return None
        if not reading.has_read_replica():
            return None
        reading.leave_replica_alone()
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response


def is_strangers(request: HttpRequest) -> bool:
    """Whether this asks for one of PAGES, changes nothing and says nothing of who asks."""
    match = request.resolver_match
    return (
        request.method in ("GET", "HEAD")
        and match is not None
        and match.view_name in PAGES
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "Authorization" not in request.headers
    )
