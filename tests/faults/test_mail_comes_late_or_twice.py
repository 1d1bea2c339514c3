"""Servers that take a mail only at the second try, or take it and do not say so. Real SMTP; time is moved.

More of what a mail server may do: test_smtp.py.
"""

from collections import Counter

import pytest
import time_machine
from django.utils import timezone

from signon import signing
from signon.mail import dispatching
from signon.models import Message
from tests.factories import StatementFactory
from tests.faults.holds import assert_all_holds
from tests.faults.test_smtp import states, use, work_on
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as made:
        use(settings, made.port)
        yield made


@pytest.fixture
def statement():
    return StatementFactory()


def sign(statement, number):
    typed = {"organization_name": f"Organization {number}", "country": "KE", "representative_name": "Asha Rao"}
    return signing.sign(
        statement=statement, language="en", email=f"signer{number}@many.example", consent_publish=True, **typed
    ).email


def test_a_server_that_greylists_has_each_mail_once_after_the_second_try(server, statement):
    """It says “later” to whom it does not know, and takes the mail when it comes again after five minutes."""
    seen = {}

    def greylist(recipient):
        first = seen.setdefault(recipient, timezone.now())
        return "" if (timezone.now() - first).total_seconds() >= 300 else "450 4.2.0 Greylisted, come again"

    server.answer = greylist
    signed = [sign(statement, number) for number in range(5)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        began = timezone.now()
        dispatching.deliver_due("transactional")
        assert (states(), server.mails) == (["retrying"], [])
        work_on(clock)
        # Nobody waits for a link longer than need be.
        assert (timezone.now() - began).total_seconds() < 900
    assert set(Message.objects.values_list("state", "answer")) == {("sent", "250")}
    assert sorted(mail["To"] for mail in server.mails) == sorted(signed)
    assert_all_holds(statement, signed=signed, received=server.mails)


def test_a_server_that_takes_a_mail_and_drops_the_line_gets_it_again_under_the_same_message_id(server, statement):
    """We cannot know that it was taken: twice is better than never, and receivers can tell."""
    signed = [sign(statement, number) for number in range(4)]
    dropped = Counter()

    def drop_once(recipient):
        dropped[recipient] += 1
        return recipient in signed[:2] and dropped[recipient] == 1

    server.drops = drop_once
    with time_machine.travel(timezone.now(), tick=False) as clock:
        work_on(clock)
    came = Counter(mail["To"] for mail in server.mails)
    assert came == {signed[0]: 2, signed[1]: 2, signed[2]: 1, signed[3]: 1}
    assert len({mail["Message-ID"] for mail in server.mails}) == 4
    assert_all_holds(statement, signed=signed, received=server.mails)
