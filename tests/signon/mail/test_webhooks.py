import base64
import hashlib
import hmac
import importlib.util
import json
import logging
import sys
from pathlib import Path

import pytest
from django.test import Client

from config import inbound
from signon import mailing
from signon.mail import bouncing
from signon.models import Message, Suppression
from tests.factories import SignOnFactory

pytestmark = pytest.mark.django_db

URLS = Path(__file__).resolve().parents[3] / "config" / "urls.py"
SIGNING_KEY = "mailgun-signing-key"


@pytest.fixture
def site(settings, monkeypatch):
    """The site's own addresses, as they are with these settings."""

    def configured(provider="", **secrets):
        settings.MAIL_PROVIDER, settings.ANYMAIL = provider, secrets
        settings.MAIL_WEBHOOK = inbound.takes_webhooks(provider, secrets)
        made = importlib.util.spec_from_file_location("urls_of_a_provider", URLS)
        module = importlib.util.module_from_spec(made)
        made.loader.exec_module(module)
        monkeypatch.setitem(sys.modules, "urls_of_a_provider", module)
        settings.ROOT_URLCONF = "urls_of_a_provider"
        return Client(enforce_csrf_checks=True)

    return configured


@pytest.fixture
def message():
    sign_on = SignOnFactory(email="asha@secret.example")
    made = mailing.compose("verification", key="one", sign_on=sign_on)
    Message.objects.update(state="sending", lease_ends_at="2099-01-01T00:00Z", claimed_by="a worker")
    return made


def now(message):
    message.refresh_from_db()
    return message.state


def stands():
    return list(Suppression.objects.filter(lifted_at=None).values_list("mailbox", "reason"))


# Postmark has no signature: its proof is the name and password in the webhook's address.


@pytest.fixture
def postmark(site):
    browser = site("postmark", WEBHOOK_SECRET="name:password")

    def post(payload, secret="name:password", **headers):
        body = payload if isinstance(payload, str) else json.dumps(payload)
        proof = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
        return browser.post(
            "/mail/events/postmark/", body, content_type="application/json", headers=proof | headers
        ).status_code

    return post


def postmark_bounce(message, **changes):
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"undersigned": message.bounce_key},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": "asha@secret.example",
        "From": "sign-on@network.example",
        "BouncedAt": "2026-11-25T10:00:00.0000000Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Please confirm",
    } | changes


def postmark_complaint(message):
    changes = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512, "Details": "Test"}
    return postmark_bounce(message, **changes)


def test_a_bounce_that_postmark_reports_is_accounted_for(postmark, message):
    assert postmark(postmark_bounce(message)) == 200
    assert (now(message), stands()) == ("bounced", [("asha@secret.example", "bounced")])
    assert message.answer.startswith("smtp;550 5.1.1")


def test_the_same_event_twice_changes_nothing_twice(postmark, message):
    postmark(postmark_bounce(message))
    now(message)
    before = message.history
    assert postmark(postmark_bounce(message)) == 200
    assert (now(message), message.history, len(stands())) == ("bounced", before, 1)


def test_a_complaint_that_postmark_reports_is_accounted_for(postmark, message):
    assert postmark(postmark_complaint(message)) == 200
    assert (now(message), stands()) == ("sending", [("asha@secret.example", "complained")])


@pytest.mark.parametrize(
    ("changes", "state", "reasons"),
    [
        ({"Type": "SoftBounce", "Details": ""}, "bounced", []),
        ({"Type": "HardBounce", "Details": ""}, "bounced", ["bounced"]),
        ({"Type": "HardBounce", "Details": "smtp;552 5.2.2 Mailbox full"}, "bounced", []),
        ({"Type": "Transient", "Details": "smtp;450 Later"}, "sending", []),
        ({"Type": "AutoResponder"}, "sending", []),
        ({"Type": "DMARCPolicy", "Details": ""}, "bounced", []),
        ({"Type": "Unsubscribe"}, "sending", ["unsubscribed"]),
        ({"RecordType": "Delivery"}, "sending", []),
        ({"RecordType": "Open"}, "sending", []),
        ({"RecordType": "Click"}, "sending", []),
        ({"RecordType": "Something"}, "sending", []),
    ],
)
def test_what_postmark_calls_it_decides_what_becomes_of_it(postmark, message, changes, state, reasons):
    assert postmark(postmark_bounce(message, **changes)) == 200
    assert (now(message), [reason for _mailbox, reason in stands()]) == (state, reasons)


@pytest.mark.parametrize("metadata", [{}, None, {"undersigned": "ab" * 16}, {"undersigned": None}, "x", ["y"]])
def test_an_event_without_a_key_of_ours_is_ignored(postmark, message, metadata):
    assert postmark(postmark_bounce(message, Metadata=metadata)) in (200, 400)
    assert (now(message), stands()) == ("sending", [])


def test_nobody_else_is_touched_whomever_the_event_names(postmark, message):
    postmark(postmark_bounce(message, Email="victim@elsewhere.example"))
    assert stands() == [("asha@secret.example", "bounced")]


@pytest.mark.parametrize("secret", ["", "name:wrong", "name", "wrong:password"])
def test_a_webhook_without_the_secret_is_refused(postmark, message, secret, caplog):
    assert postmark(postmark_bounce(message), secret=secret) == 400
    assert (now(message), stands()) == ("sending", [])


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "junk",
        "[]",
        "{}",
        "null",
        "7",
        '"x"',
        '{"RecordType": "Inbound"}',
        '{"RecordType": ["Bounce"]}',
        "[" * 100_000,
    ],
)
def test_a_payload_that_cannot_be_read_is_refused_or_ignored_and_never_an_error(postmark, payload):
    assert postmark(payload) in (200, 400)
    assert stands() == []


def test_neither_cookie_nor_origin_is_asked_for(postmark, message):
    assert postmark(postmark_bounce(message), Origin="https://postmark.example") == 200


# Mailgun signs.


@pytest.fixture
def mailgun(site):
    browser = site("mailgun", MAILGUN_WEBHOOK_SIGNING_KEY=SIGNING_KEY)

    def post(event, key=SIGNING_KEY):
        timestamp, token = "1764064800", "c47468e81de0818af77f3e14a728602a29"
        proof = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        signature = {"timestamp": timestamp, "token": token, "signature": proof}
        body = {"signature": signature, "event-data": event}
        return browser.post("/mail/events/mailgun/", body, content_type="application/json").status_code

    return post


def mailgun_failure(message, **changes):
    return {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1764064800.1,
        "log-level": "error",
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "delivery-status": {
            "attempt-no": 1,
            "message": "5.1.1 The email account that you tried to reach does not exist.",
            "code": 550,
            "enhanced-code": "5.1.1",
            "description": "",
            "session-seconds": 0.4,
        },
        "envelope": {"sender": "sign-on@network.example", "targets": "asha@secret.example"},
        "message": {"headers": {"to": "asha@secret.example", "message-id": message.message_id.strip("<>")}},
        "recipient": "asha@secret.example",
        "recipient-domain": "secret.example",
        "tags": [],
        "user-variables": {"undersigned": message.bounce_key},
    } | changes


def test_a_bounce_that_mailgun_reports_is_accounted_for(mailgun, message):
    assert mailgun(mailgun_failure(message)) == 200
    assert (now(message), stands()) == ("bounced", [("asha@secret.example", "bounced")])


def test_the_message_id_alone_is_enough(mailgun, message):
    assert mailgun(mailgun_failure(message, **{"user-variables": {}})) == 200
    assert now(message) == "bounced"


@pytest.mark.parametrize(
    ("changes", "state", "reasons"),
    [
        ({"severity": "temporary", "reason": "generic"}, "sending", []),
        ({"reason": "suppress-bounce", "delivery-status": {"code": 605, "message": ""}}, "bounced", ["bounced"]),
        ({"reason": "old", "delivery-status": {"code": 602, "message": "Too old"}}, "bounced", []),
        ({"delivery-status": {"code": 554, "message": "5.7.1 Spam"}}, "bounced", []),
        ({"event": "complained"}, "sending", ["complained"]),
        ({"event": "unsubscribed"}, "sending", ["unsubscribed"]),
        ({"event": "delivered"}, "sending", []),
        ({"event": "rejected", "reject": {"reason": "Sandbox"}, "reason": "generic"}, "bounced", []),
    ],
)
def test_what_mailgun_calls_it_decides_what_becomes_of_it(mailgun, message, changes, state, reasons):
    event = mailgun_failure(message, **changes)
    if changes.get("event"):
        event.pop("severity")
        event.pop("delivery-status")
    assert mailgun(event) == 200
    assert (now(message), [reason for _mailbox, reason in stands()]) == (state, reasons)


def test_a_forged_signature_is_refused(mailgun, message):
    assert mailgun(mailgun_failure(message), key="another key") == 400
    assert (now(message), stands()) == ("sending", [])


def test_a_payload_without_its_parts_is_refused(mailgun):
    assert mailgun({}) == 400


# The address


def test_only_the_configured_provider_has_an_address(site):
    browser = site("postmark", WEBHOOK_SECRET="name:password")
    assert browser.head("/mail/events/postmark/").status_code == 200
    assert browser.get("/mail/events/postmark/").status_code == 405
    assert browser.post("/mail/events/mailgun/").status_code == 404
    assert browser.post("/mail/events/postmark/inbound/").status_code == 404


@pytest.mark.parametrize(
    ("provider", "secrets"),
    [
        ("", {"WEBHOOK_SECRET": "name:password"}),
        ("postmark", {}),
        ("mailgun", {"POSTAL_WEBHOOK_KEY": "key"}),
    ],
)
def test_without_a_provider_and_its_proof_there_is_no_address(site, provider, secrets):
    browser = site(provider, **secrets)
    for name in inbound.PROVIDERS:
        assert browser.post(f"/mail/events/{name}/").status_code == 404


@pytest.mark.parametrize("provider", sorted(inbound.PROVIDERS))
def test_every_provider_has_a_webhook_that_refuses_strangers(site, provider):
    key = inbound.PROVIDERS[provider]
    browser = site(provider, WEBHOOK_SECRET="name:password", **({key: "key"} if key else {}))
    answer = browser.post(f"/mail/events/{provider}/", "{}", content_type="application/json")
    assert answer.status_code == 400


def test_what_fails_on_our_side_comes_again(postmark, message, monkeypatch):
    def fail(*given, **named):
        raise RuntimeError

    monkeypatch.setattr(bouncing, "bounced", fail)
    with pytest.raises(RuntimeError):
        postmark(postmark_bounce(message))


def test_no_event_leaks_an_address_into_the_logs(postmark, message, caplog):
    caplog.set_level(logging.DEBUG)
    postmark(postmark_bounce(message))
    postmark(postmark_bounce(message), secret="wrong:secret")
    postmark(json.dumps(postmark_bounce(message, BouncedAt="asha@secret.example", RecordType={})))
    postmark('{"RecordType": "Bounce", "Email": "asha@secret.example"')
    assert f"Message {message.pk} bounced" in caplog.text
    assert "secret.example" not in caplog.text
