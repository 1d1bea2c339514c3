"""How many sign-ons or registrations may come from one network, and to one statement or event, before more is asked.

A whole hall signs from one address, and a statement that is in the news gets thousands at once: a limit refuses
nobody. Beyond it a browser shows a proof of work; who has none (no JavaScript) is held for the desk, or for an event is
asked to come again.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from campaigns.models import Event, Statement
from signon.abuse import proofs
from signon.models import Hold

log = logging.getLogger(__name__)

# After an error nothing is counted for so many seconds: a frozen server must not hold up every signer.
REST = 10.0


@dataclass(frozen=True)
class Suspicion:
    """Why a sign-on is held, and what it has in common with others that are."""

    reason: str
    subject: str = ""


@dataclass
class _Rest:
    until: float = 0.0


_rest = _Rest()
_making = threading.Lock()


def weigh(of: Statement | Event, network: str, *, trap: str = "", proof: str = "") -> Suspicion | None:
    """Count a sign-on or a registration that is about to be recorded; why it is to be held, None if it is not.

    `network` is addresses.network's name, "" where that is not known; `trap` what stands in the field that people do
    not see; `proof` what the browser computed. Loopback's sign-ons are not counted in local mode.
    """
    if trap:
        return Suspicion(Hold.Reason.TRAP)
    if _is_exempt(network):
        return None
    passed = [reason for reason, item, name in _limits(of, network) if not _hit(item, name)]
    if not passed or proofs.is_good(proof, of):
        return None
    return Suspicion(passed[0], network if passed[0] == Hold.Reason.NETWORK else "")


def asks_for_proof(of: Statement | Event, network: str) -> bool:
    """Whether the next one from this network would be held without a proof of work; counts nothing."""
    if _is_exempt(network):
        return False
    return any(not _has_room(item, name) for _reason, item, name in _limits(of, network))


def _is_exempt(network: str) -> bool:
    return settings.LOCAL_MODE and not network


def _limits(of: Statement | Event, network: str) -> list[tuple[str, RateLimitItem, str]]:
    counted = f"{of._meta.model_name}:{of.pk}"
    altogether = (Hold.Reason.STATEMENT, _limit(settings.STATEMENT_LIMIT), counted)
    if not network:
        return [altogether]
    return [(Hold.Reason.NETWORK, _limit(settings.NETWORK_LIMIT), f"network:{counted}:{network}"), altogether]


_limit = cache(parse)


def _hit(item: RateLimitItem, name: str) -> bool:
    return _asked("hit", item, name)


def _has_room(item: RateLimitItem, name: str) -> bool:
    return _asked("test", item, name)


def _asked(act: str, item: RateLimitItem, name: str) -> bool:
    """Ask Redis; without it there is room: what is mailed is limited by the table of messages (limits.py)."""
    if time.monotonic() < _rest.until:
        return True
    try:
        return bool(getattr(_limiter(), act)(item, name))
    except Exception as error:  # whatever the client raises: no sign-on is lost for it
        _rest.until = time.monotonic() + REST
        log.warning("Sign-ons are not counted for %d s (%s).", REST, type(error).__name__)
        return True


def _limiter() -> SlidingWindowCounterRateLimiter:
    # One thread makes it: the library looks for its client as it is made, and two at once find half of it.
    with _making:
        return _made()


@cache
def _made() -> SlidingWindowCounterRateLimiter:
    address = settings.LIMITS_URL.replace("unix://", "redis+unix://")
    options = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3} | settings.LIMITS_OPTIONS
    return SlidingWindowCounterRateLimiter(storage_from_string(address, wrap_exceptions=True, **options))
