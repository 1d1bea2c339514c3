"""Two at the same moment: one outcome, and all that must hold holds. More of them: tests/signon/test_races.py."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from campaigns.models import Statement
from signon import organizing, signing, verifying
from signon.mail import dispatching
from signon.models import LedgerEntry, Message, SignOn
from tests.elsewhere import Elsewhere, together
from tests.factories import StatementFactory, UserFactory
from tests.faults.holds import assert_all_holds
from tests.posted import typed

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)
ADDRESS = "ana@mujeresunidas.example"


def sign(statement, **changes):
    told = {
        "organization_name": "Mujeres Unidas",
        "country": "MX",
        "representative_name": "Ana López",
        "email": ADDRESS,
        "consent_publish": True,
    }
    return signing.sign(statement=statement, language="en", **(told | changes))


def fresh(sign_on):
    return SignOn.objects.select_related("statement", "text__revision").get(pk=sign_on.pk)


@pytest.mark.parametrize("again", ROUNDS)
@pytest.mark.parametrize("leave", [signing.withdraw, signing.this_was_not_me])
def test_confirming_and_leaving_at_once_has_one_outcome(again, leave):
    sign_on = sign(StatementFactory())
    results = together(
        lambda: signing.confirm(fresh(sign_on), version=1),
        lambda: leave(fresh(sign_on)),
    )
    now = fresh(sign_on)
    acts = list(sign_on.ledger.order_by("number").values_list("act", flat=True))
    confirmed, left = results[0] is None, results[1] is True
    assert confirmed or left
    assert now.state == ("withdrawn" if left else "confirmed")
    assert acts == ["signed", *["confirmed"] * confirmed, *[acts[-1]] * left]
    # Who left is asked no more.
    waiting = Message.objects.filter(state__in=Message.WAITING)
    assert not waiting.exists()
    assert_all_holds(sign_on.statement, signed=[ADDRESS])


@pytest.mark.parametrize("again", ROUNDS)
def test_accepting_declining_and_withdrawing_at_once_leave_one_outcome(again):
    sign_on = sign(StatementFactory())
    signing.confirm(sign_on, version=1)
    one, other = UserFactory(), UserFactory()
    together(
        lambda: verifying.accept(fresh(sign_on), by=one),
        lambda: verifying.decline(fresh(sign_on), by=other, refusal="not_found", reason="No such"),
        lambda: signing.withdraw(fresh(sign_on)),
    )
    last = sign_on.ledger.order_by("number").last()
    assert fresh(sign_on).state == last.act
    # What is told is what was decided last, and nothing else.
    told = Message.objects.filter(sign_on=sign_on, state="queued").values_list("kind", flat=True)
    assert set(told) <= {last.act}
    assert_all_holds(sign_on.statement, signed=[ADDRESS])


@pytest.mark.parametrize("again", range(2))
def test_fifty_equal_sign_ons_at_once_are_one(again):
    statement = StatementFactory()
    results = together(*[lambda: sign(Statement.objects.get(pk=statement.pk)) for _number in range(50)])
    assert not [result for result in results if isinstance(result, Exception)]
    assert (SignOn.objects.count(), Message.objects.count(), LedgerEntry.objects.count()) == (1, 1, 1)
    assert_all_holds(statement, signed=[ADDRESS])


def test_who_sends_a_form_after_its_statement_was_closed_is_told_and_nothing_is_written(client):
    statement = StatementFactory(slug="call")
    form = client.get("/statements/call/sign/")
    assert form.status_code == 200
    organizing.close(statement, by=UserFactory())
    answer = client.post("/statements/call/sign/", typed(), follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="sign-on-form"' not in page
    assert SignOn.objects.count() == 0
    assert_all_holds(statement)


def test_who_signed_as_it_was_closed_may_confirm_for_72_hours_more():
    """The sign-on was begun before, and committed after the closing: the moment of the POST decides."""
    statement = StatementFactory()

    def begin():
        sign(Statement.objects.get(pk=statement.pk))

    with Elsewhere(begin), transaction.atomic():
        organizing.close(Statement.objects.get(pk=statement.pk), by=UserFactory())
    sign_on = SignOn.objects.select_related("statement", "text__revision").get()
    assert sign_on.statement.state == "closed"
    signing.confirm(sign_on, version=1)
    verifying.accept(sign_on, by=UserFactory())
    assert_all_holds(sign_on.statement, signed=[ADDRESS])


def test_a_link_that_was_opened_before_the_closing_confirms_after_it(client):
    from signon import tokens

    statement = StatementFactory(slug="call")
    sign_on = sign(statement)
    link = f"/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/"
    assert client.get(link).status_code == 200
    Statement.objects.filter(pk=statement.pk).update(state="closed", closes_at=timezone.now() - timedelta(minutes=1))
    assert client.post(link, {"version": "1"}).status_code == 302
    assert fresh(sign_on).state == "confirmed"
    assert dispatching.claim() == []
    assert_all_holds(fresh(sign_on).statement, signed=[ADDRESS])
