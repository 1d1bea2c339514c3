import json
from email import message_from_bytes, policy

import pytest
from django.core import mail as outbox

from config import inbound
from signon import mailing, tokens
from signon.mail import addresses, dispatching, envelope, rendering
from signon.models import Message
from tests.factories import SignOnFactory
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db


def compose(kind="verification", **fields):
    sign_on = SignOnFactory(**fields)
    return mailing.compose(kind, key=f"{kind}:{sign_on.pk}", sign_on=sign_on)


def sent(message):
    """The mail as a server gets it."""
    return message_from_bytes(rendering.render(message).message().as_bytes(), policy=policy.SMTP)


@pytest.fixture
def _words(settings, tmp_path):
    """An update's templates that do nothing of their own."""
    folder = tmp_path / "mail" / "update"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("An update")
    for part in ("body.txt", "body.html"):
        (folder / part).write_text('{% extends "mail/base' + part[4:] + '" %}{% block body %}Words.{% endblock %}')
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [first | {"DIRS": [tmp_path, *first["DIRS"]]}]


def test_the_key_is_in_the_return_path_and_the_sender_stays(settings):
    settings.BOUNCE_ADDRESS = "bounces@network.example"
    settings.DEFAULT_FROM_EMAIL = "Réseau <sign-on@network.example>"
    message = compose()
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = server.port
        envelopes = []
        take = server.handle_DATA

        async def noting(smtp, session, given):
            envelopes.append((given.mail_from, given.rcpt_tos))
            return await take(smtp, session, given)

        server.handle_DATA = noting
        assert dispatching.deliver(dispatching.claim()) == 1
    assert envelopes == [(f"bounces+{message.bounce_key}@network.example", [message.to_address])]
    assert server.mails[0]["From"] == "Réseau <sign-on@network.example>"
    assert server.mails[0].get_all("From") == [server.mails[0]["From"]]


def test_without_a_bounce_address_reports_go_to_the_sender(settings):
    settings.DEFAULT_FROM_EMAIL = "Network <sign-on@network.example>"
    assert envelope.return_path(compose()) == "sign-on@network.example"


def test_every_known_provider_has_its_way_to_carry_the_key():
    assert envelope.PROVIDERS.keys() == inbound.PROVIDERS.keys()


@pytest.mark.parametrize("provider", sorted(envelope.PROVIDERS))
def test_the_key_travels_where_the_provider_looks_for_it(settings, provider):
    settings.MAIL_PROVIDER = provider
    message = compose()
    raw = rendering.render(message).message().as_bytes()
    name, value = next(iter(envelope.headers(message).items()), ("Message-ID", message.message_id))
    assert f"{name}: {value}\n".encode() in raw.replace(b":\n ", b": ")  # in one piece
    assert message.bounce_key in value
    if value.startswith("{"):
        assert json.loads(value)


def test_a_key_is_found_in_what_others_make_of_an_address():
    key = "ab" * 16
    for text in (f"bounces+{key}@x.example", f"<{key.upper()}@host>", f"SRS0=a=b=x.example=bounces+{key}@f.example"):
        assert envelope.keys(text) == [key]
    assert envelope.keys(f"x{key}@x.example {key} {key[1:]}@x.example") == []


def test_many_keys_are_too_many():
    assert len(envelope.keys(" ".join(f"{number:032x}@x" for number in range(1000)))) == 20


def test_what_somebody_waits_for_has_no_way_off():
    mail = sent(compose())
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
    assert "mail/unsubscribe" not in mail.as_string()


@pytest.mark.usefixtures("_words")
def test_all_other_mail_has_one_click_off_in_its_head_and_in_its_text(settings):
    settings.SITE_URL = "https://sign.example.org"
    message = compose("update", language="fr")
    mail = sent(message)
    link = envelope.unsubscribe_url(message)
    assert link.startswith("https://sign.example.org/fr/mail/unsubscribe/")
    assert mail["List-Unsubscribe"].strip() == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.get_body(("plain",)).get_content()
    assert f'href="{link}"' in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("kind", Message.Kind.values)
def test_all_mail_but_transactional_has_the_headers(kind):
    message = mailing.draft(kind, key="x", to="asha@secret.example", language="en")
    assert ("List-Unsubscribe" in envelope.headers(message)) == (kind not in Message.TRANSACTIONAL)


def test_the_way_off_is_for_the_mailbox_and_for_nothing_else():
    message = compose(email="Asha+News@secret.example")
    token = envelope.unsubscribe_url(message).split("/")[-2]
    assert envelope.mailbox_of(token) == ("asha@secret.example", False)
    assert addresses.mailbox(message.to_address) == "asha@secret.example"
    for wrong in (token[:-1], "x" + token, tokens.make(message.sign_on, tokens.MANAGE), "é", ""):
        with pytest.raises(tokens.Tampered):
            envelope.mailbox_of(wrong)


def test_the_way_off_outlives_a_rotation_of_the_secret(settings):
    token = envelope.unsubscribe_url(compose(email="asha@secret.example")).split("/")[-2]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert envelope.mailbox_of(token) == ("asha@secret.example", False)
    assert outbox.outbox == []
