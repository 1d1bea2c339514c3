"""Proof of work (ALTCHA): a browser computes for a second, so that ten thousand sign-ons cost three hours.

Asked for only while a limit is passed (signon/abuse/guarding.py). Nobody solves a puzzle, and nothing is fetched from
elsewhere.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import altcha
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaigns.models import Event, Statement

# About 256 tries of so many rounds: half a second on a laptop, two or three on an old phone.
ALGORITHM, ROUNDS = "PBKDF2/SHA-256", 2000
GOOD_FOR = timedelta(minutes=20)
# A payload is some 600 characters; what is longer is none.
LONGEST = 2000


def challenge(of: Statement | Event) -> dict[str, Any]:
    """What a browser is to solve before it signs or registers for this, as ALTCHA's second version has it in JSON."""
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        expires_at=timezone.now() + GOOD_FOR,
        data=_subject(of),
        hmac_secret=_secret(),
    )
    return made.to_dict()


def is_good(payload: str, of: Statement | Event) -> bool:
    """Whether it solves a challenge of ours for this statement or event that nobody used before; then it is used up.

    Without the cache a solution may be used again for as long as it is good: signing goes on.
    """
    if not payload or len(payload) > LONGEST:
        return False
    try:
        given = altcha.Payload.from_base64(payload)
        if given.challenge.parameters.data != _subject(of):
            return False
        if not altcha.verify_solution(given, _secret()).verified:
            return False
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return False
    return _is_new(given.challenge.signature or "")


def _subject(of: Statement | Event) -> dict[str, int]:
    return {str(of._meta.model_name): of.pk}


def _is_new(signature: str) -> bool:
    key = f"proof:{hashlib.sha256(signature.encode()).hexdigest()}"
    try:
        return bool(cache.add(key, 1, timeout=GOOD_FOR.total_seconds()))
    except Exception:  # whatever the cache's client raises
        return True


def _secret() -> str:
    return salted_hmac("signon.proofs", "", secret=settings.SECRET_KEY).hexdigest()
