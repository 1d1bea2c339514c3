"""What other programs are told: everyone who joins or leaves, once, and nothing that is not public."""

import uuid
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import signing, verifying
from signon.casework import merging
from signon.models import Announcement, Webhook
from signon.programs import announcements, announcing
from tests.elsewhere import together
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.receiver import HANG, receiving

pytestmark = pytest.mark.django_db
State = Announcement.State
HIDDEN = ("Hidden Women", "Asha Rao", "secret.example", "asha")


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def statement():
    return StatementFactory(slug="bread")


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def webhook(receiver):
    return Webhook.objects.create(url=receiver.url, created_by=UserFactory())


def told(receiver, webhook):
    announcements.deliver_due()
    return [(said["type"], said["data"]["signatory"]["name"]) for said in receiver.read(webhook.secret)]


def states():
    return [(each.event, each.state) for each in Announcement.objects.order_by("pk")]


def make_due():
    """As if the time that a failure asks for had passed."""
    Webhook.objects.update(rests_until=None)
    Announcement.objects.filter(state__in=Announcement.WAITING).update(due_at=timezone.now())


def test_who_is_accepted_is_told_signed_and_once(statement, webhook, receiver):
    accepted(statement=statement, organization_name="Zeta Union", country="MX")
    assert told(receiver, webhook) == [("signatory.accepted", "Zeta Union")]
    assert told(receiver, webhook) == [("signatory.accepted", "Zeta Union")]
    said = receiver.read(webhook.secret)[0]["data"]
    assert said["counts"] == {"organizations": 1, "countries": 1, "individuals": 0}
    assert said["statement"]["slug"] == "bread"
    assert said["signatory"] == {
        "id": said["signatory"]["id"], "name": "Zeta Union", "kind": "organization", "country": "MX",
        "country_name": "Mexico", "scope": None, "convener": False,
    }  # fmt: skip


def test_who_leaves_is_told_by_the_id_that_was_told_before_and_not_named_again(statement, webhook, receiver):
    sign_on = accepted(statement=statement)
    announcements.deliver_due()
    signing.withdraw(sign_on)
    assert told(receiver, webhook)[1:] == [("signatory.withdrawn", None)]
    came, left = (said["data"]["signatory"]["id"] for said in receiver.read(webhook.secret))
    assert came == left


@pytest.mark.parametrize("listing", ["country", "count"])
def test_a_name_that_is_kept_back_is_not_told(statement, webhook, receiver, listing):
    sign_on = accepted(
        statement=statement, organization_name="Hidden Women", country="BH", listing=listing,
        consent_publish=listing != "count",
    )  # fmt: skip
    assert told(receiver, webhook) == [("signatory.accepted", None)]
    signing.withdraw(sign_on)
    announcements.deliver_due()
    sent = b"".join(body for _headers, body in receiver.taken).decode()
    assert [words for words in HIDDEN if words in sent] == []
    countries = {said["data"]["signatory"]["country"] for said in receiver.read(webhook.secret)}
    assert countries == ({"BH"} if listing == "country" else {None})


def test_what_was_never_told_is_not_told_any_more(statement, webhook, receiver):
    signing.withdraw(accepted(statement=statement))
    assert told(receiver, webhook) == []
    assert states() == [("signatory.accepted", "canceled")]


def test_what_may_have_been_told_is_taken_back(statement, webhook, receiver):
    """A time-out tells not whether the receiver has it."""
    receiver.turns.append(500)
    sign_on = accepted(statement=statement)
    announcements.deliver_due()
    signing.withdraw(sign_on)
    make_due()
    assert told(receiver, webhook) == [("signatory.withdrawn", None)]
    assert states() == [("signatory.accepted", "canceled"), ("signatory.withdrawn", "sent")]


def test_who_was_accepted_before_the_webhook_was_there_is_taken_back_too(statement, receiver):
    sign_on = accepted(statement=statement)
    webhook = Webhook.objects.create(url=receiver.url, created_by=UserFactory())
    signing.withdraw(sign_on)
    assert told(receiver, webhook) == [("signatory.withdrawn", None)]


def test_taking_a_decision_back_and_deciding_again_tells_the_new_name(statement, webhook, receiver):
    sign_on, by = accepted(statement=statement, organization_name="Zta Union"), UserFactory()
    announcements.deliver_due()
    verifying.reopen(sign_on, by=by)
    verifying.accept(sign_on, by=by, listed_name="Zeta Union")
    assert told(receiver, webhook) == [("signatory.accepted", "Zta Union"), ("signatory.accepted", "Zeta Union")]


def test_a_merge_tells_who_leaves_and_undoing_it_who_is_back(statement, webhook, receiver):
    first = accepted(statement=statement, organization_name="One Union")
    second = accepted(statement=statement, organization_name="Another Union")
    announcements.deliver_due()
    by = UserFactory()
    merge = merging.merge(first.organization, second.organization, by=by)
    assert told(receiver, webhook)[2:] == [("signatory.withdrawn", None)]
    merging.undo(merge, by=by)
    assert told(receiver, webhook)[3:] == [("signatory.accepted", "Another Union")]


def test_who_takes_a_place_is_told_after_who_leaves_it(statement, webhook, receiver):
    first = accepted(statement=statement, organization_name="One Union")
    second = accepted(statement=statement, organization_name="Another Union")
    merging.merge(first.organization, second.organization, by=UserFactory())
    announcements.deliver_due()
    signing.withdraw(first)
    assert told(receiver, webhook)[1:] == [("signatory.withdrawn", None), ("signatory.accepted", "Another Union")]


def test_it_is_told_of_the_statements_and_events_that_were_chosen(statement, receiver):
    webhook = Webhook.objects.create(url=receiver.url, created_by=UserFactory(), tells_of_accepted=False)
    webhook.statements.add(statement)
    ours, other = accepted(statement=statement), accepted()
    signing.withdraw(ours)
    signing.withdraw(other)
    assert states() == [("signatory.withdrawn", "queued")]


def test_nothing_is_told_of_a_statement_that_is_not_public(statement, webhook, receiver):
    accepted(statement=statement)
    Statement.objects.update(state=Statement.State.WITHDRAWN)
    assert told(receiver, webhook) == []
    assert states() == [("signatory.accepted", "canceled")]


def test_nobody_hears_of_a_draft_s_names_neither_when_they_come_nor_when_they_go(statement, webhook, receiver):
    Statement.objects.update(state=Statement.State.DRAFT)
    sign_on = accepted(statement=statement)
    assert told(receiver, webhook) == []
    signing.withdraw(sign_on)
    assert told(receiver, webhook) == []
    assert states() == [("signatory.accepted", "canceled")]  # who was never told of a name is not told that it left


def test_an_act_that_fails_announces_nothing(statement, webhook):
    sign_on = SignOnFactory(statement=statement, confirmed=True)

    def accept_and_fail():
        with transaction.atomic():
            verifying.accept(sign_on, by=UserFactory())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        accept_and_fail()
    assert not Announcement.objects.exists()


def test_the_same_cannot_be_announced_twice(statement, webhook):
    sign_on = accepted(statement=statement)
    announcing.announce(announcing.ACCEPTED, sign_on)
    key = Announcement.objects.get().key
    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.create(
            key=key, webhook=webhook, event="test", due_at=timezone.now(), number=uuid.uuid4()
        )  # fmt: skip


def test_many_are_announced_in_as_many_queries_as_one(statement, webhook, django_assert_num_queries):
    many = [accepted(statement=statement) for _number in range(3)]
    Announcement.objects.all().delete()
    for some in (many[:1], many):
        with django_assert_num_queries(5):
            announcing.announce(announcing.ACCEPTED, *some)


def test_where_nobody_listens_one_query_is_all_it_costs(statement, django_assert_num_queries):
    sign_on = SignOnFactory(statement=statement)
    with django_assert_num_queries(1):
        announcing.announce(announcing.ACCEPTED, sign_on)
    with django_assert_num_queries(0):
        announcing.announce(announcing.ACCEPTED)


def test_500_by_turns_is_tried_again_later_each_time_and_in_the_end_taken(statement, webhook, receiver):
    receiver.turns += [500, 503, (301, {"Location": "/elsewhere"}), 404]
    accepted(statement=statement)
    for tries in range(1, 5):
        announcements.deliver_due()
        waiting = Announcement.objects.get()
        assert (waiting.state, waiting.tries) == (State.RETRYING, tries)
        assert waiting.due_at > timezone.now() + timedelta(seconds=10 * 2 ** (tries - 1))
        announcements.deliver_due()
        assert len(receiver.paths) == tries
        make_due()
    assert len(told(receiver, webhook)) == 1
    sent, webhook = Announcement.objects.get(), Webhook.objects.get()
    assert [(state, answer) for state, _moment, answer in sent.history] == [
        ("queued", ""), ("sending", ""), ("retrying", "500"), ("sending", ""), ("retrying", "503"), ("sending", ""),
        ("retrying", "301"), ("sending", ""), ("retrying", "404"), ("sending", ""), ("sent", "204"),
    ]  # fmt: skip
    assert (webhook.failures, webhook.rests_until) == (0, None)


def test_all_tries_have_one_id_and_a_moment_of_their_own(statement, webhook, receiver):
    receiver.turns.append(lambda: 200)
    accepted(statement=statement)
    announcements.deliver_due()
    Announcement.objects.update(state=State.QUEUED)
    announcements.deliver_due()
    first, second = (headers["webhook-id"] for headers, _body in receiver.taken)
    assert first == second == f"msg_{Announcement.objects.get().number.hex}"


def test_one_that_hangs_holds_up_no_other(statement, webhook, receiver, monkeypatch):
    monkeypatch.setattr("signon.programs.posting.LONGEST", 0.3)
    with receiving(HANG) as hanging:
        Webhook.objects.create(url=hanging.url, created_by=UserFactory(), pk=webhook.pk - 1)
        for number in range(3):
            accepted(statement=statement, organization_name=f"Organization {number}")
        names = [name for _event, name in told(receiver, webhook)]
        assert names == ["Organization 0", "Organization 1", "Organization 2"]
        assert len(hanging.paths) == 1  # it rests


def test_410_stops_the_webhook_and_accounts_for_what_waits(statement, webhook, receiver):
    receiver.turns.append(410)
    for _number in range(2):
        accepted(statement=statement)
    announcements.deliver_due()
    webhook.refresh_from_db()
    assert (webhook.stopped_at is not None, webhook.why) == (True, "410 Gone")
    assert states() == [("signatory.accepted", "dead"), ("signatory.accepted", "canceled")]
    accepted(statement=statement)
    assert len(states()) == 2


def test_after_three_days_without_success_it_is_given_up_and_the_webhook_stopped(
    statement, webhook, receiver, time_machine
):
    receiver.turns += [500] * 100
    time_machine.move_to(timezone.now())
    accepted(statement=statement)
    began = timezone.now()
    for _hour in range(80):
        announcements.deliver_due()
        time_machine.shift(timedelta(hours=1))
    webhook.refresh_from_db()
    given_up = Announcement.objects.get()
    assert given_up.state == State.DEAD
    assert timedelta(days=3) <= given_up.changed_at - began < timedelta(days=3, hours=8)
    assert webhook.why == "Nothing was taken for three days: 500"
    assert len(receiver.paths) > 10


def test_what_a_dead_worker_held_is_sent_by_another(statement, webhook, receiver):
    accepted(statement=statement)
    assert announcements.claim() is not None
    assert announcements.claim() is None
    Announcement.objects.update(lease_ends_at=timezone.now() - timedelta(seconds=1))
    assert len(told(receiver, webhook)) == 1
    assert "its worker died" in str(Announcement.objects.get().history)


def test_while_one_is_told_of_a_sign_on_nothing_else_is_told_of_it(statement, webhook, receiver):
    sign_on = accepted(statement=statement)
    under_way = announcements.claim()
    signing.withdraw(sign_on)
    assert announcements.claim() is None
    announcements.deliver(under_way)
    assert states() == [("signatory.accepted", "sent"), ("signatory.withdrawn", "queued")]
    assert told(receiver, webhook)[-1:] == [("signatory.withdrawn", None)]


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_tell_each_thing_once(statement, webhook, receiver):
    for number in range(8):
        accepted(statement=statement, organization_name=f"Organization {number}")
    together(*[announcements.deliver_due] * 4)
    names = [said["data"]["signatory"]["name"] for said in receiver.read(webhook.secret)]
    assert sorted(names) == [f"Organization {number}" for number in range(8)]
    assert set(Announcement.objects.values_list("state", "tries")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_who_withdraws_while_it_is_told_is_taken_back(statement, webhook, receiver):
    """The withdrawal waits for no receiver: it commits while the acceptance is under way."""
    sign_on = accepted(statement=statement)

    def withdraw_meanwhile():
        together(lambda: signing.withdraw(sign_on))
        return 204

    receiver.turns.append(withdraw_meanwhile)
    announcements.deliver_due()
    assert [said["type"] for said in receiver.read(webhook.secret)] == ["signatory.accepted", "signatory.withdrawn"]
    assert states() == [("signatory.accepted", "sent"), ("signatory.withdrawn", "sent")]
