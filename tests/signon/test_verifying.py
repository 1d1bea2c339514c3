import pytest
from django.utils import timezone

from signon import signing, verifying
from signon.models import Counter, Organization, SignOn
from signon.models.counter import Tally
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def tally(statement):
    return Counter.objects.filter(statement=statement).tally()


def test_accepting_lists_counts_and_enters_the_directory():
    sign_on, staff = SignOnFactory(confirmed=True), UserFactory()
    verifying.accept(sign_on, by=staff, reason="Known to us")
    assert (sign_on.state, sign_on.decided_by) == ("accepted", staff)
    assert sign_on.organization.name == sign_on.organization_name
    assert tally(sign_on.statement) == Tally(organizations=1, countries=1)
    assert sign_on.ledger.get(act="accepted").by == staff


def test_an_organization_of_the_same_name_and_country_is_found_again():
    first = accepted(organization_name="Third World Network", country="MY")
    second = accepted(organization_name="THIRD WORLD NETWORK", country="MY")
    elsewhere = accepted(organization_name="Third World Network", country="GH")
    assert second.organization == first.organization
    assert elsewhere.organization != first.organization


def test_an_organization_stands_once_on_a_statement():
    standing = accepted(organization_name="Third World Network")
    again = SignOnFactory(confirmed=True, statement=standing.statement, organization_name="Third World Network")
    with pytest.raises(verifying.StandsAlready) as caught:
        verifying.accept(again, by=UserFactory())
    assert caught.value.standing == standing
    again.refresh_from_db()
    assert (again.state, again.ledger.count(), again.messages.count()) == ("confirmed", 0, 0)
    assert tally(standing.statement).organizations == 1


def test_what_is_not_confirmed_cannot_be_accepted():
    sign_on = SignOnFactory()
    with pytest.raises(verifying.CannotDecide):
        verifying.accept(sign_on, by=UserFactory())
    assert Organization.objects.count() == 0


def test_declining_needs_a_reason_and_mails_it_after_ten_minutes():
    sign_on = SignOnFactory(confirmed=True)
    with pytest.raises(ValueError, match="reason"):
        verifying.decline(sign_on, by=UserFactory(), reason="  ")
    verifying.decline(sign_on, by=UserFactory(), reason="We could not reach you.")
    message = sign_on.messages.get()
    assert (message.kind, message.state) == ("declined", "queued")
    assert 590 < (message.due_at - timezone.now()).total_seconds() <= 600


def test_a_decision_taken_back_is_neither_listed_nor_counted_nor_mailed():
    sign_on = accepted()
    verifying.reopen(sign_on, by=UserFactory(), reason="Wrong one")
    assert (sign_on.state, sign_on.organization, sign_on.decided_by) == ("confirmed", None, None)
    assert sign_on.messages.get().state == "canceled"
    assert tally(sign_on.statement) == Tally()
    assert Organization.objects.count() == 0


def test_taking_back_leaves_an_organization_that_something_else_uses():
    first = accepted(organization_name="Third World Network")
    second = accepted(organization_name="Third World Network")
    verifying.reopen(first, by=UserFactory())
    assert second.organization.sign_ons.get() == second


def test_after_taking_back_a_new_decision_gets_a_mail_of_its_own():
    sign_on, staff = accepted(), UserFactory()
    verifying.reopen(sign_on, by=staff)
    verifying.accept(sign_on, by=staff)
    assert sorted(sign_on.messages.values_list("state", flat=True)) == ["canceled", "queued"]


def test_an_individual_is_counted_apart_and_makes_no_organization():
    sign_on = accepted(individual=True)
    assert sign_on.organization is None
    assert tally(sign_on.statement) == Tally(individuals=1)


def test_an_individual_s_address_stands_once():
    sign_on = accepted(individual=True, email="asha@secret.example")
    again = SignOnFactory(confirmed=True, individual=True, statement=sign_on.statement, email="Asha@secret.example")
    with pytest.raises(verifying.StandsAlready):
        verifying.accept(again, by=UserFactory())


def test_who_is_only_counted_adds_no_country():
    statement = StatementFactory()
    accepted(statement=statement, country="BH", consent_publish=False, listing="count")
    assert tally(statement) == Tally(organizations=1, countries=0)
    assert list(Counter.objects.values_list("country", flat=True)) == ["ZZ"]


def test_every_act_on_a_sign_on_keeps_its_chain_whole(capsys):
    from django.core.management import call_command

    sign_on = accepted()
    verifying.reopen(sign_on, by=UserFactory())
    verifying.decline(sign_on, by=UserFactory(), reason="Not an organization.")
    call_command("verify_ledger", sign_on.statement.slug)
    assert capsys.readouterr().out == "1 chains are intact.\n"
    assert [entry.act for entry in sign_on.ledger.all()] == ["accepted", "reopened", "declined"]


def test_a_withdrawn_sign_on_cannot_be_accepted():
    sign_on = SignOnFactory(confirmed=True)
    signing.withdraw(sign_on)
    with pytest.raises(verifying.CannotDecide):
        verifying.accept(sign_on, by=UserFactory())
    assert SignOn.objects.public().count() == 0
