"""Workers and beat that die, are told twice, or are two: no mail is lost, and none is sent more often than need be."""

import signal
import tempfile
from pathlib import Path

import pytest

from tests.posted import typed
from tests.stack import connect, running, wait_for

SIGN = "/statements/initial-elements-2016/sign/"
WAITS = """
FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND starts_with(query, 'UPDATE "signon_message"')
"""


@pytest.fixture(scope="module")
def stack():
    """One for all of them; who kills something starts it again."""
    kept = tempfile.TemporaryDirectory(prefix="undersigned-workers-")
    with kept as folder, running(Path(folder), MAIL_LEASE="3") as made:
        yield made


def sign(stack, name):
    address = f"{name}@organization.example"
    assert stack.post(SIGN, typed(organization_name=name, email=address)).status == 302
    return address


def state(stack, address):
    return stack.query("SELECT state, tries FROM signon_message WHERE to_address = %s", address)


def all_sent(stack):
    unsent = "SELECT count(*) FROM signon_message WHERE state <> 'sent'"
    wait_for(lambda: stack.query(unsent) == [(0,)], 60, "all mail is sent")


@pytest.fixture
def held(stack):
    """The mail server holds messages at their last moment, until the test lets them go."""
    stack.mail.held.clear()
    stack.mail.open_doors.clear()
    yield stack.mail.held
    stack.mail.open_doors.set()


def test_a_worker_killed_between_claim_and_send_loses_no_mail(stack, held, holds):
    address = sign(stack, "killed")
    assert held.wait(60), stack.log("worker")
    assert state(stack, address) == [("sending", 1)]
    stack.end("worker", signal.SIGKILL)
    stack.mail.open_doors.set()

    stack.start_worker()
    wait_for(lambda: state(stack, address) == [("sent", 2)], 60, "sent again")
    mails = stack.mail.to(address)
    assert len(mails) in (1, 2)  # once more at most
    assert len({mail["Message-ID"] for mail in mails}) == 1
    holds(stack, signed=[address], received=stack.mail.mails)


def test_a_worker_killed_after_send_and_before_commit_sends_once_more_under_the_same_message_id(stack, held, holds):
    """Whose row is held by somebody else cannot be written: the server has the mail, the database does not know."""
    address = sign(stack, "sent")
    assert held.wait(60), stack.log("worker")
    with connect(stack.database_url) as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM signon_message WHERE to_address = %s FOR UPDATE", [address])
        stack.mail.open_doors.set()
        wait_for(lambda: stack.mail.to(address), 30, "the server takes it")
        wait_for(lambda: stack.query(f"SELECT 1 {WAITS}"), 30, "the worker writes its receipt")
        stack.end("worker", signal.SIGKILL)
        # The database would see only as it answers that nobody is there.
        other.execute(f"SELECT pg_terminate_backend(pid) {WAITS}")
        other.execute("COMMIT")
    assert state(stack, address) == [("sending", 1)]

    stack.start_worker()
    all_sent(stack)
    mails = stack.mail.to(address)
    assert (len(mails), len({mail["Message-ID"] for mail in mails})) == (2, 1)
    holds(stack, signed=[address], received=stack.mail.mails)


def test_with_beat_killed_mail_goes_on_by_wake_ups_and_what_they_missed_comes_with_the_next_beat(stack, holds):
    stack.end("beat", signal.SIGKILL)
    woken = sign(stack, "woken")
    wait_for(lambda: stack.mail.to(woken), 30, "the mail by its wake-up")
    stack.broker.stop()
    missed = sign(stack, "missed")
    stack.broker.start()
    # On the schedule's file that the killed one left.
    stack.start_beat()
    all_sent(stack)
    assert len(stack.mail.to(missed)) == 1
    holds(stack, signed=[woken, missed], received=stack.mail.mails)


def test_two_workers_two_beats_and_tasks_told_twice_send_each_message_once(stack, holds):
    """What Celery promises is that a task is told at least once."""
    stack.start_worker("second")
    more = ["--schedule", str(stack.folder / "again"), "--pidfile=", "--loglevel", "INFO"]
    stack.start("beat again", "celery", "-A", "config", "beat", *more)
    again = "from signon import tasks; [getattr(tasks, name).delay() for name in ('deliver_due', 'seal_ledger') * 5]"
    addresses = [sign(stack, f"organization{number}") for number in range(30)]
    stack.manage("shell", "-c", again)
    all_sent(stack)
    wait_for(lambda: "Sending due task sweep the outbox" in stack.log("beat again"), 30, "both beats")
    for address in addresses:
        assert (len(stack.mail.to(address)), state(stack, address)) == (1, [("sent", 1)])
    wait_for(lambda: stack.query("SELECT 1 FROM signon_seal"), 30, "a seal")
    holds(stack, signed=addresses, received=stack.mail.mails)
