"""How long contacts of invitations are kept."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from signon import inviting, mailing, retention, tasks
from signon.mail import bouncing
from signon.models import Invitation, Message
from tests.factories import InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db


def end(invitation, state):
    invitation.statement.state = state
    invitation.statement.save()


def later(days):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


@pytest.mark.parametrize("state", ["delivered", "withdrawn"])
def test_contacts_are_erased_a_while_after_the_statement_is_over(state, settings):
    settings.INVITATION_CONTACT_DAYS = 30
    invitation = InvitationFactory(
        email="secret@invited.example", contact_name="Secret Person", state="refused", reason="Secret reason",
        question="Secret question", looked_after_by=UserFactory(),
    )  # fmt: skip
    inviting.note(invitation, by=UserFactory(), words="Secret note")
    mailing.compose("invitation", key="1", to=invitation.email, invitation=invitation)
    bouncing.opt_out("secret@invited.example")
    planned = InvitationFactory(statement=invitation.statement, planned=True)
    end(invitation, state)
    key = invitation.link_key
    tasks.expire_unconfirmed()
    with later(29):
        assert retention.forget_invited() == 0
    with later(31):
        assert retention.forget_invited() == 1
        assert retention.forget_invited() == 0
    left = Invitation.objects.get()
    assert left.pk != planned.pk
    assert {name: getattr(left, name) for name in Invitation.PERSONAL_DATA} == {
        "contact_name": "", "email": "", "reason": "", "question": "", "notes": [], "problems": [],
    }  # fmt: skip
    assert (left.state, left.organization_name, left.told.count()) == ("refused", invitation.organization_name, 0)
    assert left.erased_at
    assert left.link_key != key
    assert (Message.objects.get().to_address, Message.objects.get().state) == ("erased@invalid.invalid", "canceled")
    assert bouncing.has_opted_out("secret@invited.example")


def test_an_open_statement_s_are_kept_and_a_reopened_one_begins_anew():
    invitation = InvitationFactory()
    with later(1000):
        assert retention.forget_invited() == 0
    end(invitation, "delivered")
    retention.forget_invited()
    end(invitation, "open")
    retention.forget_invited()
    end(invitation, "delivered")
    with later(91):
        assert retention.forget_invited() == 0
    assert Invitation.objects.get().email == invitation.email
