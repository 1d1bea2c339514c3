"""Which invitation a sign-on answers."""

import pytest
from django.utils import timezone

from signon import inviting, signing, tasks, verifying
from signon.invitations import reconciling, replying
from signon.models import Distinction, Invitation, LedgerEntry, SignOn, Sought
from tests.factories import InvitationFactory, OrganizationFactory, SignOnFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]

NAME = "Kituo cha Sheria Legal Advice Centre"


def confirmed(invitation, **fields):
    return SignOnFactory(statement=invitation.statement, confirmed=True, **fields)


def now(invitation):
    invitation.refresh_from_db()
    return invitation.state, invitation.matched_by, invitation.sign_on


def test_a_sign_on_from_the_invited_address_answers_the_invitation():
    invitation = InvitationFactory(organization_name=NAME)
    signed = confirmed(invitation, organization_name=f"{NAME} (KCS)", country="", email=invitation.email.upper())
    assert tasks.gather_evidence() == 0
    assert now(invitation) == ("signed", "address", signed)


def test_the_address_alone_is_not_enough_where_another_organization_signs():
    invitation = InvitationFactory(organization_name=NAME)
    other = confirmed(invitation, organization_name="Pan African Climate Justice Alliance", email=invitation.email)
    reconciling.reconcile_due()
    assert now(invitation) == ("waiting", "", None)
    assert invitation.perhaps == other


def test_the_same_name_from_another_address_answers_it():
    invitation = InvitationFactory(organization_name=NAME)
    signed = confirmed(invitation, organization_name=NAME.upper(), email="other@elsewhere.example")
    reconciling.reconcile_due()
    assert now(invitation) == ("signed", "organization", signed)


def test_one_that_only_resembles_is_shown_and_decided_by_staff():
    invitation = InvitationFactory(organization_name="Women for Water", country="KE")
    near = confirmed(invitation, organization_name="Women for Water Network", country="")
    reconciling.reconcile_due()
    assert now(invitation)[0] == "waiting"
    assert list(reconciling.of(invitation.statement)) == [invitation]
    assert invitation.perhaps == near
    assert reconciling.is_it(invitation, near)
    assert now(invitation) == ("signed", "staff", near)


def test_what_staff_said_is_not_it_is_not_found_again():
    invitation = InvitationFactory(organization_name=NAME)
    confirmed(invitation, organization_name=NAME)
    reconciling.reconcile_due()
    assert reconciling.is_not_it(invitation)
    SignOn.objects.get().sought.delete()
    reconciling.reconcile_due()
    assert now(invitation) == ("waiting", "", None)
    assert invitation.perhaps is None


def test_once_accepted_the_directory_tells_which_it_is():
    entry = OrganizationFactory(name="Entirely Different Words", country="KE")
    invitation = InvitationFactory(organization_name="Nothing Alike", organization=entry)
    signed = confirmed(invitation, organization_name="Entirely Different Words")
    reconciling.reconcile_due()
    assert now(invitation)[0] == "waiting"
    verifying.accept(signed, by=UserFactory(), organization=entry)
    reconciling.reconcile_due()
    assert now(invitation) == ("signed", "organization", signed)


def test_who_staff_told_apart_is_not_taken_for_it():
    entry = OrganizationFactory(name=NAME, country="KE")
    invitation = InvitationFactory(organization_name=NAME)
    signed = confirmed(invitation, organization_name=NAME)
    verifying.accept(signed, by=UserFactory(), organization=entry)
    Distinction.objects.create(organization=entry, search_key=invitation.search_key, country="KE", by=UserFactory())
    reconciling.reconcile_due()
    assert now(invitation)[0] == "waiting"


def test_a_forwarded_link_counts_for_the_invitation_only_where_it_is_the_invited_organization():
    same, other = InvitationFactory(organization_name=NAME), InvitationFactory(organization_name="Bread for all")
    for invitation, name in ((same, NAME), (other, "Pan African Climate Justice Alliance")):
        typed = {"organization_name": name, "country": "KE", "email": "colleague@x.example", "authorized": True}
        signed = replying.sign(invitation, language="en", digest="", network="", **typed)
        signing.confirm(signed, version=1)
    reconciling.reconcile_due()
    assert now(same)[:2] == ("signed", "link")
    assert now(other)[0] == "waiting"
    assert other.perhaps


def test_looking_changes_no_sign_on():
    invitation = InvitationFactory(organization_name=NAME)
    confirmed(invitation, organization_name=NAME)
    before = SignOn.objects.values().get()
    reconciling.reconcile_due()
    assert SignOn.objects.values().get() == before
    assert LedgerEntry.objects.count() == 0


def test_unconfirmed_sign_ons_individuals_and_planned_invitations_are_left_alone():
    invitation = InvitationFactory(organization_name=NAME)
    SignOnFactory(statement=invitation.statement, organization_name=NAME)
    confirmed(invitation, individual=True, email=invitation.email)
    planned = InvitationFactory(planned=True, organization_name="Planned")
    confirmed(planned, organization_name="Planned")
    reconciling.reconcile_due()
    assert now(invitation)[0] == "waiting"
    assert now(planned)[0] == "planned"


def test_another_statement_s_sign_on_is_no_answer():
    invitation = InvitationFactory(organization_name=NAME)
    elsewhere = SignOnFactory(confirmed=True, organization_name=NAME, email=invitation.email)
    reconciling.reconcile_due()
    assert now(invitation)[0] == "waiting"
    assert not reconciling.is_it(invitation, elsewhere)


def test_each_sign_on_is_looked_up_once(django_assert_num_queries):
    invitation = InvitationFactory(organization_name=NAME)
    confirmed(invitation, organization_name="Pan African Climate Justice Alliance")
    reconciling.reconcile_due()
    with django_assert_num_queries(1):
        assert reconciling.reconcile_due() == 0
    verifying.accept(SignOn.objects.get(), by=UserFactory())
    reconciling.reconcile_due()
    with django_assert_num_queries(1):
        assert reconciling.reconcile_due() == 0


def test_one_invitation_has_one_answer():
    invitation = InvitationFactory(organization_name=NAME)
    first, second = (confirmed(invitation, organization_name=NAME) for _number in range(2))
    assert reconciling.is_it(invitation, first)
    assert not reconciling.is_it(Invitation.objects.get(), second)
    assert now(invitation)[2] == first


@pytest.mark.parametrize(
    ("end", "state"), [("withdraw", "withdrew"), ("decline", "declined"), ("this_was_not_me", "waiting")]
)
def test_what_became_of_the_sign_on_its_invitation_comes_to(end, state):
    invitation = InvitationFactory(organization_name=NAME)
    signed = confirmed(invitation, organization_name=NAME, email=invitation.email)
    reconciling.reconcile_due()
    if end == "withdraw":
        signing.withdraw(signed)
    elif end == "decline":
        verifying.decline(signed, by=UserFactory(), refusal="not_found")
    else:
        SignOn.objects.filter(pk=signed.pk).update(state="withdrawn", ending="not_me", ended_at=timezone.now())
    tasks.gather_evidence()
    tasks.gather_evidence()
    assert now(invitation)[0] == state
    assert inviting.remindable(invitation.statement).exists() == (state == "waiting")


def test_only_what_may_be_the_answer_of_a_moved_invitation_is_looked_up_again():
    invitation = InvitationFactory(organization_name=NAME)
    wrong, near, same_address, other = (
        confirmed(invitation, organization_name=name, **fields)
        for name, fields in [
            (NAME, {}),
            (f"{NAME} Network", {"country": ""}),
            ("Pan African Climate Justice Alliance", {"email": invitation.email}),
            ("Women for Water", {}),
        ]
    )
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert invitation.sign_on == wrong
    assert reconciling.is_not_it(invitation)
    assert set(Sought.objects.values_list("sign_on", flat=True)) == {wrong.pk, other.pk}
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert invitation.perhaps in (near, same_address)


def test_a_decline_that_is_taken_back_counts_again():
    invitation = InvitationFactory(organization_name=NAME)
    signed = confirmed(invitation, organization_name=NAME)
    reconciling.reconcile_due()
    verifying.decline(signed, by=UserFactory(), refusal="not_found")
    assert reconciling.follow() == 1
    assert now(invitation)[0] == "waiting"
    verifying.reopen(SignOn.objects.get(), by=UserFactory(), reason="A mistake.")
    assert reconciling.reconcile_due() == 1
    assert now(invitation) == ("signed", "organization", signed)
    assert reconciling.follow() == 0


def test_a_decline_of_what_came_by_its_own_address_is_followed_and_back():
    invitation = InvitationFactory(organization_name=NAME)
    signed = confirmed(invitation, organization_name=NAME, email=invitation.email)
    reconciling.reconcile_due()
    verifying.decline(signed, by=UserFactory(), refusal="not_found")
    assert reconciling.follow() == 1
    assert now(invitation) == ("declined", "address", signed)
    verifying.reopen(SignOn.objects.get(), by=UserFactory(), reason="A mistake.")
    assert reconciling.follow() == 1
    assert now(invitation) == ("signed", "address", signed)


def test_after_a_withdrawal_another_sign_on_of_the_organization_is_its_answer():
    invitation = InvitationFactory(organization_name=NAME)
    first, second = (confirmed(invitation, organization_name=NAME) for _number in range(2))
    reconciling.reconcile_due()
    assert now(invitation)[2] == first
    signing.withdraw(first)
    reconciling.follow()
    reconciling.reconcile_due()
    assert now(invitation) == ("signed", "organization", second)


def test_what_may_be_an_answer_ends_with_its_sign_on_and_what_stood_behind_it_is_shown():
    invitation = InvitationFactory(organization_name="Women for Water", country="KE")
    near = [
        confirmed(invitation, organization_name=name, country="")
        for name in ("Women for Water Network", "Women for Water Networks")
    ]
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    shown = invitation.perhaps
    assert shown in near
    signing.withdraw(shown)
    reconciling.follow()
    reconciling.reconcile_due()
    invitation.refresh_from_db()
    assert [invitation.perhaps] == [each for each in near if each != shown]


def test_what_is_found_to_be_another_s_is_no_longer_asked_about():
    one, other = (InvitationFactory(organization_name=name) for name in ("Women for Water", NAME))
    other.statement = one.statement
    other.save()
    signed = confirmed(one, organization_name="Women for Water Network", country="")
    reconciling.reconcile_due()
    one.refresh_from_db()
    assert one.perhaps == signed
    assert reconciling.is_it(other, signed)
    reconciling.follow()
    one.refresh_from_db()
    assert one.perhaps is None
