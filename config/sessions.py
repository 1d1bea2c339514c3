"""Sessions in the database, by keys that can be ours."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's; what no key of ours looks like is no key, and begins a new session.

    A quoted cookie may hold any character as an octal escape, and the database refuses to look for a NUL.
    """

    def _validate_session_key(self, key: Any) -> bool:
        return bool(key) and len(key) >= 8 and key.isascii() and key.isalnum()
