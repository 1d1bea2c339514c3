"""What comes back finds its mail, whatever happened to the worker that sent it."""

import signal

import pytest

from tests.imap import ImapServer
from tests.posted import typed
from tests.signon.mail.returned import report
from tests.stack import running, wait_for

SIGN = "/statements/initial-elements-2016/sign/"
READ = "from signon.tasks import read_bounces; read_bounces.delay()"
SWEEP = "from signon.tasks import deliver_due; deliver_due.delay()"


class Sent:
    """A message as the mail server knows it."""

    def __init__(self, message_id, to):
        self.message_id, self.to_address = message_id, to
        self.bounce_key = message_id.strip("<>").partition("@")[0]


@pytest.fixture
def mailbox():
    with ImapServer() as made:
        yield made


@pytest.fixture
def stack(folder, mailbox):
    settings = {"BOUNCE_ADDRESS": "bounces@network.example", "INBOUND_URL": mailbox.url, "MAIL_LEASE": "3"}
    with running(folder, parts=("web", "worker"), **settings) as made:
        yield made


def sign(stack, address):
    assert stack.post(SIGN, typed(organization_name="Gone", email=address)).status == 302
    return address


def states(stack):
    return stack.query("SELECT state, tries FROM signon_message")


def test_a_report_in_the_mailbox_reaches_the_message_through_the_worker(stack, mailbox):
    address = sign(stack, "gone@organization.example")
    mail = wait_for(lambda: stack.mail.to(address), 60, "the mail")[0]
    mailbox.put(report(Sent(mail["Message-ID"], address)))
    stack.manage("shell", "-c", READ)
    wait_for(lambda: states(stack) == [("bounced", 1)], 60, "the bounce")
    assert stack.query("SELECT mailbox, reason FROM signon_suppression") == [(address, "bounced")]
    wait_for(lambda: mailbox.flags() == [{"\\Seen", "\\Answered"}], 20, "the mark")
    assert address not in stack.log("worker")


def test_a_bounce_of_a_mail_whose_worker_was_killed_ends_it(stack, mailbox):
    """To the worker's end nobody knows whether the server took the mail; a report of it says so."""
    stack.mail.open_doors.clear()
    address = sign(stack, "gone@organization.example")
    assert stack.mail.held.wait(60), stack.log("worker")
    stack.end("worker", signal.SIGKILL)
    stack.mail.open_doors.set()
    [(message_id,)] = stack.query("SELECT message_id FROM signon_message")
    assert states(stack) == [("sending", 1)]
    mailbox.put(report(Sent(message_id, address)))

    stack.manage("shell", "-c", READ)
    stack.start_worker("second")
    wait_for(lambda: states(stack) == [("bounced", 1)], 60, "the bounce")
    # The lease of the dead worker has ended: nothing is due again.
    wait_for(lambda: stack.query("SELECT now() > changed_at + interval '4 seconds' FROM signon_message")[0][0], 20)
    stack.manage("shell", "-c", SWEEP)
    wait_for(lambda: stack.log("second").count("deliver_due") > 1, 30, "the sweep")
    assert (states(stack), stack.mail.mails) == ([("bounced", 1)], [])
