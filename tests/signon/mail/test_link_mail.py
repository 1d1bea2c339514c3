"""Mail with somebody's own link: it goes out to who unsubscribed from news, and the desk says where it cannot go."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from signon import mailing
from signon.mail import dispatching, link_mail
from signon.models import Convener, LateLink, Message, Suppression
from signon.people import roles
from signon.statements import convening, deadlines, late_signing
from tests.factories import SignOnFactory, StatementFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]
ADDRESS = "alpha@secret.example"
OWN = ["draft", "comment", "late", "deadline"]


@pytest.fixture
def chief(client):
    user = UserFactory()
    roles.give(user, "administrator")
    client.force_login(user)
    return user


def convener(statement):
    return convening.add(statement, by=UserFactory(), name="Alpha", email=ADDRESS, language="en")


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize(
    ("reason", "stops"),
    [("unsubscribed", False), ("opted_out", False), ("bounced", True), ("complained", True), ("by_hand", True)],
)
def test_one_s_own_link_comes_to_who_wants_no_news_and_not_to_what_bounced(kind, reason, stops):
    against = Suppression.objects.create(mailbox=ADDRESS, reason=reason)
    assert against.stops(Message(kind=kind)) == stops
    assert link_mail.barring(kind, [ADDRESS, "other@some.example"]) == ({ADDRESS: reason} if stops else {})


def test_a_moved_deadline_is_mail_to_many():
    assert mailing.draft("deadline", key="d", to=ADDRESS).lane == "bulk"
    assert mailing.draft("late", key="l", to=ADDRESS).lane == "transactional"


def test_a_private_link_is_not_sent_to_what_bounced_and_the_desk_says_so(client, chief):
    statement = StatementFactory(state="circulating")
    alpha = convener(statement)
    send = reverse("desk-convener-act", args=[statement.slug, alpha.pk, "send"])
    page = client.post(send, follow=True).content.decode()
    assert "is on its way to alpha@secret.example" in page
    assert "The link is on its way" in page
    message = Message.objects.get(kind="draft")
    mailing.note(Message.objects.filter(pk=message.pk), "sent", sent_at=timezone.now())
    url = reverse("desk-conveners", args=[statement.slug])
    sent = client.get(url).content.decode().partition("Link sent")[2]
    assert "New York time" in sent.partition("</p>")[0]
    mailing.note(Message.objects.filter(pk=message.pk), "bounced")
    page = client.get(url).content.decode()
    assert "Not received: mail to this address bounced." in page
    assert "Link sent" not in page
    Suppression.objects.create(mailbox=ADDRESS, reason="bounced")
    assert "Not sent: mail to this address bounced." in client.post(send, follow=True).content.decode()
    assert Message.objects.count() == 1
    with pytest.raises(link_mail.Unreachable):
        convening.send_link(alpha)


def test_what_a_worker_held_back_is_told_with_its_reason(client, chief):
    statement = StatementFactory(state="circulating")
    convening.send_link(convener(statement))
    Suppression.objects.create(mailbox=ADDRESS, reason="complained")
    dispatching.deliver_due("transactional")
    assert Message.objects.get().state == "suppressed"
    page = client.get(reverse("desk-conveners", args=[statement.slug])).content.decode()
    assert "Not sent: this address reported our mail as spam." in page


def test_a_comment_is_settled_and_the_desk_says_that_nobody_is_told(client, chief):
    statement = StatementFactory(state="circulating")
    said = convening.comment(convener(statement), "No.", text=statement.text())
    Suppression.objects.create(mailbox=ADDRESS, reason="bounced")
    url = reverse("desk-settle", args=[statement.slug, said.pk])
    page = client.post(url, {"answer": "Yes."}, follow=True).content.decode()
    assert "Settled. Not sent: mail to this address bounced." in page
    said.refresh_from_db()
    assert said.settled_at


@pytest.mark.parametrize("gone", [{"email": "", "contact_name": ""}, {"removed_at": timezone.now()}])
def test_whose_address_was_erased_or_who_was_removed_is_not_said_to_be_told(client, chief, gone):
    statement = StatementFactory(state="circulating")
    said = convening.comment(convener(statement), "No.", text=statement.text())
    Convener.objects.update(**gone)
    url = reverse("desk-settle", args=[statement.slug, said.pk])
    page = client.post(url, {"answer": "Yes."}, follow=True).content.decode()
    assert "Settled." in page
    assert "is told" not in page
    assert not Message.objects.exists()


def test_no_late_link_is_made_for_an_address_that_bounced(client, chief):
    statement = StatementFactory(state="closed", opens_at=None, closes_at=timezone.now() - timedelta(days=1))
    Suppression.objects.create(mailbox=ADDRESS, reason="bounced")
    url = reverse("desk-late-links", args=[statement.slug])
    answer = client.post(url, {"name": "Alpha", "email": ADDRESS, "language": "en"})
    assert answer.status_code == 422
    assert "Not sent: mail to this address bounced." in answer.content.decode()
    assert not LateLink.objects.exists()
    late_signing.make(statement, by=chief, name="Beta", email="beta@some.example", language="en")
    assert "The link is on its way · Not used yet" in " ".join(client.get(url).content.decode().split())


def test_who_is_told_of_a_moved_deadline_is_counted_without_what_bounced():
    statement = StatementFactory()
    SignOnFactory(statement=statement, email=ADDRESS)
    SignOnFactory(statement=statement, email="beta@some.example")
    Suppression.objects.create(mailbox=ADDRESS, reason="bounced")
    Suppression.objects.create(mailbox="beta@some.example", reason="unsubscribed")
    assert deadlines.move(statement, timezone.now() + timedelta(days=30), by=UserFactory()) == 1
