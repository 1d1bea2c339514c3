"""What waits beside sign-ons is told to those whose right it is, of statements that they reach."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import mailing
from signon.casework import pending
from signon.mail import relevance, reminding, rendering
from signon.models import Message, OwnAnswer
from signon.people import roles
from signon.statements import convening
from tests.factories import InvitationFactory, OwnQuestionFactory, SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def person(role, statement=None, **fields):
    made = UserFactory(**({"digest": "daily"} | fields))
    roles.give(made, role)
    if statement:
        made.memberships.create(campaign=statement.campaign)
    return made


def with_all_that_waits(**fields):
    """A statement with two open comments and a settled one, a question, and a quote that nobody looked at."""
    statement = StatementFactory(**({"state": "circulating"} | fields))
    by = UserFactory()
    beta = convening.add(statement, by=by, name="Beta", email="beta@secret.example")
    for words in ("One.", "Two.", "Three."):
        said = convening.comment(beta, words, text=statement.text())
    convening.settle(said, by=by)
    InvitationFactory(statement=statement, state="asks", question="When?")
    InvitationFactory(statement=statement)
    question = OwnQuestionFactory(statement=statement, is_quote=True, public=True)
    signed = SignOnFactory(statement=statement, confirmed=True)
    OwnAnswer.objects.create(sign_on=signed, question=question, value="For bread.")
    return statement


def told(user, statement=None):
    return [(each.statement, each.code, each.number) for each in pending.beside_sign_ons(user, statement)]


def test_each_sees_what_is_theirs_to_deal_with():
    one, other = with_all_that_waits(), with_all_that_waits()
    comments, questions, quotes = ("comments", 2), ("questions", 1), ("quotes", 1)
    expected = {
        "campaign_manager": [(one, *comments), (one, *questions), (one, *quotes)],
        "verifier": [(one, *quotes), (other, *quotes)],
        "editor": [(one, *comments), (other, *comments)],
        "exporter": [],
    }
    for role, rows in expected.items():
        assert told(person(role, one if role == "campaign_manager" else None)) == rows
    manager = person("campaign_manager", one)
    assert told(manager, one) == expected["campaign_manager"]
    assert told(manager, other) == []


def test_what_is_over_waits_no_more():
    statement = with_all_that_waits()
    manager = person("campaign_manager", statement)
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    assert [code for _one, code, _number in told(manager)] == ["questions", "quotes"]
    Statement.objects.filter(pk=statement.pk).update(state="withdrawn")
    assert told(manager) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_do_not_grow(number, django_assert_max_num_queries):
    for _time in range(number):
        with_all_that_waits()
    chief = person("administrator")
    with django_assert_max_num_queries(10):
        assert len(told(chief)) == 3 * number


def test_a_digest_tells_of_it_with_the_pages_where_it_is_dealt_with(settings):
    statement = with_all_that_waits(texts={"en": "Bread"})
    manager, stranger = person("campaign_manager", statement), person("campaign_manager", StatementFactory())
    editor = person("editor")
    monday = timezone.now().replace(hour=7)
    with time_machine.travel(monday):
        assert reminding.send_digests() == 2
        assert reminding.send_digests() == 0
    assert not Message.objects.filter(user=stranger).exists()
    body = rendering.render(Message.objects.get(user=manager)).body
    for name, words in (
        ("desk-conveners", "2 comments are not settled"),
        ("desk-invitations", "1 invited organization asks a question"),
        ("desk-quotes", "1 quote or corrected answer is to be read"),
    ):
        assert words in body
        assert settings.SITE_URL + reverse(name, args=[statement.slug]) in body
    written = rendering.render(Message.objects.get(user=editor))
    assert written.subject == "What waits at the desk"
    assert "2 comments are not settled" in written.body
    assert reverse("desk-text", args=[statement.slug]) in written.body
    assert "Kenya" not in written.body
    assert "When?" not in body


def test_a_digest_of_what_was_settled_meanwhile_is_not_sent():
    statement = StatementFactory(state="circulating")
    beta = convening.add(statement, by=UserFactory(), name="Beta", email="beta@secret.example")
    said = convening.comment(beta, "One.", text=statement.text())
    message = mailing.draft(Message.Kind.DIGEST, key="d", user=person("editor"))
    assert relevance.is_true(message)
    convening.settle(said, by=UserFactory())
    assert not relevance.is_true(message)


def test_a_statement_s_overview_names_it_with_links(client):
    statement = with_all_that_waits()
    client.force_login(person("campaign_manager", statement))
    page = client.get(reverse("desk-statement", args=[statement.slug])).content.decode()
    for words in (
        "2 comments are not settled",
        "1 invited organization asks a question",
        "1 quote or corrected answer is to be read",
    ):
        assert words in page
    assert f'href="{reverse("desk-quotes", args=[statement.slug])}"' in page
    client.force_login(person("verifier"))
    page = client.get(reverse("desk-statement", args=[statement.slug])).content.decode()
    assert "1 quote or corrected answer is to be read" in page
    assert "comments are not settled" not in page
