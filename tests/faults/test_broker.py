"""The broker is only an alarm clock: whatever befalls it signing goes on, and with it back the mail goes out."""

import signal
import tempfile
import time
from pathlib import Path

import pytest
import redis

from tests.faults.queued import fill
from tests.posted import typed
from tests.stack import running, wait_for

SIGN = "/statements/initial-elements-2016/sign/"
GUARD = 10  # seconds: ten times the second that a sign-on may take without its broker


@pytest.fixture(scope="module")
def stack():
    """One for all of them, without beat at first."""
    kept = tempfile.TemporaryDirectory(prefix="undersigned-broker-")
    with kept as folder, running(Path(folder), parts=("web", "worker"), MAIL_LEASE="3") as made:
        yield made


@pytest.fixture
def beat(stack):
    if "beat" not in stack.processes:
        stack.start_beat()


def sign(stack, name):
    began = time.monotonic()
    answer = stack.post(SIGN, typed(organization_name=name, email=f"{name}@organization.example"))
    assert (answer.status, time.monotonic() - began < GUARD) == (302, True)
    return f"{name}@organization.example"


def told(stack, *command):
    """The broker's answer to an administrator's command."""
    with redis.Redis(unix_socket_path=str(stack.broker.socket)) as client:
        return client.execute_command(*command)


def all_came(stack, holds, addresses, seconds=90):
    for address in addresses:
        assert len(wait_for(lambda to=address: stack.mail.to(to), seconds, f"the mail to {address}")) == 1
    wait_for(lambda: stack.query("SELECT count(*) FROM signon_message WHERE state <> 'sent'") == [(0,)], 30, "sent")
    holds(stack, signed=addresses, received=stack.mail.mails)


def test_after_three_restarts_of_the_broker_the_worker_still_takes_work(stack):
    """Without beat, so that nothing but a wake-up through the restarted broker can bring the mail."""
    for number in range(3):
        stack.broker.stop()
        stack.broker.start()
        address = sign(stack, f"restart{number}")
        mails = wait_for(lambda to=address: stack.mail.to(to), 60, f"the mail after restart {number + 1}")
        assert len(mails) == 1


def test_after_a_broker_came_back_empty_the_worker_takes_work(stack, holds):
    """Its disk was lost, and with it every queue and what the worker had told it of itself."""
    stack.broker.stop()
    stack.broker.lose_everything()
    lost = sign(stack, "lost")
    stack.broker.start()
    assert told(stack, "DBSIZE") == 0
    all_came(stack, holds, [sign(stack, "empty"), lost])


@pytest.mark.usefixtures("beat")
def test_with_the_broker_stopped_signing_goes_on_and_the_mail_comes_after_it_is_back(stack, holds):
    stack.broker.stop()
    address = sign(stack, "stopped")
    assert stack.query("SELECT state FROM signon_message WHERE to_address = %s", address) == [("queued",)]
    stack.broker.start()
    all_came(stack, holds, [address])


@pytest.mark.usefixtures("beat")
def test_a_frozen_broker_holds_up_nobody(stack, holds):
    stack.broker.process.send_signal(signal.SIGSTOP)
    addresses = [sign(stack, f"frozen{number}") for number in range(3)]
    stack.broker.process.send_signal(signal.SIGCONT)
    all_came(stack, holds, addresses)


FAULTS = {
    "full": (
        ["CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction"],
        ["CONFIG", "SET", "maxmemory", "0"],
    ),
    "alone": (["CONFIG", "SET", "min-replicas-to-write", "1"], ["CONFIG", "SET", "min-replicas-to-write", "0"]),
    # A failover elsewhere made it a copy of one that is away.
    "read-only": (["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]),
}


@pytest.mark.usefixtures("beat")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broker_that_takes_nothing_holds_up_nobody_and_when_it_does_the_mail_comes(stack, holds, fault):
    breaks, mends = FAULTS[fault]
    told(stack, *breaks)
    addresses = [sign(stack, f"{fault}{number}") for number in range(2)]
    assert stack.get("/readyz").status == 200
    # The worker asked it meanwhile, and was refused.
    with pytest.raises(redis.ResponseError):
        told(stack, "SET", "x", "y")
    told(stack, *mends)
    all_came(stack, holds, addresses)
    assert {each.poll() for each in stack.all_of("worker")} == {None}


@pytest.mark.usefixtures("beat")
def test_an_emptied_broker_loses_no_mail(stack, inside, holds):
    """Three that were woken for, and five hundred beside them, for which nobody woke."""
    stack.end("worker")
    addresses = [sign(stack, f"flushed{number}") for number in range(3)]
    with inside(stack):
        fill(500)
    told(stack, "FLUSHALL")
    stack.start_worker()
    wait_for(lambda: stack.query("SELECT count(*) FROM signon_message WHERE state <> 'sent'") == [(0,)], 120, "all")
    received = [mail["To"] for mail in stack.mail.mails]
    many = [f"signer{number}@many.example" for number in range(500)]
    assert sorted(to for to in received if to in {*addresses, *many}) == sorted(addresses + many)
