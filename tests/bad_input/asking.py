"""One request, and how it is put to the site: to its code in this process, or over the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client

from tests.stack import Answer

Ask = Callable[["Request"], Answer]


@dataclass
class Request:
    """What goes over the wire; as it is printed, it can be put to the site again."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""

    @property
    def target(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")

    def __str__(self) -> str:
        return re.sub(r"(.)\1{99,}", lambda run: f"{run[1]}…{len(run[0])} times…", repr(self))[:4000]


def by(client: Client) -> Ask:
    """Ask the code in this process: an exception that nobody caught comes out, and what the request did is undone."""

    def ask(request: Request) -> Answer:
        kept = client.cookies.copy()
        headers = {_meta(name): value for name, value in request.headers.items()}
        with transaction.atomic():
            answer: Any = client.generic(
                request.method,
                request.path,
                request.body,
                request.content_type or "application/octet-stream",
                QUERY_STRING=request.query,
                **headers,
            )
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            for close in answer._resource_closers:  # files; answer.close() would close the connection too
                close()
            transaction.set_rollback(True)
        client.cookies = kept
        return Answer(answer.status_code, answer.headers, body)

    return ask


def _meta(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"
