"""Who wants no invitations: one click, for ever, for all statements, and staff cannot change it."""

import pytest
from django.test import Client
from django.urls import reverse

from signon import mailing
from signon.mail import bouncing, dispatching, envelope
from signon.models import Message, Suppression
from tests.factories import InvitationFactory, SignOnFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]

ASHA = "asha@invited.example"


@pytest.fixture
def browser():
    """One that is refused wherever a CSRF token is asked for."""
    return Client(enforce_csrf_checks=True)


def path(language="en", kind="invitation"):
    url = envelope.unsubscribe_url(Message(mailbox=ASHA, language=language, kind=kind))
    return url.removeprefix("http://testserver")


@pytest.mark.parametrize("kind", sorted(Message.INVITING))
def test_one_click_in_an_invitation_opts_out_and_again_changes_nothing(browser, kind):
    for _number in range(2):
        answer = browser.post(
            path(kind=kind), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert (answer.status_code, answer.cookies) == (200, {})
        assert "We do not invite you any more" in answer.content.decode()
    assert list(Suppression.objects.values_list("mailbox", "reason")) == [(ASHA, "opted_out")]


def test_opening_the_link_changes_nothing(browser):
    page = browser.get(path()).content.decode()
    assert "Do you want no more invitations" in page
    assert Suppression.objects.count() == 0


def test_no_button_and_no_post_takes_it_back(browser):
    browser.post(path(), {})
    assert "<form" not in browser.get(path()).content.decode().split("<main")[1]
    browser.post(path(), {"act": "subscribe"})
    news = envelope.unsubscribe_url(Message(mailbox=ASHA, language="en", kind="update"))
    browser.post(news.removeprefix("http://testserver"), {"act": "subscribe"})
    assert bouncing.has_opted_out(ASHA)


def test_staff_cannot_lift_it(client):
    client.force_login(UserFactory(staff=True))
    one = Suppression.objects.create(mailbox=ASHA, reason="opted_out")
    client.post(reverse("admin:signon_suppression_changelist"), {"action": "lift_chosen", "_selected_action": one.pk})
    assert bouncing.has_opted_out(ASHA)


def test_it_stops_invitations_alone():
    bouncing.opt_out(ASHA)
    stopped = {kind for kind in Message.Kind.values if Suppression.objects.get().stops(Message(kind=kind))}
    assert stopped == Message.INVITING


def test_unsubscribing_from_news_stops_invitations_too():
    bouncing.unsubscribe(ASHA)
    sign_on, invitation = SignOnFactory(email=ASHA), InvitationFactory(email=ASHA)
    mailing.compose("verification", key="1", sign_on=sign_on)
    mailing.compose("invitation", key="2", to=ASHA, invitation=invitation)
    for lane in ("transactional", "bulk"):
        dispatching.deliver(dispatching.claim(lane=lane))
    assert dict(Message.objects.values_list("kind", "state")) == {"verification": "sent", "invitation": "suppressed"}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_page_is_in_the_mail_s_language(browser, language):
    assert f'lang="{language}"' in browser.get(path(language)).content.decode()


def test_no_log_holds_the_link_of_an_invitation():

    from config import logs

    for path_, told in [
        ("/fr/invitations/secret:1:2/", "/fr/invitations/…/"),
        ("/invitations/secret/question/", "/invitations/…/question/"),
        ("/desk/invitations/12/", "/desk/invitations/12/"),
    ]:
        assert logs.harmless(f"GET {path_} 200") == f"GET {told} 200"
