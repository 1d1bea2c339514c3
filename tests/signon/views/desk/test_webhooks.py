"""Webhooks at the desk: added, tried out, stopped; a secret is shown once."""

from ipaddress import ip_network

import pytest

from signon.models import Announcement, Membership, Webhook
from signon.people import roles
from signon.programs import announcements
from tests.factories import StatementFactory, UserFactory, accepted
from tests.receiver import receiving

pytestmark = pytest.mark.django_db
DESK = "/desk/webhooks/"


@pytest.fixture
def manager(client):
    user = UserFactory()
    roles.give(user, "campaign_manager")
    client.force_login(user)
    return user


@pytest.fixture
def webhook(manager):
    return Webhook.objects.create(url="https://hooks.example/names", created_by=manager)


def act(client, webhook, name):
    return client.post(f"{DESK}{webhook.pk}/{name}/", follow=True)


@pytest.mark.parametrize("path", [DESK, f"{DESK}1/", f"{DESK}1/change/"])
def test_only_who_may_manage_webhooks_opens_their_pages(client, path):
    assert client.get(path).status_code == 302
    user = UserFactory()
    roles.give(user, "verifier")
    client.force_login(user)
    assert client.get(path).status_code == 403
    assert client.post(f"{DESK}1/reveal/").status_code == 403


@pytest.mark.parametrize("language", ["", "/fr", "/es", "/ar"])
@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/change/"])
def test_every_page_opens_and_is_kept_by_no_cache(client, webhook, language, path):
    accepted()
    answer = client.get(f"{language}{DESK}{path.format(pk=webhook.pk)}")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert webhook.secret not in answer.content.decode()


def test_one_is_added_and_its_secret_shown_once(client, manager):
    statement = StatementFactory()
    Membership.objects.create(user=manager, campaign=statement.campaign)
    typed = {"url": "https://hooks.example/names", "tells_of_accepted": "on", "statements": [statement.pk]}
    page = client.post(DESK, typed, follow=True)
    webhook = Webhook.objects.get()
    assert (webhook.created_by, list(webhook.statements.all())) == (manager, [statement])
    assert webhook.secret not in page.content.decode()
    shown = act(client, webhook, "reveal")
    assert webhook.secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    again = act(client, webhook, "reveal").content.decode()
    assert webhook.secret not in again
    assert "It was shown already" in again


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://hooks.example/", "The address must begin with https://."),
        ("https://10.0.0.1/", "The address leads to a network that is not public."),
        ("https://me:secret@hooks.example/", "An address with a name or a password in it is not used."),
    ],
)
def test_an_address_that_we_would_not_send_to_is_refused_at_once_and_stays_in_the_form(client, manager, url, sentence):
    page = client.post(DESK, {"url": url, "tells_of_accepted": "on"})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert url in page.content.decode()
    assert not Webhook.objects.exists()


def test_one_that_would_be_told_of_nothing_is_refused(client, manager):
    page = client.post(DESK, {"url": "https://hooks.example/"})
    assert page.status_code == 422
    assert "Choose at least one thing to be told of." in page.content.decode()


def test_after_a_change_both_secrets_sign_for_a_day(client, manager, settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiving() as receiver:
        webhook = Webhook.objects.create(url=receiver.url, created_by=manager)
        act(client, webhook, "change-secret")
        act(client, webhook, "test")
        announcements.deliver_due()
        new = Webhook.objects.get().secret
        assert new != webhook.secret
        assert receiver.read(webhook.secret)[0]["type"] == receiver.read(new)[0]["type"] == "test"


def test_a_stopped_one_is_told_nothing_and_may_go_on(client, webhook):
    accepted()
    page = act(client, webhook, "stop")
    assert "Its program should read the whole list again." in page.content.decode()
    assert Announcement.objects.get().state == "canceled"
    accepted()
    act(client, webhook, "go-on")
    accepted()
    assert list(Announcement.objects.values_list("state", flat=True)) == ["queued", "canceled"]


def test_what_was_given_up_is_seen_and_tried_again(client, webhook):
    accepted()
    Announcement.objects.update(state="dead", answer="500")
    assert "1 announcement was given up" in client.get(DESK).content.decode()
    number = Announcement.objects.get().pk
    assert "It is tried again now." in client.post(f"/desk/announcements/{number}/again/", follow=True).content.decode()
    assert Announcement.objects.get().state == "queued"
    page = client.post(f"/desk/announcements/{number}/again/", follow=True).content.decode()
    assert "It is not given up any more" in page
