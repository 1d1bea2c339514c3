"""Two people, or two workers, at the same moment: real threads on real PostgreSQL, each race several times."""

import time

import pytest
from django.db import connection

from campaigns.models import RevisionText
from signon import limits, mailing, signing, verifying
from signon.models import Counter, LedgerEntry, Message, Organization, SignOn
from tests.elsewhere import Elsewhere, together
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(4)
TYPED = {
    "organization_name": "Mujeres Unidas",
    "country": "MX",
    "representative_name": "Ana López",
    "email": "ana@mujeresunidas.example",
    "consent_publish": True,
}


def sign(statement, **changes):
    return signing.sign(statement=statement, language="en", **(TYPED | changes))


def fresh(sign_on):
    return SignOn.objects.select_related("statement", "text__revision").get(pk=sign_on.pk)


def kinds(results):
    return sorted(type(result).__name__ for result in results)


@pytest.mark.parametrize("again", ROUNDS)
def test_of_two_confirmations_at_once_one_confirms(again):
    sign_on = sign(StatementFactory())
    opened = [fresh(sign_on) for _number in range(4)]
    results = together(*[lambda each=each: signing.confirm(each, version=1) for each in opened])
    assert kinds(results) == ["CannotConfirm"] * 3 + ["NoneType"]
    assert [entry.act for entry in sign_on.ledger.all()] == ["signed", "confirmed"]


def test_a_late_confirmation_undoes_no_decision():
    sign_on = sign(StatementFactory())
    stale = fresh(sign_on)
    signing.confirm(sign_on, version=1)
    verifying.accept(sign_on, by=UserFactory())
    with pytest.raises(signing.CannotConfirm, match="used"):
        signing.confirm(stale, version=1)
    assert fresh(sign_on).state == "accepted"


@pytest.mark.parametrize("again", ROUNDS)
def test_twenty_equal_posts_are_one_sign_on_one_mail_and_one_entry(again):
    statement = StatementFactory()
    together(*[lambda: sign(type(statement).objects.get(pk=statement.pk)) for _number in range(20)])
    assert (SignOn.objects.count(), Message.objects.count(), LedgerEntry.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("again", ROUNDS)
def test_signing_again_while_confirming_makes_no_second_sign_on(again):
    sign_on = sign(StatementFactory())
    statement = sign_on.statement
    results = together(
        lambda: signing.confirm(fresh(sign_on), version=1),
        *[lambda: sign(type(statement).objects.get(pk=statement.pk)) for _number in range(3)],
    )
    assert SignOn.objects.count() == 1
    assert not [result for result in results if isinstance(result, Exception)]


def test_who_signs_while_an_editor_changes_the_text_does_not_sign_what_they_did_not_read():
    statement = StatementFactory()
    statement.text()  # read before the change

    def edit():
        RevisionText.objects.get(pk=statement.text().pk).write(title="Bread", body="Another text.")

    with Elsewhere(edit) as editor:
        signer = Elsewhere(lambda: sign(statement))
        signer.start()
        wait_until_somebody_waits()
        editor.finish.set()
        signer.finish.set()
        signer.join(30)
    assert isinstance(signer.error, signing.TextChanged)
    assert SignOn.objects.count() == 0


def wait_until_somebody_waits():
    """Until a transaction stands before a lock; fails after some seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")


@pytest.mark.parametrize("again", ROUNDS)
def test_accepting_and_withdrawing_at_once_leaves_the_count_exact(again):
    sign_on = SignOnFactory(confirmed=True)
    together(lambda: verifying.accept(fresh(sign_on), by=UserFactory()), lambda: signing.withdraw(fresh(sign_on)))
    standing = SignOn.objects.public().count()
    assert Counter.objects.filter(statement=sign_on.statement).tally().organizations == standing


@pytest.mark.parametrize("again", ROUNDS)
def test_two_verifiers_of_one_new_organization_make_one_entry_and_list_it_once(again):
    statement, staff = StatementFactory(), UserFactory()
    both = [SignOnFactory(confirmed=True, statement=statement, organization_name="New One") for _number in range(2)]
    results = together(*[lambda each=each: verifying.accept(fresh(each), by=staff) for each in both])
    assert kinds(results) == ["NoneType", "StandsAlready"]
    assert (Organization.objects.count(), SignOn.objects.public().count()) == (1, 1)
    assert Counter.objects.filter(statement=statement).tally().organizations == 1


@pytest.mark.parametrize("again", ROUNDS)
def test_accept_and_decline_at_once_have_one_outcome(again):
    sign_on, staff = SignOnFactory(confirmed=True), UserFactory()
    results = together(
        lambda: verifying.accept(fresh(sign_on), by=staff),
        lambda: verifying.decline(fresh(sign_on), by=staff, reason="No."),
    )
    assert kinds(results) == ["CannotDecide", "NoneType"]
    assert sign_on.ledger.count() == sign_on.messages.count() == 1


@pytest.mark.parametrize("again", ROUNDS)
def test_taking_back_and_accepting_the_same_organization_at_once_loses_neither(again):
    staff = UserFactory()
    first = accepted(organization_name="Shared One")
    second = SignOnFactory(confirmed=True, organization_name="Shared One")
    results = together(
        lambda: verifying.reopen(fresh(first), by=staff), lambda: verifying.accept(fresh(second), by=staff)
    )
    assert results == [None, None]
    assert fresh(second).organization is not None


def test_many_accepted_at_once_are_counted_exactly():
    statement, staff = StatementFactory(), UserFactory()
    waiting = [SignOnFactory(confirmed=True, statement=statement) for _number in range(12)]
    results = together(*[lambda each=each: verifying.accept(fresh(each), by=staff) for each in waiting])
    assert results == [None] * 12
    assert Counter.objects.filter(statement=statement).tally().organizations == 12


def test_two_workers_never_wait_for_each_other_s_claim():
    for number in range(4):
        sign(StatementFactory(), email=f"ana{number}@mujeresunidas.example")
    first = []
    with Elsewhere(lambda: first.extend(mailing.claim(limit=2))):
        # The first claim is not committed; a claim that waited for it would end by its lock's time-out.
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        second = mailing.claim(limit=10)
    assert (len(first), len(second)) == (2, 2)
    assert not {message.pk for message in first} & {message.pk for message in second}


@pytest.mark.parametrize("again", ROUNDS)
def test_many_workers_claim_each_message_once(again):
    for number in range(10):
        sign(StatementFactory(), email=f"ana{number}@mujeresunidas.example")
    claimed = together(*[lambda: mailing.claim(limit=3) for _number in range(6)])
    numbers = [message.pk for batch in claimed for message in batch]
    assert len(numbers) == len(set(numbers)) == 10


def test_the_limit_of_a_mailbox_holds_for_posts_at_once():
    statements = [StatementFactory() for _number in range(12)]
    together(*[lambda each=each: sign(each) for each in statements])
    assert SignOn.objects.count() == 12
    assert Message.objects.count() == limits.MOST_AN_HOUR
