"""Reports of errors to an address of the operator's (SENTRY_DSN): where it happened, and nothing of whom.

What may hold a name, an address or a secret does not leave: the request but for its view, values of
variables, messages of exceptions (a database quotes rows in them), breadcrumbs, whoever is signed in. The request's
id is there, by which the operator's own log tells more.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog

from config.logs import REFUSED

# What an event keeps, and of each exception and frame; all else stays here.
EVENT = {"event_id", "level", "timestamp", "platform", "release", "environment", "sdk", "exception", "transaction"}
EXCEPTION = {"type", "module", "mechanism", "stacktrace"}
FRAME = {
    "filename",
    "abs_path",
    "module",
    "function",
    "lineno",
    "in_app",
    "context_line",
    "pre_context",
    "post_context",
}


# What the library would gather: nothing. `scrub` does not rely on it.
_OFF = {"mode": "off"}
NOTHING: Any = {
    "user_info": False,
    "cookies": _OFF,
    "http_headers": {"request": _OFF, "response": _OFF},
    "http_bodies": [],
    "url_query_params": _OFF,
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}


def begin(address: str, **options: Any) -> None:
    """Report to this address; without one nothing is loaded."""
    if not address:
        return
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration
    from sentry_sdk.integrations.django import DjangoIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=address,
        before_send=scrub,
        data_collection=NOTHING,
        max_breadcrumbs=0,
        server_name="",
        send_client_reports=False,
        auto_session_tracking=False,
        # A view's pattern, not the address that was asked for: tokens stand in addresses.
        integrations=[
            DjangoIntegration(transaction_style="function_name"),
            CeleryIntegration(),
            LoggingIntegration(level=None, event_level=logging.ERROR),
        ],
        auto_enabling_integrations=False,
        **options,
    )


def scrub(event: Any, hint: dict[str, Any]) -> Any:
    """sentry-sdk's before_send: an event made anew of what is known to be harmless; None for a refused request."""
    if event.get("logger", "").startswith(REFUSED):
        return None
    kept = {name: event[name] for name in EVENT & set(event)}
    kept["exception"] = {"values": [_exception(each) for each in event.get("exception", {}).get("values", [])]}
    if not kept["exception"]["values"]:
        # Something was logged as an error: its words before anything was put into them.
        del kept["exception"]
        kept["logger"] = event.get("logger", "")
        kept["message"] = str((event.get("logentry") or {}).get("message", ""))
    bound = structlog.contextvars.get_contextvars()
    kept["tags"] = {name: str(bound[name]) for name in ("request_id", "task") if name in bound}
    return kept


def _exception(told: dict[str, Any]) -> dict[str, Any]:
    kept = {name: told[name] for name in EXCEPTION & set(told)}
    mechanism = told.get("mechanism") or {}
    kept["mechanism"] = {name: mechanism[name] for name in ("type", "handled") if name in mechanism}
    frames = (told.get("stacktrace") or {}).get("frames", [])
    kept["stacktrace"] = {"frames": [{name: frame[name] for name in FRAME & set(frame)} for frame in frames]}
    return kept
