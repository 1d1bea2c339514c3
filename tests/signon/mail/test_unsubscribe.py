import pytest
from django.test import Client

from config import logs
from signon import mailing
from signon.mail import bouncing, dispatching, envelope
from signon.models import Message, Suppression
from tests.factories import SignOnFactory

pytestmark = pytest.mark.django_db

ASHA = "asha@secret.example"


@pytest.fixture
def browser():
    """One that is refused wherever a CSRF token is asked for."""
    return Client(enforce_csrf_checks=True)


def path(language="en"):
    message = Message(mailbox=ASHA, language=language, kind="update")
    return envelope.unsubscribe_url(message).removeprefix("http://testserver")


def one_click(browser, to, **more):
    """What a mail program posts: no cookie, no Origin, no Referer (RFC 8058, 3.2)."""
    return browser.post(to, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded", **more)


def test_opening_the_link_changes_nothing(browser):
    for method in (browser.get, browser.head):
        assert method(path()).status_code == 200
    assert Suppression.objects.count() == 0


def test_one_click_unsubscribes_and_again_changes_nothing(browser):
    for _number in range(2):
        answer = one_click(browser, path())
        assert (answer.status_code, answer.cookies) == (200, {})
        assert "You are unsubscribed" in answer.content.decode()
    assert list(Suppression.objects.values_list("mailbox", "reason", "lifted_at")) == [(ASHA, "unsubscribed", None)]


@pytest.mark.parametrize("headers", [{"Origin": "https://mail.example"}, {"Sec-Fetch-Site": "cross-site"}, {}])
def test_the_token_is_the_proof_wherever_it_is_posted_from(browser, headers):
    assert one_click(browser, path(), headers=headers).status_code == 200
    assert bouncing.is_unsubscribed(ASHA)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (
            "--e\r\nContent-Disposition: form-data; name=List-Unsubscribe\r\n\r\nOne-Click\r\n--e--",
            "multipart/form-data; boundary=e",
        ),
        ("", "application/x-www-form-urlencoded"),
        ("{}", "application/json"),
    ],
)
def test_whatever_a_mail_program_posts_unsubscribes(browser, body, content_type):
    assert browser.post(path(), body, content_type=content_type).status_code == 200
    assert bouncing.is_unsubscribed(ASHA)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_page_is_in_the_mail_s_language_and_kept_by_nobody(browser, language):
    answer = browser.get(path(language))
    assert f'<html lang="{language}"' in " ".join(answer.content.decode().split())
    assert ASHA in answer.content.decode()
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "strict-origin")
    assert answer["X-Robots-Tag"] == "noindex"
    assert (answer.cookies, "cookie" in answer.get("Vary", "").lower()) == ({}, False)


def test_a_mistake_is_taken_back_on_the_page(browser):
    one_click(browser, path())
    answer = browser.post(path(), {"act": "subscribe"})
    assert "You are subscribed again" in answer.content.decode()
    assert not bouncing.is_unsubscribed(ASHA)
    one_click(browser, path())
    assert bouncing.is_unsubscribed(ASHA)
    assert Suppression.objects.count() == 2


def test_taking_it_back_lifts_nothing_else(browser):
    Suppression.objects.create(mailbox=ASHA, reason="complained")
    one_click(browser, path())
    browser.post(path(), {"act": "subscribe"})
    assert list(Suppression.objects.filter(lifted_at=None).values_list("reason", flat=True)) == ["complained"]


@pytest.mark.parametrize("token", ["x", "ImFzaGFAc2VjcmV0LmV4YW1wbGUi:AAAA", "%C3%A9", ":"])
def test_a_link_that_was_cut_says_so_and_changes_nothing(browser, token):
    for answer in (browser.get(f"/mail/unsubscribe/{token}/"), one_click(browser, f"/mail/unsubscribe/{token}/")):
        assert answer.status_code == 404
        assert "This link is not complete" in answer.content.decode()
    assert Suppression.objects.count() == 0


def test_who_is_unsubscribed_gets_what_is_about_the_own_sign_on_alone(browser):
    one_click(browser, path())
    sign_on = SignOnFactory(email="Asha+x@secret.example")
    for kind in ("verification", "reminder"):
        mailing.compose(kind, key=kind, sign_on=sign_on)
    for lane in ("transactional", "bulk"):
        dispatching.deliver(dispatching.claim(lane=lane))
    assert dict(Message.objects.values_list("kind", "state")) == {"verification": "sent", "reminder": "suppressed"}


def test_no_log_holds_the_link():
    assert logs.harmless(f"GET {path('fr')} 200") == "GET /fr/mail/unsubscribe/…/ 200"
