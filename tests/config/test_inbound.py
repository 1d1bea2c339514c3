"""What comes back, as the environment says it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import inbound
from tests.config.test_web import start


@pytest.fixture
def given(monkeypatch):
    def set_all(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_all


def test_nothing_is_set_by_default():
    assert (inbound.bounce_address(), inbound.mail_provider(), inbound.inbound_url()) == ("", "", "")
    assert inbound.webhook_secrets("") == {}


@pytest.mark.parametrize("address", ["bounces@network.example", "a.b-c_d@x.y.example", "b" * 31 + "@x.example"])
def test_a_bounce_address_has_room_for_the_key(given, address):
    given(BOUNCE_ADDRESS=address)
    assert inbound.bounce_address() == address


@pytest.mark.parametrize(
    "address",
    ["bounces", "@x.example", "b@", "b+c@x.example", "b" * 32 + "@x.example", "b@x", "é@x.example", "b@x.example\nc"],
)
def test_another_bounce_address_is_refused(given, address):
    given(BOUNCE_ADDRESS=address)
    with pytest.raises(ImproperlyConfigured, match="BOUNCE_ADDRESS takes"):
        inbound.bounce_address()


@pytest.mark.parametrize(
    "url",
    [
        "imaps://user:secret@mail.example/INBOX",
        "imap+tls://user%40x.example:s%2Fecret@mail.example:143/Bounces%20here",
        "imap://user:secret@127.0.0.1:1143",
        "imap://user:secret@localhost/",
    ],
)
def test_a_mailbox_is_named_by_its_address(given, url):
    given(INBOUND_URL=url)
    assert inbound.inbound_url() == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://user:secret@mail.example", "INBOUND_URL takes"),
        ("imaps://mail.example", "INBOUND_URL takes"),
        ("imaps://user@mail.example", "INBOUND_URL takes"),
        ("imaps://user:secret@mail.example:port", "INBOUND_URL takes"),
        ("imaps://user:secret@[mail.example", "INBOUND_URL takes"),
        ("imap://user:secret@mail.example", "sends the password in clear"),
        ("imap://user:secret@127.0.0.1.evil.example", "sends the password in clear"),
    ],
)
def test_another_mailbox_is_refused(given, url, words):
    given(INBOUND_URL=url)
    with pytest.raises(ImproperlyConfigured, match=words) as refused:
        inbound.inbound_url()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"MAIL_PROVIDER": "pigeon"}, "MAIL_PROVIDER takes one of brevo"),
        ({"ANYMAIL_WEBHOOK_SECRET": "no-colon"}, "ANYMAIL_WEBHOOK_SECRET takes a name and a password"),
        (
            {"MAIL_PROVIDER": "mailgun", "ANYMAIL_WEBHOOK_SECRET": "a:b"},
            "The webhook of mailgun needs ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY",
        ),
        ({"BOUNCE_ADDRESS": "b+c@x.example"}, "BOUNCE_ADDRESS takes"),
        ({"INBOUND_URL": "imap://a:b@mail.example"}, "INBOUND_URL: imap:// sends"),
    ],
)
def test_production_refuses_to_start_with_half_of_it(changes, words):
    done = start(**changes)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert words in done.stderr


def test_production_starts_with_all_of_it():
    done = start(
        BOUNCE_ADDRESS="bounces@network.example",
        MAIL_PROVIDER="mailgun",
        ANYMAIL_WEBHOOK_SECRET="name:password",
        ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY="key",
        INBOUND_URL="imaps://user:secret@mail.example/INBOX",
    )
    assert done.returncode == 0, done.stderr
