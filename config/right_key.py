"""Under a CONTACT_HASH_KEY that finds no address nothing is taken in (signon.privacy.hash_key)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config import failing
from signon.privacy import hash_key
from signon.running.outages import Outage

log = logging.getLogger(__name__)
READS = ("GET", "HEAD", "OPTIONS")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RightKey:
    """Answers 503 to what would write, so that mail programs and providers come again; pages are read as ever.

    The columns refuse too (signon.models.contact_field); here nothing has begun yet.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READS:
            try:
                hash_key.demand()
            except hash_key.AnotherKey as error:
                log.error("%s What was sent is not taken in.", error)
                response = failing.away(request, Outage.SETTING)
                response._has_been_logged = True  # type: ignore[attr-defined]  # Django would add the path
                return response
        return self.get_response(request)
