"""Each promise of the database about invitations, sources and networks is broken here on purpose."""

import pytest
from django.utils import timezone

from signon.models import InvitationWords, Member, Network, Source, Suppression
from tests.factories import InvitationFactory, OrganizationFactory, StatementFactory, UserFactory
from tests.signon.test_constraints import Refused, change

pytestmark = pytest.mark.django_db


def test_an_address_is_invited_once():
    one = InvitationFactory(email="asha@invited.example")
    InvitationFactory(statement=one.statement, email="Asha@Invited.example", planned=True)
    with Refused("an_address_is_invited_once"):
        InvitationFactory(statement=one.statement, email="Asha@Invited.example")


def test_an_organization_is_invited_once():
    one = InvitationFactory(organization=OrganizationFactory())
    InvitationFactory(statement=one.statement, organization=one.organization, planned=True)
    with Refused("an_organization_is_invited_once"):
        InvitationFactory(statement=one.statement, organization=one.organization)


def test_an_invitation_is_reminded_twice_at_most():
    with Refused("an_invitation_is_reminded_twice_at_most"):
        InvitationFactory(reminders=3, reminded_at=timezone.now())


def test_a_reminded_invitation_has_its_moment():
    with Refused("a_reminded_invitation_has_its_moment"):
        InvitationFactory(reminders=1)


def test_a_signed_invitation_says_how_that_was_found():
    with Refused("a_signed_invitation_says_how_that_was_found"):
        InvitationFactory(state="signed")


def test_only_what_has_an_address_is_mailed():
    with Refused("only_what_has_an_address_is_mailed"):
        InvitationFactory(email="", mail_wanted_at=timezone.now())


def test_an_invitation_that_asks_has_a_question():
    with Refused("an_invitation_that_asks_has_a_question"):
        InvitationFactory(state="asks")


def test_invitations_have_words_once_in_a_language():
    statement = StatementFactory()
    InvitationWords.objects.create(statement=statement, language="en")
    with Refused("invitations_have_words_once_in_a_language"):
        InvitationWords.objects.create(statement=statement, language="en")


def test_who_wants_no_invitations_gets_none_for_ever():
    suppression = Suppression.objects.create(mailbox="asha@invited.example", reason="opted_out")
    with Refused("who_wants_no_invitations_gets_none_for_ever"):
        change(suppression, lifted_at=timezone.now())


def test_a_code_is_one_partner_s():
    one = Source.objects.create(statement=StatementFactory(), code="amnesty", name="A", created_by=UserFactory())
    with Refused("a_code_is_one_partner_s"):
        Source.objects.create(statement=one.statement, code="amnesty", name="B", created_by=one.created_by)


def test_a_code_is_no_reserved_word():
    with Refused("a_code_is_no_reserved_word"):
        Source.objects.create(statement=StatementFactory(), code="invitation", name="A", created_by=UserFactory())


def test_a_member_has_a_number_of_its_own():
    network = Network.objects.create(name="A network", created_by=UserFactory())
    Member.objects.create(network=network, number=1, organization_name="One")
    with Refused("a_member_has_a_number_of_its_own"):
        Member.objects.create(network=network, number=1, organization_name="Two")
