"""Sign-in by another site: off by default; where it is on, it opens an account that is there, and nothing more."""

import json
import tempfile
import threading
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from signon.views import way_in
from tests.signon.people.test_factors import settings_say
from tests.stack import running


class Provider(BaseHTTPRequestHandler):
    """As much of OpenID Connect as is asked for; who signs in there is `person`."""

    person: dict[str, object] = {}

    def do_GET(self):
        here = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.endswith("/.well-known/openid-configuration"):
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "me"}
            self._say({"issuer": here, "jwks_uri": f"{here}/keys"} | {k: f"{here}/{v}" for k, v in names.items()})
        else:
            self._say(self.person)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "token", "token_type": "Bearer"})

    def _say(self, what):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def stack():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    on = {"OPENID_CONNECT_SERVER": address, "OPENID_CONNECT_CLIENT": "us", "OPENID_CONNECT_SECRET": "secret",
          "OPENID_CONNECT_NAME": "Example ID", "TESTS_OF_THE_SECOND_FACTOR": "1"}  # fmt: skip
    with running(Path(tempfile.mkdtemp(prefix="undersigned-openid-")), parts=("web",), is_demo=False, **on) as made:
        made.manage("make_staff", "staff@network.example", "administrator")
        yield made
    server.shutdown()
    server.server_close()


class Browser:
    """Keeps cookies, and follows to this site's own pages alone."""

    def __init__(self, stack):
        self.stack, self.cookies = stack, {}

    def get(self, path):
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.stack.get(path, Cookie=jar)
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer

    def sign_in(self, *, said):
        """To the other site and back; what the callback answers."""
        Provider.person = said
        there = urlsplit(self.get("/accounts/openid/openid/login/?next=/desk/mail/").headers["Location"])
        asked = parse_qs(there.query)
        assert (asked["client_id"], "code_challenge" in asked) == (["us"], True)
        back = urlsplit(asked["redirect_uri"][0]).path
        return self.get(f"{back}?code=c&state={asked['state'][0]}")


def test_it_is_off_by_default():
    assert settings.SOCIALACCOUNT_PROVIDERS == {}
    assert not any("openid" in app for app in settings.INSTALLED_APPS)
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["openid"])


@pytest.mark.parametrize("address", ["id.example.org", "http://id.example.org", "ftp://id.example.org"])
def test_a_wrong_address_is_loud(address):
    assert "OPENID_CONNECT_SERVER must be" in settings_say(OPENID_CONNECT_SERVER=address)


def test_the_sign_in_page_names_it(stack):
    assert "Sign in with Example ID" in " ".join(stack.get("/accounts/login/").text.split())


def test_who_has_an_account_is_signed_in_and_still_needs_a_second_factor(stack):
    browser = Browser(stack)
    answer = browser.sign_in(said={"sub": "7", "email": "Staff@network.example", "email_verified": True})
    assert (answer.status, answer.headers["Location"]) == (302, "/desk/mail/")
    assert browser.get("/desk/mail/").headers["Location"] == "/accounts/second-factor/"
    assert stack.query("SELECT count(*) FROM socialaccount_socialtoken") == [(0,)]


@pytest.mark.parametrize(
    "said",
    [
        {"sub": "8", "email": "staff@network.example", "email_verified": False},
        {"sub": "8", "email": "staff@network.example"},
        {"sub": "8", "email": "staff@network.example", "email_verified": "true"},
        {"sub": "8", "email": "stranger@elsewhere.example", "email_verified": True},
        {"sub": "8"},
    ],
)
def test_nothing_else_that_it_says_opens_or_makes_an_account(stack, said):
    browser = Browser(stack)
    answer = browser.sign_in(said=said)
    assert "Accounts are given" in answer.text
    assert browser.get("/accounts/").headers["Location"].startswith("/accounts/login/")
    assert stack.query("SELECT count(*) FROM signon_user WHERE is_active") == [(1,)]


def test_an_answer_that_was_not_asked_for_is_refused_in_words(stack):
    browser = Browser(stack)
    answer = browser.get("/accounts/openid/openid/login/callback/?code=c&state=made-up")
    assert (answer.status, "That did not work" in answer.text) == (401, True)
    assert browser.get("/accounts/openid/openid/login/callback/?error=access_denied").status in (302, 401)
    assert stack.get("/accounts/openid/another/login/").status == 404


@pytest.mark.django_db
def test_a_site_that_does_not_answer_breaks_nothing(rf, monkeypatch):
    def away(request, provider_id):
        raise requests.ConnectionError

    monkeypatch.setattr(openid, "login", away)
    assert way_in.to_another_site(rf.get("/"), "openid").status_code == 502
