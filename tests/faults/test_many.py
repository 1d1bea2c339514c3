"""Hundreds of messages, and workers that die: none is lost. FULL=1 takes the numbers that the issue names."""

import os
import signal
import time

import pytest

from signon.mail.sending import Receipts
from tests.posted import typed
from tests.stack import running, wait_for

FULL = os.environ.get("FULL") == "1"
SIGN = "/statements/initial-elements-2016/sign/"
STATES = "SELECT state, count(*) FROM signon_message GROUP BY state"
SENT = "SELECT count(*) FROM signon_message WHERE state = 'sent'"


@pytest.fixture
def bare(folder):
    """A database, a broker and a mail server, and none of the product's processes yet."""
    with running(folder, parts=(), MAIL_LEASE="3") as made:
        yield made


def queued(stack, act):
    stack.manage("shell", "-c", f"from tests.faults import queued; queued.{act}")


def test_two_workers_of_which_one_is_killed_every_second_lose_nothing(bare):
    count, seconds = (6000, 30) if FULL else (600, 4)
    queued(bare, f"fill({count})")
    names = ("one", "two")
    for name in names:
        bare.start(name, "tests.faults.sending")
    wait_for(lambda: bare.mail.mails, 30, "the first mail")
    kills, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(1)  # the fault itself: one dies every second
        name = names[kills % 2]
        bare.end(name, signal.SIGKILL)
        bare.start(name, "tests.faults.sending")
        kills += 1

    def all_sent():
        # What died twice waits for minutes; nobody here does.
        bare.query("UPDATE signon_message SET due_at = now() WHERE state = 'retrying' RETURNING 1")
        return bare.query(STATES) == [("sent", count)]

    wait_for(all_sent, 300 if FULL else 90, "all are sent")
    copies = len(bare.mail.mails)
    second = copies - len({mail["Message-ID"] for mail in bare.mail.mails})
    held = bare.query("SELECT count(*) FROM signon_message WHERE tries > 1")[0][0]
    print(f"{count} messages, {kills} kills: {second} second copies; {held} were in dead workers' hands")
    assert copies - second == count
    assert second <= kills * Receipts.MOST


def test_a_mailing_whose_composing_is_killed_goes_to_each_once(bare):
    count = 20_000 if FULL else 4000
    queued(bare, f"begin_mailing({count})")
    composed = "SELECT count(*) FROM signon_message"
    for number in range(3):
        before = bare.query(composed)[0][0]
        bare.start("composer", "tests.faults.sending", "compose")
        wait_for(lambda before=before: bare.query(composed)[0][0] > before, 60, "a chunk")
        bare.end("composer", signal.SIGKILL)
        # As if the chunk's words had been lost, and not only its end.
        if number == 1:
            bare.query("UPDATE signon_mailing SET composed_to = 0 RETURNING 1")
    bare.start("composer", "tests.faults.sending", "compose")
    wait_for(lambda: bare.query(composed) == [(count,)], 120, "all are composed")
    assert bare.query("SELECT composed, recipients FROM signon_mailing") == [(count, count)]
    assert bare.query("SELECT count(DISTINCT mailbox) FROM signon_message") == [(count,)]


def test_a_verification_overtakes_a_mailing(bare):
    """The mail server hangs over the mailing, whose lane is in a worker's hands; the verification goes past it."""
    count = 50_000 if FULL else 1500
    bare.mail.holds = lambda recipient: recipient.endswith("@many.example")
    bare.mail.open_doors.clear()
    queued(bare, f"begin_mailing({count})")
    bare.start_web()
    bare.start_mailer()
    bare.start_bulk_worker()
    bare.manage("shell", "-c", "from signon.tasks import compose_mailings; compose_mailings.delay()")
    assert bare.mail.held.wait(60), bare.log("bulk")
    composed = "SELECT count(*) FROM signon_message WHERE lane = 'bulk'"
    wait_for(lambda: bare.query(composed) == [(count,)], 600 if FULL else 60, "the mailing is composed")
    assert bare.post(SIGN, typed(organization_name="Late", email="late@organization.example")).status == 302
    wait_for(lambda: bare.mail.to("late@organization.example"), 60, "the verification")
    waiting = "SELECT count(*) FROM signon_message WHERE lane = 'bulk' AND state <> 'sent'"
    assert bare.query(waiting) == [(count,)]
    bare.mail.open_doors.set()
    bare.start_beat()
    # A server that hung is left alone for a while, and its mail for a minute; nobody here waits for that.
    bare.query("UPDATE signon_lane SET rests_until = NULL RETURNING 1")
    pull = "UPDATE signon_message SET due_at = now() WHERE lane = 'bulk' AND state = 'retrying' RETURNING 1"
    wait_for(lambda: not bare.query(pull) and bare.query(waiting) == [(0,)], 900 if FULL else 90, "the mailing")
    assert len({mail["To"] for mail in bare.mail.mails}) == count + 1


def test_the_rate_of_a_lane_holds_for_all_its_workers(folder):
    """Upper bounds alone: a slow machine only stays further below them."""
    rate, count = 20, 80
    with running(folder, parts=(), MAIL_RATE=f"transactional={rate}/s") as stack:
        queued(stack, f"fill({count})")
        for name in ("one", "two"):
            stack.start(name, "tests.faults.sending")
        wait_for(lambda: stack.query(SENT) == [(count,)], 60, "all are sent")
        taken_at = stack.mail.taken_at
    assert len(taken_at) == count
    # A second's worth may go at once, and what was claimed before that may come late.
    for first, began in enumerate(taken_at):
        for last in range(first, count):
            assert last - first + 1 <= rate * (taken_at[last] - began) + 2 * rate + 5
    assert taken_at[-1] - taken_at[0] > (count - 2 * rate - 5) / rate
