"""What is held is released: all at once or one by one; staff are told of bursts, and nothing is deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from signon import retention, signing, verifying
from signon.abuse import bursts, holding
from signon.abuse.guarding import Suspicion
from signon.casework import decisions
from signon.models import Hold, LedgerEntry, Membership, Message, SignOn
from signon.people import roles
from tests.factories import SignOnFactory, StatementFactory, UserFactory
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db
DOMAIN = Suspicion("domain", "cheap.example")
NETWORK = Suspicion("network", "n1")


@pytest.fixture
def statement():
    return StatementFactory(slug="call")


def verifier(email="desk@staff.example"):
    user = UserFactory(email=email)
    roles.give(user, "verifier")
    return type(user).objects.get(pk=user.pk)


def several(statement, number, *, domain="cheap.example", **fields):
    return [
        SignOnFactory(statement=statement, email=f"a{each}@{domain}", organization_name=f"Union {each}", **fields)
        for each in range(number)
    ]


def signed(statement, email, **fields):
    return signing.sign(
        statement=statement, language="en", organization_name="A union", country="KE", email=email,
        representative_name="Asha", authorized=True, consent_publish=True, **fields,
    )  # fmt: skip


def test_a_burst_is_held_in_one_act_and_its_mail_is_canceled(statement):
    mailed = signed(statement, "first@cheap.example")
    other = signed(statement, "b@elsewhere.example")
    confirmed = SignOnFactory(statement=statement, email="c@CHEAP.example", confirmed=True)
    elsewhere = SignOnFactory(statement=StatementFactory(), email="d@cheap.example")
    by = verifier()
    hold, number = holding.quarantine(statement, DOMAIN, by=by)
    assert number == 2
    assert set(hold.sign_ons.all()) == {mailed, confirmed}
    assert mailed.messages.get().state == "canceled"
    assert other.messages.get().state == "queued"
    assert SignOn.objects.get(pk=elsewhere.pk).hold is None
    entry = mailed.ledger.last()
    assert (entry.act, entry.by, entry.facts) == ("held", by, {"reason": "domain", "hold": hold.pk})
    assert holding.quarantine(statement, DOMAIN, by=by) == (hold, 0)


def test_what_was_decided_is_not_held(statement):
    accepted = SignOnFactory(statement=statement, email="a@cheap.example", confirmed=True)
    verifying.accept(accepted, by=verifier())
    assert holding.quarantine(statement, DOMAIN, by=verifier("b@staff.example"))[1] == 0


def test_released_they_are_mailed_and_go_on(statement):
    waiting = signed(statement, "first@cheap.example", suspicion=Suspicion("trap"))
    confirmed = SignOnFactory(statement=statement, email="c@cheap.example", confirmed=True, hold=waiting.hold)
    by = verifier()
    assert not waiting.messages.exists()
    assert holding.release(waiting.hold, by=by)
    assert not holding.release(waiting.hold, by=by)
    assert (holding.let_go(), holding.let_go()) == (2, 0)
    assert waiting.messages.get().state == "queued"
    assert not confirmed.messages.exists()
    assert [entry.act for entry in waiting.ledger.all()] == ["signed", "released"]
    assert list(SignOn.objects.exclude(hold=None)) == []
    hold = Hold.objects.get()
    assert (hold.released_by, hold.released_at is not None) == (by, True)


def test_one_is_released_by_itself_and_the_others_stay(statement):
    first, second = (signed(statement, f"{each}@x.example", suspicion=Suspicion("trap")) for each in "ab")
    assert holding.release_one(first, by=verifier())
    assert not holding.release_one(first, by=UserFactory())
    assert list(SignOn.objects.exclude(hold=None)) == [second]


def test_what_has_expired_meanwhile_is_not_mailed(statement, time_machine):
    late = signed(statement, "a@x.example", suspicion=Suspicion("trap"))
    time_machine.move_to(timezone.now() + timedelta(days=40))
    assert retention.expire_unconfirmed() == 1
    assert holding.release(late.hold, by=verifier())
    assert holding.let_go() == 1
    assert not late.messages.exists()


def test_what_is_held_is_confirmed_by_its_link_and_accepted_by_nobody(statement):
    sign_on = signed(statement, "first@cheap.example")
    by = verifier()
    holding.quarantine(statement, DOMAIN, by=by)
    signing.confirm(sign_on, version=1)
    with pytest.raises(decisions.CannotDecide):
        verifying.accept(sign_on, by=by)
    assert SignOn.objects.waiting().count() == 0
    holding.release_one(sign_on, by=by)
    assert SignOn.objects.waiting().count() == 1
    verifying.accept(sign_on, by=by)


def test_no_rule_accepts_what_is_held(statement):
    statement.accepts_on_strong_evidence = True
    statement.save()
    held_by = Hold.objects.create(statement=statement, reason="trap")
    sign_on = SignOnFactory(statement=statement, confirmed=True, hold=held_by)
    assert not verifying.accept_on_evidence(sign_on)


@pytest.mark.parametrize(("number", "seen"), [(9, 0), (10, 1)])
def test_ten_from_one_network_within_an_hour_are_a_burst(statement, number, seen):
    several(statement, number, domain="gmail.com", network="n1")
    assert [each.number for each in bursts.shown(verifier())] == [number] * seen


@pytest.mark.parametrize(
    ("domain", "number", "seen"), [("x.example", 19, 0), ("x.example", 20, 1), ("gmail.com", 20, 0)]
)
def test_twenty_of_one_domain_are_a_burst_but_of_a_mail_provider(statement, domain, number, seen):
    several(statement, number, domain=domain)
    assert [(each.suspicion, each.number) for each in bursts.shown(verifier())] == [
        (Suspicion("domain", domain), number)
    ] * seen


def test_a_burst_is_told_to_who_may_verify_it_once_a_day(statement, time_machine):
    verifier()
    editor = UserFactory(email="editor@staff.example")
    roles.give(editor, "editor")
    manager = UserFactory(email="manager@staff.example")
    roles.give(manager, "campaign_manager")
    several(statement, 10, network="n1", domain="gmail.com")
    assert (bursts.alarm(), bursts.alarm()) == (1, 0)
    message = Message.objects.get(kind="burst")
    assert (message.to_address, message.body) == ("desk@staff.example", "network 10")
    campaign = Campaign.objects.create(slug="theirs", title="Theirs")
    Membership.objects.create(user=manager, campaign=campaign)
    statement.campaign = campaign
    statement.save()
    assert bursts.alarm() == 1, "who joined since"


def test_a_burst_that_staff_released_is_none_any_more(statement):
    several(statement, 10, network="n1", domain="gmail.com")
    by = verifier()
    hold, number = holding.quarantine(statement, NETWORK, by=by)
    assert (number, bursts.shown(by)) == (10, [])
    holding.release(hold, by=by)
    holding.let_go()
    assert bursts.shown(by) == []
    assert bursts.alarm() == 0


def test_the_network_that_a_hold_names_is_forgotten_after_a_week(statement, time_machine):
    for statement_of_it in (statement, StatementFactory()):
        several(statement_of_it, 1, network="n1")
        holding.quarantine(statement_of_it, NETWORK, by=UserFactory())
    Hold.objects.create(statement=statement, reason="network", subject="n2")
    time_machine.move_to(timezone.now() + timedelta(days=8))
    retention.forget_networks()
    assert not Hold.objects.filter(subject__startswith="n").exists()
    retention.forget_networks()
    assert Hold.objects.filter(subject__startswith="forgotten-").count() == 3


def test_the_desk_shows_holds_and_bursts_and_acts_on_them(client, statement):
    several(statement, 10, network="n1", domain="gmail.com")
    client.force_login(verifier())
    page = client.get("/desk/holds/").content.decode()
    assert "10 sign-ons came from one network" in page
    posted = {"statement": "call", "reason": "network", "subject": "n1"}
    assert client.post("/desk/holds/place/", posted)["Location"] == "/desk/holds/"
    hold = Hold.objects.get()
    assert hold.sign_ons.count() == 10
    assert "10 sign-ons are on hold" in client.get("/desk/holds/").content.decode()
    assert "Union 3" in client.get("/desk/sign-ons/?part=held").content.decode()
    case = client.get(f"/desk/sign-ons/{hold.sign_ons.first().pk}/").content.decode()
    assert "On hold: Many came from one network." in case
    assert client.post(f"/desk/sign-ons/{hold.sign_ons.first().pk}/release/").status_code == 302
    assert hold.sign_ons.count() == 9
    assert client.post(f"/desk/holds/{hold.pk}/release/").status_code == 302
    holding.let_go()
    assert not SignOn.objects.exclude(hold=None).exists()
    assert LedgerEntry.objects.filter(act="released").count() == 10


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"statement": "call", "reason": "trap", "subject": "x"},
        {"statement": "call", "reason": "network", "subject": ""},
        {"statement": "call", "reason": "network", "subject": "x" * 300},
    ],
)
def test_what_is_no_burst_puts_nothing_on_hold(client, statement, posted):
    several(statement, 2)
    client.force_login(verifier())
    assert client.post("/desk/holds/place/", posted)["Location"] == "/desk/holds/"
    assert not Hold.objects.exists()


def test_who_only_reads_puts_nothing_on_hold_and_another_s_statement_is_not_there(client, statement):
    auditor = UserFactory(email="auditor@staff.example")
    roles.give(auditor, "auditor")
    client.force_login(auditor)
    posted = {"statement": "call", "reason": "network", "subject": "n1"}
    assert client.get("/desk/holds/").status_code == 200
    assert client.post("/desk/holds/place/", posted).status_code == 403
    hold = Hold.objects.create(statement=statement, reason="trap")
    manager = UserFactory(email="manager@staff.example")
    roles.give(manager, "campaign_manager")
    client.force_login(manager)
    assert client.post("/desk/holds/place/", posted).status_code == 404
    assert client.post(f"/desk/holds/{hold.pk}/release/").status_code == 404


def test_two_holds_of_the_same_kind_do_not_stand_side_by_side(statement):
    Hold.objects.create(statement=statement, reason="trap")
    with Refused("what_is_alike_has_one_hold"):
        Hold.objects.create(statement=statement, reason="trap")
    with Refused("a_release_has_who_and_when"):
        Hold.objects.update(released_at=timezone.now())
