"""How a sign-on came, as evidence beside its case."""

import pytest
from django.utils import timezone

from signon import signing
from signon.casework import ways_in
from signon.invitations import replying
from signon.models import Convener, HandEntry, Invitation, Membership
from signon.people import roles
from tests.factories import InvitationFactory, OrganizationFactory, SignOnFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer():
    return UserFactory(staff=True)


def told(sign_on, user):
    return [(way.weight, way.title, way.why) for way in ways_in.of(sign_on, user)]


def sign(invitation, **instead):
    typed = {"organization_name": invitation.organization_name, "country": "KE", "email": invitation.email,
             "authorized": True}  # fmt: skip
    return replying.sign(invitation, language="en", digest="", network="", **(typed | instead))


def test_what_came_by_no_way_of_its_own_says_nothing(organizer):
    assert told(SignOnFactory(confirmed=True), organizer) == []


def test_one_that_was_invited_and_signed_at_its_own_address(organizer):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria", created_by=UserFactory(name="Wanjiru"))
    [(weight, title, why)] = told(sign(invitation), organizer)
    assert (weight, title) == ("supports", "An invited one")
    assert why.startswith("Wanjiru invited Kituo cha Sheria on ")
    assert "The link went to the signer’s own address." in why
    assert "confirmed by the link of its invitation" in why


def test_another_address_and_the_invited_one_s_are_told_apart_and_told_to_organizers_alone(organizer):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    signed = sign(invitation, email="colleague@elsewhere.example")
    signing.confirm(signed, version=1)
    [(weight, _title, why)] = told(signed, organizer)
    assert weight == "asks"
    assert f"The link went to another address: {invitation.email}." in why
    assert "confirmed by the link" not in why
    verifier = UserFactory()
    roles.give(verifier, "verifier")
    other = UserFactory()
    roles.give(other, "campaign_manager")
    for user in (verifier, other):
        [way] = ways_in.of(signed, user)
        assert invitation.email not in way.why
        assert way.invitation is None
    Membership.objects.create(user=other, campaign=invitation.statement.campaign)
    [way] = ways_in.of(signed, type(other).objects.get(pk=other.pk))
    assert (invitation.email in way.why, way.invitation) == (True, invitation.pk)


def test_a_name_that_was_not_invited_is_perhaps_an_answer(organizer):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    [(weight, title, why)] = told(sign(invitation, organization_name="Bread and Roses Alliance"), organizer)
    assert (weight, title) == ("asks", "Perhaps an invited one")
    assert "not decided yet" in why


def test_a_convener_s_own_link_and_a_convener_s_name_alone(organizer):
    entry = OrganizationFactory(name="Bread House")
    by_link = SignOnFactory(confirmed=True)
    named = SignOnFactory(confirmed=True, statement=by_link.statement, organization_name="Bread House")
    for place, fields in enumerate([{"sign_on": by_link}, {"organization": entry}], 1):
        Convener.objects.create(
            statement=by_link.statement, name=f"Convener {place}", place=place, email="a@b.example", **fields
        )
    assert [way[:2] for way in told(by_link, organizer)] == [("supports", "A convener")]
    assert [way[:2] for way in told(named, organizer)] == [("asks", "A convener’s name")]


def test_who_vouches_for_what_was_entered_by_hand(organizer, client):
    signed = SignOnFactory(confirmed=True, source="staff")
    HandEntry.objects.create(
        sign_on=signed, channel="phone", said_on=timezone.localdate(), vouched_by="Carla Neto",
        by=UserFactory(name="Asha"),
    )  # fmt: skip
    [(weight, title, why)] = told(signed, organizer)
    assert (weight, title) == ("asks", "Entered by hand")
    assert why.startswith("Entered by Asha: Telephone, ")
    assert "Carla Neto vouches for it." in why
    client.force_login(organizer)
    page = client.get(f"/desk/sign-ons/{signed.pk}/").content.decode()
    assert page.count("Carla Neto vouches for it.") == 1


def test_the_case_s_ledger_says_that_an_invitation_s_link_confirmed(organizer, client):
    signed = sign(InvitationFactory())
    client.force_login(organizer)
    page = " ".join(client.get(f"/desk/sign-ons/{signed.pk}/").content.decode().split())
    assert "Confirmed (by the link of its invitation)" in page
    assert "Its invitation" in page


@pytest.mark.parametrize("left", ["pointers", "nothing"])
def test_that_an_invitation_s_link_confirmed_it_is_told_also_once_the_invitation_is_another_s(organizer, left):
    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    signed = sign(invitation, organization_name="Bread and Roses Alliance")
    if left == "pointers":
        Invitation.objects.update(sign_on=None, perhaps=None, not_these=[signed.pk])
    else:
        signed.messages.all().delete()
        Invitation.objects.all().delete()
    [(weight, _title, why)] = told(signed, organizer)
    assert weight == "asks"
    assert "confirmed by the link of its invitation" in why
    assert ("invited Kituo cha Sheria" in why) == (left == "pointers")


def test_the_case_says_that_the_invited_one_calls_it_another_s(organizer):
    from signon.invitations import reconciling

    invitation = InvitationFactory(organization_name="Kituo cha Sheria")
    signed = SignOnFactory(
        statement=invitation.statement, confirmed=True, organization_name="Kituo cha Sheria", country="KE"
    )
    reconciling.reconcile_due()
    assert replying.was_not_us(invitation)
    sign(invitation)
    [(weight, _title, why)] = told(signed, organizer)
    assert weight == "asks"
    assert "said that this was not them" in why
