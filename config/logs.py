"""How the product logs, and what must not stand in a log.

One line for each event: JSON in production, for people in local mode. Each line of a request, and of a task that it
set off, has the request's id.
"""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Django's loggers for requests that it answers with 400.
REFUSED = "django.security."

_TOKEN = re.compile(
    r"((?:/sign-ons/(?:confirm|manage|represent|answer|try|objection)|/statements/[^/\s]+/(?:draft|late)|/mail/unsubscribe|/privacy/your-data"
    r"|(?<!/desk)/invitations|/events/registrations|/accounts/second-factor/stop|/accounts/seats/offer|/accounts/password/reset/key/[^/\s]+)/)[^/\s]+"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=]+@[^\s<>()\[\]\"',;:=]*[\w-]\.[\w-]+")
# Where PostgreSQL repeats the row: all after the first line of what it says.
_ROW = re.compile(
    r"^(?:DETAIL|CONTEXT|HINT|LINE \d+):.*(?:\n(?!Traceback|The above|During handling|\s*\n).*)*", re.MULTILINE
)


def harmless(text: str) -> str:
    """The text without secrets of mailed links, e-mail addresses, and values that the database quotes."""
    return _ADDRESS.sub("…@…", _TOKEN.sub(r"\1…", _ROW.sub("…", text)))


# What this module and the product's own code wrote: nothing of it comes from outside.
_OURS = {"at", "level", "logger", "request_id"}


def _harmless(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {
        name: harmless(value) if isinstance(value, str) and name not in _OURS else value
        for name, value in event.items()
    }


def _chain() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        _harmless,
    ]


def configuration(*, for_people: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything goes to standard error, where systemd, Docker or a terminal take it."""
    # Colors are a terminal's, and files of logs are read too.
    renderer: Processor = structlog.dev.ConsoleRenderer(colors=False) if for_people else _as_json
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _chain(),
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
    handler = {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "filters": {"refusals": {"()": lambda: in_a_line}},
        "handlers": {"stderr": handler},
        "loggers": {
            # That a task arrived says nothing that its end does not say.
            "celery.worker.strategy": {"level": "WARNING"},
            # What was refused has its line (config.watching), without the path: strangers type names into paths.
            "django.request": {"level": "ERROR"},
        },
        "root": {"handlers": ["stderr"], "level": level},
    }


def in_a_line(record: logging.LogRecord) -> bool:
    """A filter that keeps all: what Django refused for its form alone is a line, and no fault of ours to be traced."""
    if record.name.startswith(REFUSED):
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
    return True


_as_json = structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
