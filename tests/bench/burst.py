"""Very many sign-ons as fast as they are taken, while others read and staff work: who waits, and what is lost.

The whole product, as its processes: nothing may be lost. Readers' slowest hundredth has a limit; each reading is of
the statement that is being signed.
"""

from __future__ import annotations

import os
import secrets
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.load import CLIENTS, begin, finished
from tests.stack import Stack, running, wait_for

MANY = int(os.environ.get("BENCH_BURST", "3000"))
READERS, STAFF_EVERY, SLOWEST = 4, 0.5, 500  # clients, seconds between two pages of the desk, milliseconds
STATEMENT = "/statements/initial-elements-2016/"
SETTINGS = {"KEEP_PAGES": "1", "STATEMENT_LIMIT": "100000000/minute", "NETWORK_LIMIT": "100000000/hour"}


def measure() -> list[dict[str, Any]]:
    """Sign-ons a second, the readers' slowest hundredth in milliseconds, mails a second from first to last."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **SETTINGS) as stack:
        before = counted(stack)
        began = time.monotonic()
        signed, taken, read, staff = burst(stack)
        wait_for(lambda: is_settled(stack), 60, "what was under way is done")
        recorded = counted(stack)["unconfirmed"] - before["unconfirmed"]
        # wrk hangs up on the last ones as soon as it has MANY answers.
        assert signed <= recorded < signed + CLIENTS, (signed, recorded)
        wait_for(lambda: counted(stack)["sent"] - before["sent"] == recorded, 600, "all mails are sent")
        mailed = time.monotonic() - began
    return [
        row(f"sign burst {MANY}", signed / taken, "/s", signed / taken),
        row(f"page burst p99 {MANY}", read, "ms", SLOWEST),
        row(f"page burst desk {MANY}", staff * 1000, "ms", 1000),
        row(f"mail burst {MANY}", signed / mailed, "messages/s", signed / taken),
    ]


def burst(stack: Stack) -> tuple[int, float, float, float]:
    """MANY sign-ons beside readers and staff.

    How many were answered, in which seconds; the readers' slowest hundredth (ms), what staff waited for longest (s).
    """
    cookie = stack.manage("shell", "-c", SESSION).strip().rpartition("\n")[2]
    over, longest = threading.Event(), [0.0]
    signers = begin(f"{stack.url}{STATEMENT}sign/", "sign", 600, SIGN_RUN=secrets.token_hex(4), SIGN_MANY=str(MANY))
    readers = begin(f"{stack.url}{STATEMENT}", "read", 600, clients=READERS)

    def work() -> None:
        while not over.wait(STAFF_EVERY):
            began = time.monotonic()
            answer = stack.get("/desk/sign-ons/", Cookie=cookie)
            assert answer.status == 200, answer.status
            longest.append(time.monotonic() - began)

    staff = threading.Thread(target=work)
    staff.start()
    began, before = time.monotonic(), counted(stack)["unconfirmed"]
    try:
        wait_for(lambda: counted(stack)["unconfirmed"] - before >= MANY, 600, "as many have signed")
        taken = time.monotonic() - began
    finally:
        over.set()
        staff.join()
        for each in (signers, readers):
            each.send_signal(signal.SIGINT)  # wrk then tells what it has
    return finished(signers).requests, taken, finished(readers).p99, max(longest)


# A session of the demo's administrator, as a cookie.
SESSION = """
from importlib import import_module
from django.conf import settings
from signon.models import User
user = User.objects.filter(is_superuser=True, is_active=True).first()
user = user or User.objects.create_superuser("b@bench.example", "x")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
session.create()
print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
"""


def counted(stack: Stack) -> dict[str, int]:
    """How many sign-ons wait to be confirmed, and how many mails were sent."""
    ((unconfirmed, sent),) = stack.query(
        "SELECT (SELECT count(*) FROM signon_signon WHERE state = 'unconfirmed'),"
        " (SELECT count(*) FROM signon_message WHERE state = 'sent')"
    )
    return {"unconfirmed": unconfirmed, "sent": sent}


def is_settled(stack: Stack) -> bool:
    """Whether nobody writes at this moment, in a second moment either."""
    first = counted(stack)["unconfirmed"]
    time.sleep(0.5)
    return counted(stack)["unconfirmed"] == first


def row(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "limit": limit, "ratio": value / limit}
