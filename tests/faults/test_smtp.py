"""What a mail server may do to us: each message ends where it belongs, and none is lost. Real SMTP; time is moved."""

import itertools
import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from signon import mailing
from signon.mail import dispatching, lanes, sending
from signon.models import Lane, Message
from tests.factories import SignOnFactory, StatementFactory
from tests.smtp import MailServer, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with MailServer() as made:
        use(settings, made.port)
        yield made


def use(settings, port, **login):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = port, 10
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = login.get("user", ""), login.get("password", "")


def compose(count):
    statement = StatementFactory()
    made = [SignOnFactory(statement=statement, email=f"signer{number}@many.example") for number in range(count)]
    return mailing.queue([mailing.draft("verification", key=f"many:{each.pk}", sign_on=each) for each in made])


def states():
    return sorted(set(Message.objects.values_list("state", flat=True)))


def work_on(clock, rounds=200):
    """Deliver and let time pass until nothing waits any more."""
    for _round in range(rounds):
        dispatching.deliver_due("transactional")
        waiting = Message.objects.filter(state__in=[*Message.WAITING, "sending"]).order_by("due_at")
        if not waiting.exists():
            return
        lane = Lane.objects.filter(name="transactional").first()
        clock.move_to(max(filter(None, [waiting[0].due_at, lane and lane.rests_until, timezone.now()])))
        clock.shift(timedelta(seconds=1))
    raise AssertionError(f"Something waits for ever: {states()}")


def test_a_server_that_refuses_connections_burns_no_message_and_gets_all_when_it_is_back(settings):
    use(settings, free_port())
    compose(30)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _hours in range(6):
            assert dispatching.deliver_due("transactional") is False
            clock.shift(timedelta(hours=1))
        assert states() == ["queued", "retrying"]
        # One at a time felt for the server: the others were given back untried.
        assert sorted(Message.objects.values_list("tries", flat=True))[-2:] <= [6, 6]
        assert Message.objects.filter(tries=0).count() >= 24
        with MailServer() as server:
            use(settings, server.port)
            work_on(clock)
    assert (states(), len(server.mails)) == (["sent"], 30)
    assert lanes.held() == []


def test_a_server_that_hangs_and_wakes_gets_all(server, settings):
    """It hangs over one message; the others are given back, and their worker has its hands free."""
    settings.EMAIL_TIMEOUT = 0.5
    compose(8)
    server.open_doors.clear()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        dispatching.deliver_due("transactional")
        assert sorted(Message.objects.values_list("tries", flat=True)) == [0] * 7 + [1]
        assert (states(), [lane.failures for lane in lanes.held()]) == (["retrying"], [1])
        server.open_doors.set()
        work_on(clock)
    assert states() == ["sent"]
    assert len({mail["Message-ID"] for mail in server.mails}) == 8


def test_what_a_quick_server_took_is_written_before_a_slow_one_is_asked_again(server, monkeypatch):
    """Else what went out would go out again, when its lease ends while the server takes its time over others."""
    compose(6)
    server.answer = lambda recipient: "450 Later" if recipient >= "signer3" else ""
    monkeypatch.setattr(sending.Receipts, "INSTANT", 60)
    deliver_one, written = dispatching._deliver_one, []

    def looking(message, line):
        written.append(Message.objects.filter(state="sent").count())
        return deliver_one(message, line)

    monkeypatch.setattr(dispatching, "_deliver_one", looking)
    dispatching.deliver_due("transactional")
    assert written == [0, 0, 0, 0, 3, 3]


def test_a_slow_server_leaves_its_worker_time_for_other_work(server, monkeypatch):
    monkeypatch.setattr(dispatching, "TURN", 0)
    compose(3)
    assert (dispatching.deliver_due("transactional"), states()) == (True, ["queued"])


@pytest.mark.parametrize(("pace", "writes"), [([0, 0, 0], [3]), ([0, 1, 0, 0], [2, 2]), ([0] * 12, [10, 2]), ([], [])])
def test_few_receipts_are_held_back_and_none_after_a_slow_answer(pace, writes):
    written = []
    with sending.Receipts(lambda messages: written.append(len(messages))) as receipts:
        for number, seconds in enumerate(pace):
            receipts.add(number, seconds)
    assert written == writes


def test_a_server_that_listens_and_never_greets_is_left_alone(settings):
    compose(3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        use(settings, silent.getsockname()[1])
        dispatching.deliver_due("transactional")
    assert sorted(Message.objects.values_list("state", "tries")) == [("retrying", 0), ("retrying", 0), ("retrying", 1)]
    assert dispatching.claim() == []


def test_421_450_and_taking_by_turns_ends_in_sent_and_550_at_once_in_dead(server):
    turns = itertools.cycle(["421 4.3.2 Closing", "450 4.7.1 Greylisted", "", "451 4.3.0 Later"])
    server.answer = lambda to: "550 5.1.1 No such user" if to.startswith("signer1") else next(turns)
    compose(20)
    gone = {f"signer{number}@many.example" for number in (1, *range(10, 20))}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        dispatching.deliver_due("transactional")
        assert set(Message.objects.filter(state="dead").values_list("to_address", flat=True)) == gone
        work_on(clock)
    assert set(Message.objects.filter(state="dead").values_list("to_address", "tries")) == {(to, 1) for to in gone}
    assert Message.objects.filter(state="sent").count() == len(server.mails) == 9


def test_a_server_that_closes_mid_message_loses_none(server):
    turns = itertools.cycle([True, False, False])
    server.cuts = lambda recipient: next(turns)
    compose(12)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        work_on(clock)
    assert (states(), len(server.mails)) == (["sent"], 12)


def test_a_server_that_ends_connections_after_some_mails_gets_the_rest_at_once_on_a_new_one(server):
    """421 to MAIL on a connection that worked is its end, and nothing about the message."""
    numbers = itertools.count(1)
    server.answer_sender = lambda sender: "421 4.7.0 Too many mails" if next(numbers) % 4 == 0 else ""
    compose(10)
    dispatching.deliver_due("transactional")
    assert (states(), set(Message.objects.values_list("tries", flat=True))) == (["sent"], {1})


def test_a_connection_carries_so_many_mails_and_no_more(server, monkeypatch):
    monkeypatch.setattr(sending, "MOST_OVER_ONE", 4)
    compose(10)
    dispatching.deliver_due("transactional")
    assert (states(), server.connections) == (["sent"], 3)


@pytest.mark.parametrize("refusal", ["550 5.7.1 Sender refused", "530 5.7.0 Log in first"])
def test_a_refused_sender_stops_the_lane_and_burns_no_message(server, refusal):
    server.answer_sender = lambda sender: refusal
    compose(12)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _probe in range(5):
            dispatching.deliver_due("transactional")
            clock.shift(lanes.PROBE_AFTER)
        assert (states(), set(Message.objects.values_list("tries", flat=True))) == (["retrying"], {0})
        assert [(lane.name, lane.why) for lane in lanes.held()] == [("transactional", refusal)]
        server.answer_sender = lambda sender: ""
        work_on(clock)
    assert (states(), len(server.mails), lanes.held()) == (["sent"], 12, [])


def test_a_refused_login_stops_the_lane_until_it_is_mended(settings):
    with MailServer(password="right") as server, time_machine.travel(timezone.now(), tick=False) as clock:
        use(settings, server.port, user="us", password="wrong")
        compose(5)
        dispatching.deliver_due("transactional")
        assert (states(), set(Message.objects.values_list("tries", flat=True))) == (["retrying"], {0})
        assert lanes.held()[0].why.startswith("535")
        use(settings, server.port, user="us", password="right")
        assert dispatching.claim() == []
        lanes.release("transactional")
        work_on(clock)
    assert (states(), len(server.mails)) == (["sent"], 5)


def test_a_stopped_lane_holds_up_no_other(server):
    compose(1)
    reminder = mailing.compose("reminder", key="reminder", sign_on=SignOnFactory())
    server.answer_sender = lambda sender: "550 5.7.1 Sender refused"
    dispatching.deliver_due("transactional")
    server.answer_sender = lambda sender: ""
    dispatching.deliver_due("bulk")
    reminder.refresh_from_db()
    assert reminder.state == "sent"


# Login codes and links to a password


@pytest.fixture
def code():
    told = {"subject": "Code", "body": "K7Q2", "expires_at": timezone.now() + timedelta(minutes=15)}
    return mailing.compose("account", key="code", to="staff@network.example", **told)


def test_a_code_is_wiped_when_it_is_sent(server, code):
    dispatching.deliver_due("transactional")
    code.refresh_from_db()
    assert (code.state, code.body, len(server.mails)) == ("sent", "", 1)


def test_a_code_is_never_sent_past_its_end(server, code):
    server.answer = lambda recipient: "450 Later"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        dispatching.deliver_due("transactional")
        server.answer = lambda recipient: ""
        clock.move_to(code.expires_at + timedelta(milliseconds=1))
        dispatching.deliver_due("transactional")
    code.refresh_from_db()
    assert (code.state, code.body, server.mails) == ("canceled", "", [])


def test_a_code_that_ends_in_a_worker_s_hands_is_not_sent(server, code):
    held = dispatching.claim()
    with time_machine.travel(code.expires_at - timedelta(seconds=30), tick=False) as clock:
        Message.objects.update(lease_ends_at=code.expires_at + timedelta(minutes=1))
        clock.move_to(code.expires_at + timedelta(seconds=1))
        assert dispatching.deliver(held) == 0
    code.refresh_from_db()
    assert (code.state, code.body, server.mails) == ("canceled", "", [])


def test_a_code_is_wiped_when_its_address_is_refused(server, code):
    server.answer = lambda recipient: "550 5.1.1 No such user"
    dispatching.deliver_due("transactional")
    code.refresh_from_db()
    assert (code.state, code.body) == ("dead", "")


def test_a_code_that_kills_its_workers_is_wiped(code):
    Message.objects.update(tries=dispatching.MOST_LEASES - 1)
    dispatching.claim()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        dispatching.claim(limit=0)
    code.refresh_from_db()
    assert (code.state, code.body) == ("dead", "")
