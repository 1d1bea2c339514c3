"""The broker is only an alarm clock: without it signing goes on, and with it back the mail goes out."""

import time

from tests.posted import typed
from tests.stack import wait_for

SIGN = "/statements/initial-elements-2016/sign/"
GUARD = 10  # seconds: ten times the second that a sign-on may take without its broker


def sign(stack, name):
    began = time.monotonic()
    answer = stack.post(SIGN, typed(organization_name=name, email=f"{name}@organization.example"))
    assert (answer.status, time.monotonic() - began < GUARD) == (302, True)
    return f"{name}@organization.example"


def test_after_three_restarts_of_the_broker_the_worker_still_takes_work(stack):
    """Without beat, so that nothing but a wake-up through the restarted broker can bring the mail."""
    for number in range(3):
        stack.broker.stop()
        stack.broker.start()
        address = sign(stack, f"restart{number}")
        mails = wait_for(lambda to=address: stack.mail.to(to), 60, f"the mail after restart {number + 1}")
        assert len(mails) == 1


def test_with_the_broker_stopped_signing_goes_on_and_the_mail_comes_after_it_is_back(stack):
    stack.start_beat()
    stack.broker.stop()
    address = sign(stack, "stopped")
    assert stack.query("SELECT state FROM signon_message") == [("queued",)]
    stack.broker.start()
    assert len(wait_for(lambda: stack.mail.to(address), 90, "the mail after the broker is back")) == 1


def test_a_frozen_broker_holds_up_nobody(stack):
    import signal

    stack.broker.process.send_signal(signal.SIGSTOP)
    addresses = [sign(stack, f"frozen{number}") for number in range(3)]
    stack.broker.process.send_signal(signal.SIGCONT)
    stack.start_beat()
    for address in addresses:
        assert len(wait_for(lambda to=address: stack.mail.to(to), 90, "the mail after the thaw")) == 1


def test_an_emptied_broker_loses_no_mail(stack):
    """Three that were woken for, and five hundred beside them, for which nobody woke."""
    import redis

    stack.end("worker")
    addresses = [sign(stack, f"flushed{number}") for number in range(3)]
    stack.manage("shell", "-c", "from tests.faults.queued import fill; fill(500)")
    with redis.Redis(unix_socket_path=str(stack.broker.socket)) as client:
        client.flushall()
    stack.start_worker()
    stack.start_beat()
    sent = "SELECT count(*) FROM signon_message WHERE state = 'sent'"
    wait_for(lambda: stack.query(sent) == [(503,)], 120, "the mail after the flush")
    received = [mail["To"] for mail in stack.mail.mails]
    assert sorted(received) == sorted(addresses + [f"signer{number}@many.example" for number in range(500)])
