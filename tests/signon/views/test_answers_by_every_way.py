"""What is answered to a statement's own questions is kept, by whatever way somebody signs."""

import pytest

from signon import tokens
from signon.models import LateLink, OwnAnswer
from signon.statements import convening, late_signing
from tests.factories import InvitationFactory, OwnQuestionFactory, StatementFactory, UserFactory
from tests.posted import typed
from tests.signon.views.test_delivery import HAND

pytestmark = pytest.mark.django_db


def by_form(client, statement, data):
    return client.post(f"/statements/{statement.slug}/sign/", data)


def by_invitation(client, statement, data):
    invitation = InvitationFactory(statement=statement, email=data["email"], state="waiting")
    return client.post(f"/invitations/{tokens.make(invitation, tokens.INVITATION)}/", data)


def by_convener(client, statement, data):
    convener = convening.add(statement, by=UserFactory(), name="House", email=data["email"], language="en")
    token = tokens.make(convener, tokens.DRAFT)
    return client.post(f"/statements/{statement.slug}/draft/{token}/sign/", data)


def by_late_link(client, statement, data):
    statement.state = "closed"
    statement.save()
    late_signing.make(statement, by=UserFactory(), name="Late House", email=data["email"], language="en")
    token = tokens.make(LateLink.objects.get(), tokens.LATE)
    return client.post(f"/statements/{statement.slug}/late/{token}/", data)


def by_hand(client, statement, data):
    client.force_login(UserFactory(staff=True))
    return client.post(f"/desk/statements/{statement.slug}/by-hand/", {**HAND, **data})


@pytest.mark.parametrize("way", [by_form, by_invitation, by_convener, by_late_link, by_hand])
def test_answers_are_kept_by(client, way):
    statement = StatementFactory()
    question = OwnQuestionFactory(statement=statement, required=True)
    data = typed(**{f"question_{question.pk}": "With our hands."})
    assert way(client, statement, data).status_code in (200, 302)
    answer = OwnAnswer.objects.get()
    assert (answer.question, answer.value) == (question, "With our hands.")


def test_by_hand_a_required_question_may_stay_open(client):
    statement = StatementFactory()
    OwnQuestionFactory(statement=statement, required=True)
    assert by_hand(client, statement, typed()).status_code == 302
