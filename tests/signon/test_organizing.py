from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns.models import AddresseeAnswer, Statement
from signon import organizing, sealing, signing
from signon.models import LedgerEntry, SealedEntry, SignOn
from signon.models.ledger import digest_of_entry
from signon.privacy import forgetting
from signon.statements import convening, deadlines, delivering, late_signing
from tests.elsewhere import together
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db
State, Act = Statement.State, LedgerEntry.Act
# draft → circulating → open → closed → delivered → answered, and withdrawn; organizers may reopen.
ALLOWED = {
    ("draft", "circulating"), ("draft", "open"),
    ("circulating", "draft"), ("circulating", "open"),
    ("open", "closed"), ("open", "withdrawn"),
    ("closed", "open"), ("closed", "delivered"), ("closed", "withdrawn"),
    ("delivered", "answered"), ("delivered", "withdrawn"),
    ("answered", "delivered"), ("answered", "withdrawn"),
}  # fmt: skip


def chain(statement):
    return list(statement.ledger.order_by("number").values_list("act", "facts__from", "facts__to"))


@pytest.mark.parametrize(("now", "to"), list(product(State.values, State.values)))
def test_the_table_forbids_every_move_that_it_does_not_name(now, to):
    statement = StatementFactory(state=now)
    moved = organizing.move(statement, to, by=UserFactory(), act=Act.CHANGED)
    assert moved == ((now, to) in ALLOWED)
    statement.refresh_from_db()
    assert statement.state == (to if moved else now)
    assert chain(statement) == ([("changed", now, to)] if moved else [])


def test_a_move_stands_in_the_statement_s_own_chain_under_a_seal():
    statement, anna = StatementFactory(state="draft"), UserFactory()
    organizing.circulate(statement, by=anna)
    organizing.put_back(statement, by=anna)
    organizing.circulate(statement, by=anna)
    accepted(statement=StatementFactory())
    sealing.seal()
    assert chain(statement) == [
        ("circulated", "draft", "circulating"),
        ("put_back", "circulating", "draft"),
        ("circulated", "draft", "circulating"),
    ]
    assert [entry.by for entry in statement.ledger.all()] == [anna] * 3
    assert list(sealing.faults(statement)) == []
    assert SealedEntry.objects.filter(statement_number=statement.pk).count() == 3


def test_a_state_that_no_move_made_is_a_fault_of_the_ledger():
    statement = StatementFactory(state="draft")
    organizing.circulate(statement, by=UserFactory())
    Statement.objects.filter(pk=statement.pk).update(state="open")
    assert list(sealing.faults(statement)) == [
        f"Statement {statement.pk}: its ledger says that it is circulating; its row does not."
    ]


def test_digests_of_sign_ons_are_what_they_were_before_statements_had_chains():
    entry = accepted().ledger.get()
    assert entry.digest == digest_of_entry("", entry.sign_on_id, 1, "accepted", entry.by_id, entry.at, entry.facts)


def test_a_ledger_entry_is_on_a_sign_on_or_a_statement():
    entry = LedgerEntry(sign_on=SignOnFactory(), statement=StatementFactory(), act="opened", number=1, digest="0" * 64)
    entry.at = timezone.now()
    with Refused("a_ledger_entry_is_on_a_sign_on_or_a_statement"):
        entry.save()
    entry.sign_on = entry.statement = None
    with Refused("a_ledger_entry_is_on_a_sign_on_or_a_statement"):
        entry.save()


def test_an_entry_on_a_statement_has_a_number_of_its_own():
    statement = StatementFactory(state="draft")
    organizing.circulate(statement, by=UserFactory())
    with Refused("an_entry_on_a_statement_has_a_number_of_its_own"):
        LedgerEntry.objects.create(statement=statement, act="opened", number=1, digest="0" * 64, at=timezone.now())


def test_what_is_sealed_is_on_a_sign_on_or_a_statement():
    accepted()
    entry = SealedEntry(seal=sealing.seal(), entry_id=0, number=1, digest="0" * 64)
    with Refused("what_is_sealed_is_on_a_sign_on_or_a_statement"):
        entry.save(force_insert=True)


def test_what_opens_by_itself_has_a_moment():
    with Refused("what_opens_by_itself_has_a_moment"):
        StatementFactory(state="draft", opens_at=None, opens_by_itself=True)


def test_a_goal_is_one_or_more():
    with Refused("a_goal_is_one_or_more"):
        StatementFactory(goal=0)


def test_closing_before_the_deadline_makes_this_moment_the_deadline():
    statement = StatementFactory()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        organizing.close(statement, by=UserFactory())
        assert (statement.state, statement.closes_at) == ("closed", timezone.now())


def test_what_the_clock_has_closed_is_closed_first_and_by_nobody():
    statement, anna = StatementFactory(), UserFactory()
    deadline = statement.closes_at
    with time_machine.travel(deadline + timedelta(days=1)):
        assert organizing.move(statement, "delivered", by=anna, act=Act.DELIVERED)
    assert chain(statement) == [("closed", "open", "closed"), ("delivered", "closed", "delivered")]
    assert [entry.by for entry in statement.ledger.order_by("number")] == [None, anna]
    assert statement.closes_at == deadline


def test_what_is_closed_is_not_closed_again():
    statement = StatementFactory(closes_at=timezone.now() - timedelta(hours=1))
    for _time in range(2):
        with pytest.raises(organizing.Forbidden):
            organizing.close(statement, by=UserFactory())


def test_what_was_never_open_cannot_be_withdrawn_for_its_page_would_tell_of_it(client):
    statement = StatementFactory(state="circulating")
    with pytest.raises(organizing.Forbidden):
        organizing.withdraw(statement, by=UserFactory())
    assert client.get(statement.get_absolute_url()).status_code == 404


def test_the_admin_shows_the_state_and_lets_nobody_edit_it(admin_client):
    statement = StatementFactory(state="draft")
    url = reverse("admin:campaigns_statement_change", args=[statement.pk])
    assert "Draft" in admin_client.get(url).content.decode()
    data = {"slug": statement.slug, "addressee": "Somebody", "zone": "UTC", "state": "open", "opens_by_itself": "on"}
    assert admin_client.post(url, data).status_code == 302
    statement.refresh_from_db()
    assert (statement.state, statement.addressee, statement.opens_by_itself) == ("draft", "Somebody", False)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_statement_at_once_one_does():
    statement, anna = StatementFactory(state="closed"), UserFactory()

    def deliver():
        return organizing.move(Statement.objects.get(pk=statement.pk), "delivered", by=anna, act=Act.DELIVERED)

    assert sorted(together(deliver, deliver)) == [False, True]
    assert chain(statement) == [("delivered", "closed", "delivered")]
    assert list(sealing.faults(statement)) == []


def test_the_moment_of_the_post_decides_who_signs_while_it_is_being_closed():
    statement = StatementFactory()
    read_by_the_post = Statement.objects.get(pk=statement.pk)
    organizing.close(statement, by=UserFactory())
    typed = {"organization_name": "Asha", "email": "asha@secret.example", "consent_publish": True}
    made = signing.sign(statement=read_by_the_post, language="en", **typed)
    signing.confirm(made, version=made.version)
    assert SignOn.objects.get(pk=made.pk).state == "confirmed"
    with pytest.raises(signing.NotOpen):
        signing.sign(statement=statement, language="en", **typed)


def test_every_act_on_a_statement_has_a_verb_that_writes_it():
    anna, now = UserFactory(), timezone.now()
    statement = StatementFactory(state="draft", opens_at=now + timedelta(days=1))
    for subject in ("consent", "mails", "test"):
        organizing.look(statement, subject, {"en"}, by=anna)
    organizing.change(statement, {"goal": 300}, by=anna)
    convening.add(statement, by=anna, name="Alpha", email="alpha@secret.example")
    organizing.circulate(statement, by=anna)
    organizing.schedule(statement, by=anna)
    organizing.unschedule(statement, by=anna)
    organizing.put_back(statement, by=anna)
    organizing.open_now(statement, by=anna)
    deadlines.move(statement, now + timedelta(days=20), by=anna)
    organizing.close(statement, by=anna)
    deadlines.move(statement, now + timedelta(days=20), by=anna)
    organizing.close(statement, by=anna)
    link = late_signing.make(statement, by=anna, name="Beta", email="beta@secret.example", language="en")
    late_signing.end(link, by=anna)
    organizing.move(statement, "delivered", by=anna, act=Act.DELIVERED)
    organizing.move(statement, "answered", by=anna, act=Act.ANSWER_CAME)
    said = {"from_whom": "They", "received_on": timezone.localdate(), "words": "Yes."}
    answer = AddresseeAnswer.objects.create(statement=statement, **said)
    assert delivering.correct_answer(answer, by=anna, seen=delivering.mark_of(answer), words="No.")
    assert delivering.remove_answer(answer, by=anna)
    organizing.withdraw(statement, by=anna)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert forgetting.forget_contacts() == 1
    sealing.seal()
    assert set(statement.ledger.values_list("act", flat=True)) == LedgerEntry.OF_STATEMENTS
    assert list(sealing.faults(statement)) == []
