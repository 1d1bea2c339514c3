"""What retention erased stands on record, and when it last ran; nobody's data does."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from signon import tasks
from signon.casework import attaching
from signon.events import registration_times
from signon.models import Export, Registration, Sweep, SweepTime
from signon.people import roles
from signon.privacy import due, sweeping
from tests.campaigns.pieces import an_event
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db


def test_a_run_that_did_something_is_written_down_and_one_that_did_not_only_when():
    SignOnFactory(expires_at=timezone.now() - timedelta(days=1), email="late@secret.example")
    tasks.expire_unconfirmed()
    tasks.expire_unconfirmed()
    tasks.forget_files()
    tasks.forget_imports()
    assert list(Sweep.objects.values_list("what", "number")) == [("unconfirmed", 1)]
    assert set(SweepTime.objects.values_list("what", flat=True)) == set(Sweep.What.values)


def test_a_run_that_failed_is_not_said_to_have_run():
    def broken():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        sweeping.run(Sweep.What.SEATS, broken)
    assert not SweepTime.objects.exists()


def test_a_run_that_did_nothing_is_no_record():
    with Refused("only_a_sweep_that_did_something_is_written_down"):
        Sweep.objects.create(what="seats", number=0)


def test_old_records_go():
    Sweep.objects.create(what="seats", number=1, at=timezone.now() - sweeping.KEPT - timedelta(days=1))
    sweeping.run(Sweep.What.SEATS, lambda: 2)
    assert Sweep.objects.get().number == 2


def test_what_is_due_is_what_the_next_run_erases():
    now = timezone.now()
    SignOnFactory(expires_at=now - timedelta(minutes=1))
    SignOnFactory(expires_at=now + timedelta(days=3))
    SignOnFactory(expires_at=now + timedelta(days=20))
    over = StatementFactory(state="closed", opens_at=now - timedelta(days=500), closes_at=now - timedelta(days=361))
    signed = accepted(statement=over)
    type(signed).objects.filter(pk=signed.pk).update(created_at=now - timedelta(days=400))
    Export.objects.create(by=UserFactory(), way="prepared", format="csv", file="exports/1.csv", ends_at=now)
    soon = due.soon()
    assert soon["unconfirmed"] == (1, 2)
    assert soon["contacts"] == (0, 1)
    assert soon["files"] == (1, 1)
    assert soon["seats"] == (0, 0)


def test_what_ends_before_its_time_is_due_too():
    now = timezone.now()
    signed = SignOnFactory()
    attaching.attach(SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=UserFactory(), sign_on=signed)
    comes = Registration.objects.create(event=an_event(), name="A", email="a@secret.example")
    assert [due.by(now)[what] for what in ("proofs", "registrations")] == [0, 0]
    type(signed.statement).objects.filter(pk=signed.statement_id).update(state="withdrawn")
    type(comes.event).objects.filter(pk=comes.event_id).update(starts_at=now - timedelta(minutes=1))
    assert due.by(now)["proofs"] == attaching.forget() == 1
    assert due.by(now)["registrations"] == registration_times.forget() == 1
    assert [due.by(now)[what] for what in ("proofs", "registrations")] == [0, 0]


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("administrator", 200), ("verifier", 403)])
def test_the_page_shows_day_by_day_what_went(client, role, status):
    user = UserFactory()
    roles.give(user, role)
    sweeping.run(Sweep.What.SEATS, lambda: 12)
    client.force_login(type(user).objects.get(pk=user.pk))
    answer = client.get(reverse("desk-retention"))
    assert answer.status_code == status
    if status == 200:
        page = answer.content.decode()
        assert page.count("Seats that ended") == 2
        assert '<span class="group-total">12</span>' in page
