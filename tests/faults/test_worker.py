"""A worker that dies loses no mail: its claim is a lease."""

import signal

from tests.posted import typed
from tests.stack import wait_for

SIGN = "/statements/initial-elements-2016/sign/"


def sign(stack, name):
    address = f"{name}@organization.example"
    assert stack.post(SIGN, typed(organization_name=name, email=address)).status == 302
    return address


def test_a_worker_killed_between_claim_and_send_loses_no_mail(stack):
    """The mail server holds the message at its last moment, so the worker dies with the claim in its hands."""
    stack.mail.open_doors.clear()
    address = sign(stack, "killed")
    assert stack.mail.held.wait(60), stack.log("worker")
    assert stack.query("SELECT state, tries FROM signon_message") == [("sending", 1)]
    stack.end("worker", signal.SIGKILL)
    stack.mail.open_doors.set()

    stack.start_worker("second")
    stack.start_beat()
    wait_for(
        lambda: stack.query("SELECT 1 FROM signon_message WHERE state = 'sent' AND tries = 2"),
        60,
        "sent again",
    )
    mails = stack.mail.to(address)
    assert len(mails) in (1, 2)  # once more at most
    assert len({mail["Message-ID"] for mail in mails}) == 1


def test_two_workers_send_each_message_once(stack):
    stack.start_worker("second")
    stack.start_beat()
    addresses = [sign(stack, f"organization{number}") for number in range(30)]
    sent = "SELECT count(*) FROM signon_message WHERE state = 'sent'"
    wait_for(lambda: stack.query(sent) == [(30,)], 60, "thirty mails")
    assert sorted(mail["To"] for mail in stack.mail.mails) == sorted(addresses)
    assert stack.query("SELECT max(tries) FROM signon_message") == [(1,)]
