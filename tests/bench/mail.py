"""How fast a worker sends, beside a loop without a database that renders and sends the same messages.

Both hand over to the same mail server, over one connection, by turns: a worker's round, a loop's round, and again.
Each round is a process of its own, which renders and sends a few messages before its clock runs.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, Revision, RevisionText, Statement
from signon import mailing
from signon.mail import dispatching
from signon.mail.rendering import render
from signon.mail.sending import Fault, Line
from signon.models import Message, SignOn
from signon.naming import names
from tests.bench.whole import FULL

MANY, ROUNDS, WARM = (2000, 5, 20) if FULL else (1000, 3, 20)
CHECKOUT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("en", "fr", "es", "ar")


def measure() -> list[dict[str, Any]]:
    """Messages a second of a worker, beside the bare loop's; medians of rounds. Needs a database that is set up."""
    store(MANY + WARM)
    taken: dict[str, list[float]] = {"worker": [], "bare": []}
    with sink() as port:
        for _ in range(ROUNDS):
            for who, seconds in taken.items():
                renew()
                seconds.append(run(who, port))
                expected = MANY + WARM if who == "worker" else 0
                assert Message.objects.filter(state="sent").count() == expected
    Message.objects.all().delete()
    rates = {who: MANY / statistics.median(seconds) for who, seconds in taken.items()}
    value, limit = rates["worker"], rates["bare"]
    return [{"name": f"mail {MANY}", "value": value, "unit": "messages/s", "limit": limit, "ratio": value / limit}]


def store(count: int) -> None:
    """As many sign-ons of one statement, in four languages, each with its verification to be sent."""
    campaign = Campaign.objects.create(slug="bench-mail", title="Bench")
    closes_at = timezone.now() + timedelta(days=10)
    statement = Statement.objects.create(
        campaign=campaign, slug="bench-mail", state="open", addressee="The General Assembly", closes_at=closes_at
    )
    revision = Revision.objects.create(statement=statement, number=1, original_language="en")
    texts = []
    for language in LANGUAGES:
        texts.append(RevisionText(revision=revision, language=language))
        texts[-1].write(title=f"Bread and roses for all ({language})", body="1. Bread.\n2. Roses.\n", lead="")
    sign_ons = []
    for number in range(count):
        name, text = f"Women's Network for Peace {number}", texts[number % len(texts)]
        keys = {"search_key": names.search_key(name), "sort_key": names.sort_key(name)}
        typed = {
            "organization_name": name,
            "representative_name": "Asha Rao",
            "country": "KE",
            "authorized": True,
            "consent_publish": True,
        }
        address = f"asha.rao@organization{number}.example"
        sign_ons.append(
            SignOn(statement=statement, text=text, email=address, language=text.language, listed_name=name,
                   organization_type="ngo", expires_at=timezone.now() + timedelta(days=30), **keys, **typed)
        )  # fmt: skip
    SignOn.objects.bulk_create(sign_ons, batch_size=1000)


def renew() -> None:
    """The messages, queued anew, in tables as autovacuum keeps them."""
    Message.objects.all().delete()
    waiting = SignOn.objects.filter(state="unconfirmed").select_related("statement", "text")
    drafts = [mailing.draft("verification", key=f"verification:{each.pk}", sign_on=each) for each in waiting]
    Message.objects.bulk_create(drafts, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE signon_message")


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in a process of its own that takes everything and keeps nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen(command)
    try:
        end = time.monotonic() + 20
        while not answers(port):
            assert time.monotonic() < end, "the mail server does not answer"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def run(who: str, port: int) -> float:
    """The seconds of one round, in a process of its own."""
    code = f"import django; django.setup(); from tests.bench import mail; print(mail.{who}())"
    command = [sys.executable, "-c", code]
    environment = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def worker() -> float:
    """Send what is due as Celery's task does, 500 after 500."""
    assert dispatching.deliver(dispatching.claim(WARM)) == WARM
    began = time.perf_counter()
    while dispatching.deliver_due("transactional"):
        pass
    return time.perf_counter() - began


def bare() -> float:
    """Render the same messages, which lie in memory, and send them: none is claimed, nothing is written down."""
    told = Message.objects.select_related("sign_on", "user", "mailing").order_by("due_at", "pk")
    messages = list(told.prefetch_related("sign_on__statement", "sign_on__text__revision"))
    with Line() as line:

        def send(some: list[Message]) -> None:
            for message in some:
                assert line.send(render(message)).fault is Fault.NONE

        with connection.execute_wrapper(only_read):
            send(messages[:WARM])
            began = time.perf_counter()
            send(messages[WARM:])
            return time.perf_counter() - began


def only_read(execute: Any, sql: str, *more: Any) -> Any:
    """What rendering itself looks up is part of rendering."""
    assert sql.startswith("SELECT"), sql
    return execute(sql, *more)
