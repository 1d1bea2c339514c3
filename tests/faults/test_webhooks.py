"""A worker that dies while it tells a webhook loses no announcement."""

import signal

import pytest

from tests.receiver import HANG, receiving
from tests.stack import running, wait_for

ADD_ONE_AND_WITHDRAW = """
from signon import signing
from signon.models import SignOn, User, Webhook
Webhook.objects.create(url="{url}", created_by=User.objects.first())
signing.withdraw(SignOn.objects.public().first())
print(Webhook.objects.get().secret)
"""


@pytest.fixture
def stack(folder):
    with running(folder, parts=("bulk_worker", "beat"), WEBHOOK_NETWORKS="127.0.0.0/8") as made:
        yield made


def test_a_worker_killed_between_claim_and_answer_loses_no_announcement(stack):
    with receiving(HANG) as receiver:
        said = stack.manage("shell", "--no-imports", "-c", ADD_ONE_AND_WITHDRAW.format(url=receiver.url))
        secret = said.strip().splitlines()[-1]
        wait_for(lambda: receiver.paths, what="it is being told")
        assert stack.query("SELECT state, tries FROM signon_announcement") == [("sending", 1)]
        stack.end("bulk", signal.SIGKILL)
        stack.query("UPDATE signon_announcement SET lease_ends_at = now() RETURNING 1")  # the lease's minute is over

        stack.start_bulk_worker("second")
        wait_for(lambda: receiver.taken, 60, "it is told again")
        assert [said["type"] for said in receiver.read(secret)] == ["signatory.withdrawn"]
        wait_for(lambda: stack.query("SELECT state FROM signon_announcement") == [("sent",)], what="accounted for")
