"""A clock that is two hours off ends nothing early, forgets nothing, and takes nobody's work."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from signon import signing, verifying
from signon.models import Message, SignOn
from tests.factories import StatementFactory, UserFactory
from tests.faults.holds import assert_all_holds
from tests.posted import typed
from tests.stack import running, wait_for

SIGN = "/statements/initial-elements-2016/sign/"
HOURS = (-2, 2)
WORKER = ["celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2", "--queues", "mail,desk"]
TYPED = {
    "organization_name": "Mujeres Unidas",
    "country": "MX",
    "representative_name": "Ana López",
    "email": "ana@mujeresunidas.example",
    "consent_publish": True,
}


@pytest.fixture
def stack(folder):
    with running(folder, parts=("web",), MAIL_LEASE="3") as made:
        yield made


def test_workers_whose_clocks_are_off_leave_the_work_to_one_whose_clock_is_right(stack, holds):
    """One of them would say that what expires in an hour has; the other that a lease of now ended long ago."""
    address = "ana@organization.example"
    assert stack.post(SIGN, typed(email=address)).status == 302
    soon = "UPDATE signon_signon SET expires_at = now() + interval '1 hour' WHERE email = %s RETURNING 1"
    assert stack.query(soon, address) == [(1,)]
    every = "from signon import tasks; [getattr(tasks, n).delay() for n in ('deliver_due', 'expire_unconfirmed') * 3]"
    for hours in HOURS:
        name = f"off{hours}"
        stack.start(name, "tests.faults.off_clock", str(hours), *WORKER, "-n", f"{name}@%h")
        stack.manage("shell", "-c", every)
        wait_for(lambda name=name: stack.log(name).count("clock is not the database's") > 1, 60, "it sees its clock")
        stack.end(name)
    assert stack.query("SELECT state, tries FROM signon_message") == [("queued", 0)]

    stack.start_worker()
    stack.manage("shell", "-c", every)
    wait_for(lambda: stack.query("SELECT state, tries FROM signon_message") == [("sent", 1)], 30, "the mail")
    assert len(stack.mail.to(address)) == 1
    assert stack.query("SELECT state FROM signon_signon WHERE email = %s", address) == [("unconfirmed",)]
    holds(stack, signed=[address], received=stack.mail.mails)


@pytest.mark.django_db
@pytest.mark.parametrize("hours", HOURS)
def test_what_a_page_took_under_a_wrong_clock_is_confirmed_and_accepted_under_a_right_one(hours, client):
    """A page's moments are then wrong; its mail comes later by as much as the clock was early, and no link ends."""
    statement, now = StatementFactory(), timezone.now()
    with time_machine.travel(now + timedelta(hours=hours), tick=False):
        assert "clock" in client.get("/readyz").json()["missing"]
        sign_on = signing.sign(statement=statement, language="en", **TYPED)
    assert "clock" not in client.get("/readyz").json()["missing"]
    assert Message.objects.get().due_at - now == timedelta(hours=hours)
    sign_on = SignOn.objects.select_related("statement", "text__revision").get()
    signing.confirm(sign_on, version=1)
    verifying.accept(sign_on, by=UserFactory())
    assert_all_holds(statement, signed=[TYPED["email"]])
