"""What is known of each request: its id, its view, how long it took; never who made it."""

import logging
import re
import secrets
import time

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars

from config.middleware import GetResponse, is_trusted
from signon.running import tallies

log = logging.getLogger(__name__)

_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Upper ends of the histogram's buckets, in seconds.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PROBES = {"/healthz", "/readyz", "/metrics"}
METHODS = {"GET", "HEAD", "POST"}


class Watched:
    """Gives each request an id, which its log lines, its tasks and its answer carry, and counts it by its view.

    The id is the proxy's (X-Request-ID) where a trusted proxy sent a well formed one: what a stranger sends would
    stand in our log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "") if is_trusted(request.META.get("REMOTE_ADDR", "")) else ""
        name = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
        request.META["HTTP_X_REQUEST_ID"] = name
        began = time.monotonic()
        with bound_contextvars(request_id=name):
            response = self.get_response(request)
            if request.path_info not in PROBES:
                _count(request, response.status_code, time.monotonic() - began)
        response["X-Request-ID"] = name
        return response


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    kept = request.META.get("undersigned.view")
    view = kept or (match.view_name if match else "") or "none"
    method = request.method if request.method in METHODS else "other"
    # Thousands a second get a page that was made once: that has its line, and the proxy's log all of them.
    log.log(logging.DEBUG if kept else logging.INFO, "%s %s %d %d ms", method, view, status, seconds * 1000)
    labels = (view, str(method), f"{status // 100}xx")
    bucket = next((end for end in BUCKETS if seconds <= end), None)
    tallies.add("request_bucket", *labels, str(bucket or "+Inf"))
    tallies.add("request_seconds", *labels, by=round(seconds, 6))
