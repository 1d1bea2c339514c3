"""What very many strangers read at once is made once a second and handed out as it was made (decision 82).

A page is fresh for a second. Then one reader's request makes it anew, for all processes together, and the others get
the old one until the new one is there, for LONGEST at most: a page is right within two seconds of any change. Each
process has its copies at hand, and finds those of the others in Redis. Without Redis each process makes its own.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from signon.models.source import is_code

log = logging.getLogger(__name__)

# Seconds from the beginning of its making in which a page is handed out, and in which it is while another is made.
FRESH, LONGEST = 1.0, 1.8
# Whoever makes a page has so long; then somebody else begins. Others wait as long as that, then make their own.
TIME_TO_MAKE, LOOK_AGAIN = 5, 0.02
# After an error Redis is not asked for so many seconds: a frozen one must not hold up every reader.
REST = 10.0
AT_HAND, LOCKS = 64, 256
GZIP = re.compile(r"\bgzip\b")


@dataclass(frozen=True)
class Page:
    """A page as it was made; `made_at` is when its making began, `until` when it ends by itself (both as time.time).

    `view` is the name of its view, by which requests are counted.
    """

    made_at: float
    until: float
    zipped: bytes
    headers: dict[str, str]
    view: str = ""

    def is_younger_than(self, seconds: float) -> bool:
        now = time.time()
        return 0 <= now - self.made_at < seconds and now < self.until


class KeptPages:
    """Answers for the home page, statements, their forms and what follows these from what was made in this second.

    For whoever shows no session, with no query but `?via=`, by whose link they come.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response, self.keeper = get_response, Keeper()
        languages = "|".join(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
        self.kept = re.compile(rf"/(?:(?:{languages})/)?(?:statements/[-\w]+/(?:sign/(?:sent/|held/|confirmed/)?)?)?")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.KEEP_PAGES or request.method not in ("GET", "HEAD") or not self._is_kept(request):
            return self.get_response(request)
        host = request.get_host()  # raises for what is none of ours
        key = f"page:{request.scheme}:{host}:{request.get_full_path()}"
        page = self.keeper.page(key, lambda: self._make(request))
        if not isinstance(page, Page):
            return page
        if request.resolver_match is None:  # another request made it
            request.META["undersigned.view"] = page.view
        return answer(request, page)

    def _is_kept(self, request: HttpRequest) -> bool:
        query = request.META.get("QUERY_STRING", "")
        return (
            self.kept.fullmatch(request.path_info) is not None
            and (not query or (query.startswith("via=") and is_code(query.removeprefix("via="))))
            and ("HTTP_COOKIE" not in request.META or settings.SESSION_COOKIE_NAME not in request.COOKIES)
        )

    def _make(self, request: HttpRequest) -> Page | HttpResponse:
        began = time.time()
        accepted = request.META.pop("HTTP_ACCEPT_ENCODING", None)
        response = self.get_response(request)
        if accepted is not None:
            request.META["HTTP_ACCEPT_ENCODING"] = accepted
        if response.status_code != 200 or response.streaming or response.cookies or "Cache-Control" in response:
            return response
        until = getattr(response, "good_until", None)
        headers = dict(response.headers) | {
            "Cache-Control": "no-cache",
            "ETag": f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"',
        }
        headers.pop("Content-Length", None)
        zipped = gzip.compress(response.content, 6, mtime=0)
        view = request.resolver_match.view_name if request.resolver_match else ""
        return Page(began, until.timestamp() if until else float("inf"), zipped, headers, view)


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """The page as this reader takes it: compressed or not, or nothing where theirs is still good."""
    if GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response = HttpResponse(page.zipped, headers=page.headers | {"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(page.zipped), headers=page.headers)
    response.headers["Content-Length"] = str(len(response.content))
    patch_vary_headers(response, ("Accept-Encoding",))
    if "HTTP_IF_NONE_MATCH" in request.META:
        return get_conditional_response(request, etag=page.headers["ETag"], response=response) or response
    return response


Made = Page | HttpResponse


class Keeper:
    """A process' copies, and who makes the next ones."""

    def __init__(self) -> None:
        self._at_hand: OrderedDict[str, Page] = OrderedDict()
        self._locks = [threading.Lock() for _ in range(LOCKS)]
        self._shared = Shared()

    def page(self, key: str, make: Callable[[], Made]) -> Made:
        """The page that is good now, made by `make` where nobody has one; what it makes and is no Page is not kept."""
        held = self._at_hand.get(key)
        if held and held.is_younger_than(FRESH):
            return held
        lock = self._locks[hash(key) % LOCKS]
        if not lock.acquire(blocking=False):  # another thread is at it
            if held and held.is_younger_than(LONGEST):
                return held
            lock.acquire()
        try:
            held = self._at_hand.get(key)
            if held and held.is_younger_than(FRESH):
                return held
            return self._found_or_made(key, held, make)
        finally:
            lock.release()

    def _found_or_made(self, key: str, held: Page | None, make: Callable[[], Made]) -> Made:
        end = time.monotonic() + TIME_TO_MAKE
        while True:
            found = self._shared.get(key) or held
            if found and found.is_younger_than(FRESH):
                return self._hold(key, found)
            if self._shared.begin(key):
                return self._make(key, make)
            if found and found.is_younger_than(LONGEST):
                return self._hold(key, found)
            if time.monotonic() > end:
                return self._make(key, make)
            time.sleep(LOOK_AGAIN)

    def _make(self, key: str, make: Callable[[], Made]) -> Made:
        try:
            made = make()
            if isinstance(made, Page):
                self._shared.put(key, made)
                self._hold(key, made)
            return made
        finally:
            self._shared.end(key)

    def _hold(self, key: str, page: Page) -> Page:
        self._at_hand[key] = page
        self._at_hand.move_to_end(key)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return page


class Shared:
    """What the processes share through Redis: pages, and who makes one. Without it each makes its own."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def get(self, key: str) -> Page | None:
        """The page that somebody has made."""
        found = self._ask("get", key)
        return found if isinstance(found, Page) else None

    def put(self, key: str, page: Page) -> None:
        """Hand it to the others."""
        self._ask("set", key, page, timeout=2)

    def begin(self, key: str) -> bool:
        """Whether it is this process' turn to make it."""
        return self._ask("add", f"{key}:making", 1, timeout=TIME_TO_MAKE) is not False

    def end(self, key: str) -> None:
        """Give the turn back."""
        self._ask("delete", f"{key}:making")

    def _ask(self, act: str, *what: Any, **how: Any) -> Any:
        if time.monotonic() < self._rests_until:
            return None
        try:
            return getattr(caches["redis"], act)(*what, **how)
        except Exception as error:  # whatever the client raises: no reader waits for it
            self._rests_until = time.monotonic() + REST
            log.warning("Each process makes its own pages for %d s (%s).", REST, type(error).__name__)
            return None
