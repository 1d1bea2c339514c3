from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import organizing, signing, tokens, verifying
from signon.mail import relevance
from signon.models import LateLink, Message, SignOn
from signon.statements import late_signing, time_to_confirm
from tests.elsewhere import together
from tests.factories import StatementFactory, UserFactory
from tests.posted import typed
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db
AUTHORED = {
    "organization_name": "Alpha",
    "country": "KE",
    "organization_type": "ngo",
    "representative_name": "Asha Rao",
    "email": "alpha@secret.example",
    "authorized": True,
    "consent_publish": True,
}


@pytest.fixture
def closed():
    return StatementFactory(state="closed", opens_at=None, closes_at=timezone.now() - timedelta(days=20))


def late_link(statement, name="Alpha"):
    email = f"{name.lower()}@secret.example"
    return late_signing.make(statement, by=UserFactory(), name=name, email=email, language="en")


def address(link):
    return reverse("late", args=[link.statement.slug, tokens.make(link, tokens.LATE)])


def test_by_a_personal_link_one_signs_although_it_is_closed_and_confirms_and_is_accepted(client, closed):
    url = address(late_link(closed))
    page = client.get(url)
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert 'value="Alpha"' in page.content.decode()
    posted = client.post(url, typed(text=closed.text().digest))
    assert (posted.status_code, posted["Location"]) == (302, f"{url}sent/")
    made = SignOn.objects.get()
    assert made.came_late
    confirm = reverse("confirm", args=[tokens.make(made, tokens.CONFIRM)])
    assert client.post(confirm, {"version": 1}).status_code == 302
    verifying.accept(SignOn.objects.get(), by=UserFactory())
    assert closed.counters.all().tally().organizations == 1


def test_for_everybody_else_it_stays_closed(client, closed):
    late_link(closed)
    posted = client.post(reverse("sign", args=[closed.slug]), typed(text=closed.text().digest))
    assert (posted.status_code, posted["Location"]) == (302, closed.get_absolute_url())
    assert not SignOn.objects.exists()


def test_a_link_is_good_for_one_sign_on(client, closed):
    link = late_link(closed)
    made = late_signing.sign(link, language="en", **AUTHORED)
    again = late_signing.sign(link, language="en", **(AUTHORED | {"organization_name": "Alpha Beta"}))
    assert again == made
    signing.confirm(SignOn.objects.get(), version=2)
    with pytest.raises(signing.NotOpen):
        late_signing.sign(link, language="en", **(AUTHORED | {"email": "other@secret.example"}))
    answer = client.get(address(link))
    assert answer.status_code == 410
    assert "End detention." not in answer.content.decode()


@pytest.mark.parametrize("state", ["delivered", "answered", "withdrawn"])
def test_a_link_ends_at_delivery(client, closed, state):
    link = late_link(closed)
    made = late_signing.sign(link, language="en", **AUTHORED)
    Statement.objects.filter(pk=closed.pk).update(state=state)
    assert client.get(address(link)).status_code == 410
    with pytest.raises(signing.NotOpen):
        late_signing.sign(link, language="en", **AUTHORED)
    with pytest.raises(signing.CannotConfirm):
        signing.confirm(SignOn.objects.get(pk=made.pk), version=1)


def test_who_made_a_link_ends_it_and_its_mail_is_not_sent(client, closed):
    link = late_link(closed)
    assert late_signing.end(link, by=UserFactory())
    assert not late_signing.end(link, by=UserFactory())
    assert client.get(address(link)).status_code == 410
    assert Message.objects.get(kind="late").state == "canceled"
    assert list(closed.ledger.order_by("number").values_list("act", flat=True)) == ["late_link_made", "late_link_ended"]


def test_a_mail_with_a_link_that_ended_is_not_true(closed):
    link = late_link(closed)
    message = Message.objects.get(kind="late")
    assert relevance.is_true(message)
    LateLink.objects.filter(pk=link.pk).update(ended_at=timezone.now(), ended_by=UserFactory())
    assert not relevance.is_true(Message.objects.get(pk=message.pk))


@pytest.mark.parametrize("state", ["draft", "circulating", "open", "delivered", "answered", "withdrawn"])
def test_links_are_made_only_between_closing_and_delivery(state):
    with pytest.raises(organizing.Forbidden):
        late_link(StatementFactory(state=state))


def test_a_link_that_was_ended_has_who_and_when(closed):
    link = late_link(closed)
    with Refused("a_link_that_was_ended_has_who_and_when"):
        LateLink.objects.filter(pk=link.pk).update(ended_at=timezone.now())


def test_what_was_signed_late_may_be_confirmed_longer_than_what_was_signed_in_time(closed):
    made = late_signing.sign(late_link(closed), language="en", **AUTHORED)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert time_to_confirm.why_not(SignOn.objects.get(pk=made.pk)) == ""
    SignOn.objects.filter(pk=made.pk).update(came_late=False)
    assert time_to_confirm.why_not(SignOn.objects.get(pk=made.pk)) == "closed"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_try_by_one_link_at_once_both_words_make_one_sign_on():
    statement = StatementFactory(state="closed", opens_at=None, closes_at=timezone.now() - timedelta(days=20))
    link = late_link(statement)

    def sign():
        return late_signing.sign(LateLink.objects.get(pk=link.pk), language="en", **AUTHORED)

    assert len({made.pk for made in together(sign, sign)}) == 1
    assert SignOn.objects.count() == 1
