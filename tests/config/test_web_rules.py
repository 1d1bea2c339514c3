"""What every answer tells a browser: what may run, who may frame it, what it may ask of the machine."""

import pytest
from django.conf import settings

from signon.people import roles
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db

PUBLIC = ["/", "/ar/", "/statements/call/", "/statements/call/sign/", "/statements/call/signatories/", "/search/?q=x"]
STAFF = ["/desk/", "/desk/holds/", "/admin/", "/accounts/login/"]


@pytest.fixture(autouse=True)
def _statement():
    return StatementFactory(slug="call")


@pytest.fixture
def staff(client):
    user = UserFactory(email="staff@network.example")
    roles.give(user, "administrator")
    client.force_login(user)
    return client


def policy(answer):
    return dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))


@pytest.mark.parametrize("path", [*PUBLIC, *STAFF])
def test_a_page_runs_and_loads_what_is_ours_alone(staff, path):
    answer = staff.get(path, follow=True)
    told = policy(answer)
    assert told["default-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert (told["object-src"], told["base-uri"], told["frame-ancestors"]) == ("'none'", "'none'", "'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=(), " in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    assert "style=" not in answer.content.decode().replace("font-style=", "")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_varies_by_none(client, path):
    answer = client.get(path)
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_what_is_made_for_other_sites_may_be_fetched_from_there(client):
    assert client.get("/api/v1/statements/")["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "[::]"])
def test_another_host_is_not_answered(client, host):
    assert client.get("/", HTTP_HOST=host).status_code == 400


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/logout/"])
def test_nobody_is_led_elsewhere(staff, client, path, there):
    user = UserFactory(email="other@network.example")
    user.set_password("a long pass phrase")
    user.save()
    if path == "/accounts/login/":
        client.logout()
    posted = {"login": user.email, "password": "a long pass phrase", "next": there}
    answer = client.post(f"{path}?next={there}", posted)
    assert "evil" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")


def test_cookies_are_for_the_server_alone():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
