"""What every answer of the site keeps to."""

import os
import subprocess
import sys
from ipaddress import ip_network

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from config import middleware
from signon import mailing
from signon.mail import lanes
from signon.models import Message
from tests.factories import SignOnFactory

PRODUCTION = {
    "DATABASE_URL": "postgresql://undersigned:secret@127.0.0.1:1/undersigned",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:secret@127.0.0.1:1",
    "ALLOWED_HOSTS": "statements.example.org",
    "SITE_URL": "https://statements.example.org",
    "SECRET_KEY": "k3" * 10 + "Zx9" * 10 + "unpredictable",
}


def start(**changes):
    """What Django says when it starts with these settings; None leaves one out."""
    environment = {name: value for name, value in (PRODUCTION | changes).items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=60)


def test_production_starts_with_its_settings():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be 50 random characters or more"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY must be 50 random characters or more"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"EMAIL_URL": None}, "EMAIL_URL"),
        ({"SITE_URL": "statements.example.org"}, "SITE_URL must be an address"),
        ({"TRUSTED_PROXIES": "junk"}, "TRUSTED_PROXIES takes networks"),
        ({"MAIL_LEASE": "0"}, "MAIL_LEASE takes a whole number from 1 on"),
        ({"DATABASE_POOL": "many"}, "DATABASE_POOL takes a whole number from 0 on"),
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL must begin with postgresql://"),
        ({"REDIS_URL": None}, "DATABASE_URL is set, but REDIS_URL is not"),
    ],
)
def test_production_refuses_to_start_without_its_secrets_and_says_which(changes, words):
    done = start(**changes)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert words in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_ignore_the_host_header(client, path):
    answer = client.get(path, headers={"Host": "10.0.0.7:8000"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")


@pytest.mark.django_db
def test_every_other_page_checks_the_host_header(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.django_db
def test_without_redis_the_site_is_degraded_but_ready(client, settings):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/1"}
    settings.CACHES = settings.CACHES | {"redis": away}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "missing": ["redis"]})


@pytest.mark.django_db
def test_mail_that_stands_still_or_is_late_shows_as_degraded(client):
    message = mailing.compose("verification", key="k", sign_on=SignOnFactory())
    assert client.get("/readyz").json()["status"] == "ready"
    Message.objects.filter(pk=message.pk).update(due_at=timezone.now() - lanes.LATE_AFTER * 2)
    assert client.get("/readyz").json() == {"status": "degraded", "missing": ["mail"]}
    Message.objects.all().delete()
    lanes.stop("bulk", "535 Bad login")
    assert client.get("/readyz").json() == {"status": "degraded", "missing": ["mail"]}


def test_without_the_database_the_site_is_not_ready(client, monkeypatch):
    def refuse(*args):
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])


@pytest.mark.parametrize(
    ("address", "local", "status"),
    [("127.0.0.1", True, 200), ("::1", True, 200), ("10.0.0.7", True, 403), ("", True, 403), ("10.0.0.7", False, 200)],
)
def test_local_mode_answers_this_machine_alone(client, settings, address, local, status):
    settings.LOCAL_MODE = local
    assert client.get("/healthz", REMOTE_ADDR=address).status_code == status


def test_what_is_loopback():
    assert [middleware._is_loopback(address) for address in ("127.9.9.9", "::1", "8.8.8.8", "nonsense")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.django_db
def test_no_page_allows_inline_script_or_style(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for page in ("/", "/accounts/login/"):
        html = client.get(page).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_the_address_alone_decides_the_language(client, language):
    answer = client.get(f"/{language}/", headers={"Accept-Language": "de"})
    assert answer["Content-Language"] == language
    assert f'lang="{language}"' in answer.content.decode()
    assert client.get("/", headers={"Accept-Language": language})["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client_address"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("203.0.113.1", "127.0.0.1", "203.0.113.1"),
    ],
)
def test_a_client_s_address_comes_through_trusted_proxies_alone(rf, settings, peer, forwarded, client_address):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    seen = {}
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded, HTTP_X_FORWARDED_PROTO="https")
    middleware.TrustedProxies(lambda request: seen.update(request.META))(request)
    assert seen["REMOTE_ADDR"] == client_address
    assert ("HTTP_X_FORWARDED_PROTO" in seen) is peer.startswith("10.")
