"""Statements open, close and remind at the moment set; their deadline is moved, and who waits is told."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.models import Statement
from config import schedule
from signon import mailing, organizing, sealing, tasks
from signon.mail import relevance, rendering
from signon.models import LedgerEntry, Look, Membership, Message, SignOn
from signon.people import roles
from signon.privacy import consent
from signon.statements import deadlines, readiness, rehearsing, time_to_confirm, timekeeping
from signon.statements.time_to_confirm import TIME_AFTER_CLOSING
from tests.elsewhere import together
from tests.factories import SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ready(**fields):
    """A draft that has everything it needs."""
    fields = {"state": "draft", "opens_at": timezone.now() + DAY, "closes_at": timezone.now() + 10 * DAY} | fields
    statement, anna = StatementFactory(**fields), UserFactory()
    for subject in ("consent", "mails", "test"):
        organizing.look(statement, subject, readiness.languages(statement), by=anna)
    return statement


def organizer_of(statement, **fields):
    person = UserFactory(**({"is_staff": True} | fields))
    Membership.objects.create(user=person, campaign=statement.campaign)
    return person


def acts(statement):
    found = statement.ledger.exclude(act="looked_at").order_by("number")
    return [(entry.act, entry.by_id is None) for entry in found]


def test_what_is_missing_before_opening_is_named_and_keeps_it_from_opening():
    statement = StatementFactory(state="draft", addressee="", closes_at=None, texts={"en": " "})
    assert [check.code for check in readiness.missing(statement)] == [
        "text", "addressee", "deadline", "consent", "mails", "test",
    ]  # fmt: skip
    for verb in (organizing.open_now, organizing.schedule):
        with pytest.raises(organizing.NotReady) as refused:
            verb(statement, by=UserFactory())
        assert len(refused.value.missing) == 6
    statement.refresh_from_db()
    assert (statement.state, statement.opens_by_itself) == ("draft", False)


def test_a_language_that_is_added_is_to_be_looked_at_too():
    statement = ready(texts={"en": "Bread", "fr": "Du pain"})
    assert readiness.missing(statement) == []
    other = StatementFactory(state="draft", texts={"en": "Bread", "fr": "Du pain"})
    organizing.look(other, "mails", {"en"}, by=UserFactory())
    assert "mails" in [check.code for check in readiness.missing(other)]


def codes(statement):
    return [check.code for check in readiness.missing(Statement.objects.get(pk=statement.pk))]


def test_what_was_looked_at_is_looked_at_anew_once_it_is_another():
    statement = ready()
    text = statement.text()
    text.write(title=text.title, lead="Another lead.", body=text.body)
    assert codes(statement) == []
    text.write(title=text.title, body="1. Other demands.")
    assert codes(statement) == ["test"]
    text.write(title="Another title", body="1. Other demands.")
    assert codes(statement) == ["mails", "test"]
    for subject in ("mails", "test"):
        organizing.look(statement, subject, {"en"}, by=UserFactory())
    assert codes(statement) == []
    Statement.objects.filter(pk=statement.pk).update(addressee="Another")
    Statement.objects.filter(pk=statement.pk).update(closes_at=timezone.now() + 30 * DAY)
    assert codes(statement) == ["mails"]


def test_what_signers_agree_to_is_read_anew_once_it_says_something_else(monkeypatch):
    statement = ready()
    monkeypatch.setattr(consent, "SENTENCES", [*consent.SENTENCES, ("And more.", "")])
    assert codes(statement) == ["consent", "test"]


def test_a_test_is_of_the_text_that_was_tried():
    statement, anna = ready(), UserFactory()
    Look.objects.filter(subject="test").delete()
    tried = rehearsing.begin(statement, by=anna, language="en", organization_name="Beta")
    statement.text().write(title="Bread & Roses for all", body="1. Other demands.")
    rehearsing.finish(tried)
    assert codes(statement) == ["test"]


def test_the_end_of_an_embargo_is_no_change_of_what_was_looked_at():
    statement = ready(embargo_until=timezone.now() + timedelta(hours=2))
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert codes(statement) == []


def test_an_opening_that_did_not_happen_is_told_at_once_to_who_may_mend_it_and_once():
    statement, scheduler = ready(), UserFactory(staff=True)
    anna, berta = organizer_of(statement), organizer_of(statement)
    roles.give(anna, "campaign_manager")
    organizing.schedule(statement, by=scheduler)
    statement.text().write(title="Another title", body="1. Other demands.")
    with time_machine.travel(timezone.now() + 2 * DAY) as clock:
        assert timekeeping.keep_time() == 0
        timekeeping.keep_time()
        told = Message.objects.filter(kind="not_opened")
        assert {message.to_address for message in told} == {anna.email, scheduler.email}
        assert berta.email not in {message.to_address for message in told}
        assert all(relevance.is_true(message) for message in told)
        mail = rendering.render(told.first())
        assert "Another title" in mail.subject
        assert f"/desk/statements/{statement.slug}/look/mails/" in mail.body
        assert "A test sign-on" in mail.body
        assert "The addressee" not in mail.body
        # Another moment is another occasion; and what opened since is told no more.
        Statement.objects.filter(pk=statement.pk).update(opens_at=timezone.now() + DAY)
        clock.shift(2 * DAY)
        timekeeping.keep_time()
        assert Message.objects.filter(kind="not_opened").count() == 4
        assert [relevance.is_true(message) for message in told.order_by("pk")] == [False, False, True, True]
        for subject in ("mails", "test"):
            organizing.look(statement, subject, {"en"}, by=anna)
        assert timekeeping.keep_time() == 1
        assert not any(relevance.is_true(message) for message in told.all())


def test_who_left_the_campaign_hears_nothing_of_its_draft():
    statement = ready()
    left, leaves = organizer_of(statement), organizer_of(statement)
    for each in (left, leaves):
        roles.give(each, "campaign_manager")
    organizing.schedule(statement, by=left)
    left.memberships.all().delete()
    Statement.objects.filter(pk=statement.pk).update(addressee="")
    with time_machine.travel(timezone.now() + 2 * DAY):
        timekeeping.keep_time()
        told = Message.objects.get(kind="not_opened")
        assert (told.user, relevance.is_true(told)) == (leaves, True)
        leaves.memberships.all().delete()
        assert not relevance.is_true(Message.objects.get(kind="not_opened"))


def test_what_is_scheduled_and_not_ready_any_more_is_told_before_its_moment_once_a_change():
    statement = ready()
    anna = organizer_of(statement)
    roles.give(anna, "campaign_manager")
    organizing.schedule(statement, by=anna)
    timekeeping.keep_time()
    told = Message.objects.filter(kind="not_opened").order_by("pk")
    assert not told.exists()
    statement.text().write(title="Another title", body="1. Other demands.")
    timekeeping.keep_time()
    timekeeping.keep_time()
    message = told.get()
    assert (message.to_address, message.body, relevance.is_true(message)) == (anna.email, "mails,test", True)
    mail = rendering.render(message)
    assert mail.subject.endswith("Not ready to open: Another title")
    assert "is to open by itself on" in mail.body
    assert "did not" not in mail.body + mail.alternatives[0][0]
    assert f"/desk/statements/{statement.slug}/look/mails/" in mail.body
    # Who mends one thing gets no mail about the other; what breaks again is told again.
    organizing.look(statement, "mails", {"en"}, by=anna)
    timekeeping.keep_time()
    assert told.count() == 1
    organizing.look(statement, "test", {"en"}, by=anna)
    timekeeping.keep_time()
    statement.text().write(title="A third title", body="1. Other demands.")
    timekeeping.keep_time()
    timekeeping.keep_time()
    assert told.count() == 2
    # Once its moment has come, the mail that it did not open says so.
    with time_machine.travel(timezone.now() + DAY + timedelta(minutes=1)):
        timekeeping.keep_time()
        assert told.count() == 3
        assert [relevance.is_true(each) for each in told] == [False, False, True]


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_looking_for_what_is_missing_do_not_grow(number, django_assert_num_queries):
    statement = ready()
    for _time in range(number):
        organizing.look(statement, "mails", {"en"}, by=UserFactory())
    statement = Statement.objects.get(pk=statement.pk)
    with django_assert_num_queries(2):
        assert readiness.missing(statement) == []


def test_what_is_ready_opens_at_once_and_its_moment_is_now():
    statement = ready()
    with time_machine.travel(timezone.now(), tick=False):
        organizing.open_now(statement, by=UserFactory())
        assert (statement.state, statement.opens_at, statement.phase()) == ("open", timezone.now(), "open")


def test_beat_opens_only_what_an_organizer_scheduled():
    scheduled, other = ready(), ready()
    organizing.schedule(scheduled, by=UserFactory())
    assert timekeeping.keep_time() == 0
    with time_machine.travel(timezone.now() + DAY + timedelta(seconds=1)):
        assert timekeeping.keep_time() == 1
        assert timekeeping.keep_time() == 0
    scheduled.refresh_from_db()
    other.refresh_from_db()
    assert (scheduled.state, scheduled.opens_by_itself, other.state) == ("open", False, "draft")
    assert acts(scheduled) == [("scheduled", False), ("opened", True)]


def test_what_was_scheduled_and_is_not_ready_any_more_stays_closed_until_it_is():
    statement = ready()
    organizing.schedule(statement, by=UserFactory())
    Statement.objects.filter(pk=statement.pk).update(addressee="")
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert timekeeping.keep_time() == 0
        Statement.objects.filter(pk=statement.pk).update(addressee="The Assembly")
        assert timekeeping.keep_time() == 1


def test_what_was_called_off_does_not_open():
    statement, anna = ready(), UserFactory()
    organizing.schedule(statement, by=anna)
    organizing.unschedule(statement, by=anna)
    with pytest.raises(organizing.Forbidden):
        organizing.unschedule(statement, by=anna)
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert timekeeping.keep_time() == 0


def test_taking_it_back_to_be_a_draft_calls_the_opening_off():
    statement, anna = ready(), UserFactory()
    organizing.circulate(statement, by=anna)
    organizing.schedule(statement, by=anna)
    organizing.put_back(statement, by=anna)
    assert not statement.opens_by_itself


@pytest.mark.django_db(transaction=True)
def test_of_two_beats_at_once_one_opens_and_one_closes():
    opening, closing = ready(), StatementFactory(closes_at=timezone.now() + timedelta(hours=1))
    anna = organizer_of(closing)
    organizing.schedule(opening, by=anna)
    with time_machine.travel(timezone.now() + DAY + timedelta(minutes=1)):
        moved = together(timekeeping.keep_time, timekeeping.keep_time)
    assert sum(moved) == 2
    assert acts(opening) == [("scheduled", False), ("opened", True)]
    assert acts(closing) == [("closed", True)]
    assert Message.objects.filter(kind="closing", to_address=anna.email).count() == 1
    for statement in (opening, closing):
        assert list(sealing.faults(statement)) == []


def test_beat_closes_at_the_deadline_and_keeps_it(django_assert_num_queries):
    statement = StatementFactory()
    with time_machine.travel(statement.closes_at + timedelta(seconds=1)):
        assert statement.phase() == "closed"
        assert timekeeping.keep_time() == 1
    before = statement.closes_at
    statement.refresh_from_db()
    assert (statement.state, statement.closes_at) == ("closed", before)


def test_the_campaign_s_people_are_reminded_once_before_closing_and_told_once_when_it_closed():
    statement = StatementFactory()
    anna, gone, other = organizer_of(statement), organizer_of(statement, is_active=False), UserFactory(is_staff=True)
    for days in (6, 7.5, 8, 10.5, 11):
        with time_machine.travel(timezone.now() + days * DAY):
            timekeeping.keep_time()
    keys = list(Message.objects.filter(kind="closing").order_by("pk").values_list("key", "to_address"))
    assert [(key.split(":")[0], address) for key, address in keys] == [("closing", anna.email), ("closed", anna.email)]
    assert gone.email != other.email


def test_a_reminder_of_a_deadline_that_was_moved_since_is_not_sent():
    statement = StatementFactory(closes_at=timezone.now() + 2 * DAY)
    organizer_of(statement)
    timekeeping.keep_time()
    reminder = Message.objects.get(kind="closing")
    assert relevance.is_true(reminder)
    deadlines.move(statement, timezone.now() + 20 * DAY, by=UserFactory())
    assert not relevance.is_true(Message.objects.get(pk=reminder.pk))


def test_beat_keeps_time_twice_a_minute():
    kept = schedule.beat()["open and close statements"]
    assert (kept["task"], kept["schedule"]) == ("signon.tasks.keep_time", 30.0)
    assert tasks.keep_time() == 0


# The deadline


def waiting_on(statement):
    made = SignOnFactory(statement=statement, expires_at=time_to_confirm.end_of_waiting(statement))
    mailing.compose("verification", key=f"verification:{made.pk}:0", sign_on=made)
    return made


def test_a_later_deadline_is_told_to_who_waits_and_gives_them_longer():
    statement = StatementFactory()
    waits, done = waiting_on(statement), SignOnFactory(statement=statement, confirmed=True)
    elsewhere = waiting_on(StatementFactory())
    later = timezone.now() + 60 * DAY
    assert deadlines.move(statement, later, by=UserFactory()) == 1
    assert list(Message.objects.filter(kind="deadline").values_list("sign_on", flat=True)) == [waits.pk]
    assert SignOn.objects.get(pk=waits.pk).expires_at == later + TIME_AFTER_CLOSING
    assert SignOn.objects.get(pk=elsewhere.pk).expires_at == elsewhere.expires_at
    assert (statement.closes_at, done.expires_at) == (later, None)
    facts = LedgerEntry.objects.get(act="deadline_moved").facts
    assert facts["closes_at"] == later.isoformat()


def test_an_earlier_deadline_takes_back_the_time_that_the_old_one_gave():
    statement = StatementFactory(closes_at=timezone.now() + 60 * DAY)
    waits = waiting_on(statement)
    earlier = timezone.now() + 2 * DAY
    deadlines.move(statement, earlier, by=UserFactory())
    found = SignOn.objects.get(pk=waits.pk)
    assert found.expires_at == found.created_at + time_to_confirm.TIME_TO_CONFIRM
    with time_machine.travel(earlier + TIME_AFTER_CLOSING + timedelta(minutes=1)):
        assert time_to_confirm.why_not(found) == "closed"


def test_the_same_deadline_again_tells_nobody():
    statement = StatementFactory()
    waiting_on(statement)
    with pytest.raises(organizing.Forbidden):
        deadlines.move(statement, statement.closes_at, by=UserFactory())
    assert not Message.objects.filter(kind="deadline").exists()


@pytest.mark.parametrize("state", ["draft", "circulating", "delivered", "answered", "withdrawn"])
def test_a_deadline_is_moved_only_from_open_or_closed(state):
    with pytest.raises(organizing.Forbidden):
        deadlines.move(StatementFactory(state=state), timezone.now() + 20 * DAY, by=UserFactory())


def test_a_deadline_lies_ahead():
    with pytest.raises(organizing.Forbidden):
        deadlines.move(StatementFactory(), timezone.now() - timedelta(hours=1), by=UserFactory())


def test_a_closed_statement_is_opened_again_and_can_be_signed_and_closes_again():
    statement = StatementFactory()
    waits = waiting_on(statement)
    with time_machine.travel(statement.closes_at + DAY) as clock:
        assert deadlines.move(statement, timezone.now() + 5 * DAY, by=UserFactory()) == 1
        assert (statement.state, statement.phase()) == ("open", "open")
        assert time_to_confirm.why_not(SignOn.objects.get(pk=waits.pk)) == ""
        clock.shift(6 * DAY)
        assert timekeeping.keep_time() == 1
    assert acts(statement) == [("closed", True), ("opened_again", False), ("closed", True)]
    assert [fault for fault in sealing.faults(statement) if fault.startswith("Statement")] == []


def test_of_two_moves_only_the_last_is_told():
    statement = StatementFactory()
    waiting_on(statement)
    deadlines.move(statement, timezone.now() + 20 * DAY, by=UserFactory())
    deadlines.move(statement, timezone.now() + 30 * DAY, by=UserFactory())
    first, second = Message.objects.filter(kind="deadline").order_by("pk")
    assert (relevance.is_true(first), relevance.is_true(second)) == (False, True)


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_of_moving_a_deadline_do_not_grow_with_who_waits(number, django_assert_max_num_queries):
    statement, anna = StatementFactory(), UserFactory()
    for _time in range(number):
        waiting_on(statement)
    with django_assert_max_num_queries(19):
        assert deadlines.move(statement, timezone.now() + 20 * DAY, by=anna) == number
