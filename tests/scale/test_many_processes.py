"""Two web processes and three workers on one database: whoever answers, and whoever dies, it is one product."""

import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import cycle
from pathlib import Path

import pytest

from tests.faults.conftest import holds, inside  # noqa: F401 -- fixtures
from tests.posted import typed
from tests.smtp import free_port, links
from tests.stack import running, wait_for

STATEMENT = "/statements/initial-elements-2016/"


@pytest.fixture
def stacks():
    """The same product at two ports; three workers by lane, and the clock: each by itself, to be killed alone."""
    kept = tempfile.TemporaryDirectory(prefix="undersigned-many-")
    parts = ("web", "mailer", "bulk_worker", "beat")
    with kept as name, running(Path(name), parts=parts, fleet=False, MAIL_LEASE="3") as first:
        second = copy(first)
        second.port = free_port()
        second.start_web("web2")
        first.start_mailer("mailer2")
        yield first, second


def sign(stack, number):
    address = f"asha{number}@many.example"
    answer = stack.post(f"{STATEMENT}sign/", typed(organization_name=f"Many {number}", email=address))
    assert answer.status == 302
    return address


def confirm(stack, address):
    mail = wait_for(lambda: stack.mail.to(address), 90, f"the mail to {address}")[0]
    link = next(link for link in links(mail) if "/confirm/" in link)
    assert stack.get(link).status == 200
    return stack.post(link, {"version": "1"}).status


def test_who_signs_at_one_confirms_at_the_other_and_the_death_of_one_of_each_loses_nothing(stacks, holds):  # noqa: F811
    first, second = stacks
    with ThreadPoolExecutor(10) as pool:
        addresses = list(pool.map(sign, cycle(stacks), range(20)))
        assert list(pool.map(confirm, cycle(reversed(stacks)), addresses)) == [302] * 20
        # A web process and a worker die without a word; the others go on.
        more = [sign(first, number) for number in range(20, 24)]
        first.end("mailer", signal.SIGKILL)
        first.end("web", signal.SIGKILL)
        more += list(pool.map(lambda number: sign(second, number), range(24, 30)))
        assert list(pool.map(lambda address: confirm(second, address), more)) == [302] * 10
    assert second.get(f"{STATEMENT}signatories/").status == 200
    waiting = "SELECT count(*) FROM signon_message WHERE state <> 'sent'"
    wait_for(lambda: first.query(waiting) == [(0,)], 60, "all mail is sent")
    holds(first, signed=addresses + more, received=first.mail.mails)
