"""What staff enter for somebody who asked by mail, telephone or on paper."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import Statement
from signon import sealing, verifying
from signon.casework import attaching, by_hand
from signon.mail import dispatching
from signon.models import Attachment, Counter, HandEntry, Message, SignOn
from tests.factories import StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
TYPED = {
    "organization_name": "Sindicato de Costureras", "acronym": "", "country": "MX", "scope": "national",
    "organization_type": "union", "website": "", "representative_name": "Luz Mora", "representative_title": "Chair",
    "email": "luz@costureras.example", "language": "es", "authorized": True, "consent_publish": True,
    "listing": "name", "signer": "organization",
}  # fmt: skip


def enter(statement=None, **changed):
    facts = {"channel": "phone", "said_on": date(2026, 11, 20), "vouched_by": "Carla Neto"}
    return by_hand.enter(statement or StatementFactory(), by=UserFactory(), **facts | TYPED | changed)


def scan(content=PDF, name="scan of the letter.pdf"):
    return SimpleUploadedFile(name, content)


def test_it_waits_at_the_desk_with_who_vouches_and_is_not_listed():
    made = enter()
    assert (made.state, made.source, made.confirmed_at) == ("confirmed", "staff", None)
    assert list(SignOn.objects.waiting()) == [made]
    assert not SignOn.objects.public().exists()
    assert (made.hand_entry.vouched_by, made.hand_entry.channel) == ("Carla Neto", "phone")
    assert made.ledger.get().act == "entered"
    assert list(sealing.faults(made.statement)) == []


def test_the_representative_is_told_in_their_language_with_a_way_to_object():
    made = enter()
    message = made.messages.get()
    assert (message.kind, message.to_address, message.language) == ("by_hand", "luz@costureras.example", "es")
    subject, text, _html = dispatching.render(message).subject, dispatching.render(message).body, ""
    assert made.statement.title in subject
    assert "/sign-ons/objection/" in text


def test_without_an_address_nobody_is_mailed_and_it_waits_all_the_same():
    assert not enter(email="").messages.exists()


def test_without_consent_it_is_counted_and_never_listed():
    made = enter(consent_publish=False)
    verifying.accept(made, by=UserFactory())
    assert SignOn.objects.public().count() == 1
    assert not SignOn.objects.named().exists()


def test_an_objection_ends_an_accepted_one_at_once_and_takes_its_scan_away(django_capture_on_commit_callbacks):
    made = enter(files=[scan()])
    place = made.attachments.get().place
    verifying.accept(made, by=UserFactory())
    with django_capture_on_commit_callbacks(execute=True):
        assert by_hand.object_to(made)
    made.refresh_from_db()
    assert (made.state, made.ending) == ("withdrawn", "not_me")
    assert Counter.objects.filter(statement=made.statement).tally().total == 0
    assert HandEntry.objects.get().objected_at
    assert [entry.act for entry in made.ledger.order_by("number")][-2:] == ["withdrawn", "objected"]
    assert not storages["private"].exists(place)
    assert not Message.objects.filter(state="queued").exists()
    assert not by_hand.object_to(made)


def test_the_mail_is_not_sent_once_it_ended():
    made = enter()
    by_hand.object_to(made)
    assert made.messages.get().state == "canceled"


@pytest.mark.parametrize("state", ["draft", "answered", "withdrawn"])
def test_a_statement_that_takes_nobody_takes_nobody_by_hand(state):
    with pytest.raises(by_hand.CannotEnter):
        enter(StatementFactory(state=state))
    assert not SignOn.objects.exists()


def test_after_closing_and_delivery_it_is_still_taken_for_the_next_letter():
    assert enter(StatementFactory(state=Statement.State.DELIVERED)).state == "confirmed"


@pytest.mark.parametrize("standing", [True, False])
def test_who_is_there_already_is_not_entered_twice(standing):
    statement = StatementFactory()
    first = accepted(statement=statement, organization_name="SINDICATO de costureras", country="MX") if standing else (
        enter(statement)
    )  # fmt: skip
    with pytest.raises(by_hand.EnteredAlready) as error:
        enter(statement)
    assert error.value.sign_on == first


# Files that prove it


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"From: luz@a.example\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nPlease add us", "message/rfc822"),
        ("Por favor, agréguennos".encode(), "text/plain"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_is(content, kind):
    assert attaching.content_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\0" + b"\0" * 100, b"PK\x03\x04" + b"\0" * 100, b"<html><script>", b"  <svg onload=x>", b"abc\0def"],
)
def test_what_runs_or_hides_something_is_refused(content):
    with pytest.raises(attaching.Refused):
        attaching.check(scan(content, "letter.pdf"))


@pytest.mark.parametrize("content", [b"", b"a" * (attaching.MOST_BYTES + 1)])
def test_nothing_and_too_much_are_refused(content):
    with pytest.raises(attaching.Refused):
        attaching.check(scan(content))


def test_a_file_that_is_refused_leaves_no_sign_on():
    with pytest.raises(attaching.Refused):
        enter(files=[scan(b"MZ\x90\0" + b"\0" * 100)])


def test_a_name_is_kept_without_its_folders_and_marks():
    enter(files=[scan(name="..\\..\\etc/pass\u202ewd.pdf")])
    assert Attachment.objects.get().name == "passwd.pdf"


def test_files_go_some_time_after_the_statement_closed(settings, django_capture_on_commit_callbacks):
    made = enter(StatementFactory(closes_at=timezone.now() + timedelta(days=1)), files=[scan()])
    assert attaching.forget() == 0
    with time_machine.travel(timezone.now() + timedelta(days=settings.ATTACHMENT_DAYS + 2)):
        with django_capture_on_commit_callbacks(execute=True):
            assert attaching.forget() == 1
        assert attaching.forget() == 0
    kept = made.attachments.get()
    assert (kept.place, kept.name) == ("", "")
    assert len(kept.sha256) == 64


def test_the_database_wants_somebody_who_vouches():
    made = enter()
    with Refused("somebody_vouches_for_what_is_entered_by_hand"):
        HandEntry.objects.filter(pk=made.pk).update(vouched_by="")


def test_a_file_proves_one_thing():
    enter(files=[scan()])
    with Refused("an_attachment_is_of_one_thing"):
        Attachment.objects.update(sign_on=None)
