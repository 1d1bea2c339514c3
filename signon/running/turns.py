"""How many sign at once in a process; the others wait, and what all read is made meanwhile (decision 92).

Threads of a process share one interpreter: more of them at work sign no faster, but hold up who makes a page for all
readers. Who waits holds no connection to the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Seconds; then a signer goes on in any case: a turn that is never given back keeps nobody from signing.
LONGEST = 10.0

P = ParamSpec("P")

_free = threading.Semaphore(settings.SIGNERS_AT_ONCE)


def posts_in_turn(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view whose POSTs begin when it is their turn; no more than SIGNERS_AT_ONCE run at once."""

    @wraps(view)
    def taking_turns(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        # Read before: a signer on a thin line must not keep the turn while their words come in.
        has_turn = request.method == "POST" and request.POST is not None and _free.acquire(timeout=LONGEST)
        try:
            return view(request, *args, **kwargs)
        finally:
            if has_turn:
                _free.release()

    return taking_turns
