"""What goes and what stays is decided in one place: the plan says what the erasure does."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from signon.models import LedgerEntry, Seat, SignOn
from signon.privacy import erasing, held, planning
from tests.elsewhere import together
from tests.factories import OrganizationFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
MAIN, SECOND = "asha@main.example", "asha@house.example"
COUNTED = {"consent_publish": False, "listing": "count"}


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


def an_account(*addresses, **fields):
    user = UserFactory(email=addresses[0], **fields)
    for address in addresses:
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=address == addresses[0])
    return user


def a_seat(organization, user=None, email="", state="stands", **fields):
    decided = {"how": "staff", "decided_at": timezone.now(), "decided_by": UserFactory(staff=True)}
    given = decided if state == "stands" else {}
    return Seat.objects.create(organization=organization, user=user, email=email, state=state, **given, **fields)


def counted(email=SECOND):
    """An accepted sign-on of one organization, of another statement each time, that is only counted."""
    return accepted(statement=StatementFactory(), email=email, organization_name="Bread House", **COUNTED)


def state_of(sign_on):
    return SignOn.objects.values_list("state", flat=True).get(pk=sign_on.pk)


def test_a_second_address_goes_and_the_account_acts_on_under_its_main_one():
    user, house, offers = an_account(MAIN, SECOND), OrganizationFactory(), OrganizationFactory()
    seat = a_seat(house, user, SECOND, role="owner")
    offered = a_seat(offers, email=SECOND, state="invited")
    plan = planning.plan(SECOND)
    told = " ".join(plan.stays)
    assert "The account that has this as one more address stays" in told
    assert f"goes on acting for {house}" in told
    goes = dict(plan.goes)
    assert goes["For which organizations you act"] == 1
    assert goes["Addresses of an account"] == 1
    assert "Account" not in goes
    assert plan.follows == []
    erasing.erase(SECOND)
    seat.refresh_from_db()
    assert (seat.state, seat.role, seat.email, seat.user) == ("stands", "owner", MAIN, user)
    assert not Seat.objects.filter(pk=offered.pk).exists()
    user.refresh_from_db()
    assert (user.email, user.is_active) == (MAIN, True)
    assert list(user.emailaddress_set.values_list("email", flat=True)) == [MAIN]
    assert not held.anything(SECOND)


def test_a_sign_on_at_a_second_address_stays_while_its_account_acts_for_the_organization():
    signed = counted()
    a_seat(signed.organization, an_account(MAIN, SECOND), SECOND)
    assert planning.plan(SECOND).sign_ons == []
    erasing.erase(SECOND)
    assert state_of(signed) == "accepted"


def test_the_main_address_takes_the_account_and_its_seats_and_leaves_what_other_addresses_signed():
    user, house = an_account(MAIN, SECOND), OrganizationFactory()
    a_seat(house, user, SECOND)
    signed = counted()
    plan = planning.plan(MAIN)
    assert dict(plan.goes)["For which organizations you act"] == 1
    assert "What is held of the other addresses of your account" in " ".join(plan.stays)
    assert f"Nobody acts for {house} here afterwards" in plan.follows[0]
    erasing.erase(MAIN)
    assert not Seat.objects.exists()
    signed.refresh_from_db()
    assert (signed.state, signed.email) == ("accepted", SECOND)


def test_an_account_of_staff_that_has_it_as_one_more_address_stays_as_it_is():
    user = an_account(MAIN, SECOND, is_staff=True)
    a_seat(OrganizationFactory(), user, SECOND)
    plan = planning.plan(SECOND)
    assert plan.goes == []
    assert "The staff account that has this as one more address stays as it is" in " ".join(plan.stays)
    erasing.erase(SECOND)
    assert user.emailaddress_set.count() == 2
    assert Seat.objects.get().email == SECOND


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_who_alone_act_for_an_organization_the_last_takes_the_signatures_along(first):
    both = [counted("ann@house.example"), counted("ben@house.example")]
    assert both[0].organization == both[1].organization
    by_name = accepted(email="ann@house.example", organization_name="Bread House")
    one, other = both[first], both[1 - first]
    erasing.erase(one.email)
    assert [state_of(each) for each in both] == ["accepted", "accepted"]
    own, too = planning.plan(other.email).sign_ons
    assert "nobody else acts for the organization" in own
    assert "whose representative was erased before" in too
    assert erasing.erase(other.email).counts["withdrawn"] == 2
    assert [state_of(each) for each in both] == ["withdrawn", "withdrawn"]
    assert state_of(by_name) == "accepted"
    for each in both:
        last = LedgerEntry.objects.filter(sign_on=each).order_by("-number")[0]
        assert (last.act, last.facts) == ("erased", {"withdrawn": True})


def test_the_last_seat_that_is_erased_takes_the_signature_along_that_stood_by_it():
    signed = counted()
    a_seat(signed.organization, an_account(MAIN), MAIN)
    erasing.erase(SECOND)
    assert state_of(signed) == "accepted"
    assert "whose representative was erased before" in planning.plan(MAIN).sign_ons[0]
    erasing.erase(MAIN)
    assert state_of(signed) == "withdrawn"


def test_a_signature_whose_contacts_went_with_their_time_goes_with_nobody():
    forgotten = counted("ann@house.example")
    own = counted()
    SignOn.objects.filter(pk=forgotten.pk).update(email="", representative_name="")
    erasing.erase(SECOND)
    assert (state_of(forgotten), state_of(own)) == ("accepted", "withdrawn")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(3))
def test_two_who_are_erased_at_once_leave_no_signature_with_nobody(again):
    both = [counted("ann@house.example"), counted("ben@house.example")]
    results = together(*[lambda each=each: erasing.erase(each.email) for each in both])
    assert [each for each in results if isinstance(each, Exception)] == []
    assert [state_of(each) for each in both] == ["withdrawn", "withdrawn"]
