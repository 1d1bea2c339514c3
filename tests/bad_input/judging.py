"""What every answer keeps to, whatever was asked."""

from __future__ import annotations

import re

from tests.bad_input.asking import Request
from tests.bad_input.hostile import MARK
from tests.bad_input.there import HIDDEN
from tests.stack import Answer

# What only a page that shows how the program is made has.
INSIDE = ("Traceback (most recent call last)", "django.core.", "psycopg.", 'File "/', "site-packages")
# They answer before anything looks at what was asked.
PROBES = ("/healthz", "/readyz")


def faults(request: Request, answer: Answer, *, hidden: tuple[str, ...] = HIDDEN) -> list[str]:
    """What is wrong with an answer, in words; `hidden` are words that whoever asks may not see."""
    found = []
    if answer.status >= 500:
        found.append(f"answered {answer.status}")
    text = answer.body.decode(errors="replace") + "\n".join(map(": ".join, answer.headers.items()))
    found += [f"shows {word!r}" for word in (*INSIDE, *hidden) if word in text]
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith(("text/html", "image/svg", "application/atom")) and MARK in text:
        found.append("shows unescaped what was typed")
    # A wish for a tunnel is refused by the web server itself, and so is a header that is none (RFC 9110, 5.5).
    is_none = answer.status == 400 and any(
        re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value) for value in request.headers.values()
    )
    is_ours = request.path not in PROBES and request.method != "CONNECT" and not is_none
    if is_ours and "Content-Security-Policy" not in answer.headers:
        found.append("has no Content-Security-Policy")
    return found
