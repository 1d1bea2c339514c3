"""While the site is away, and when something is not there."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from campaigns import network
from campaigns.models import Event, Publisher


@pytest.fixture
def _away(settings):
    settings.MAINTENANCE = 30


@pytest.mark.usefixtures("_away")
@pytest.mark.parametrize(
    "path", ["/", "/fr/statements/call/", "/media/photos/x/480.webp", "/api/v1/statements", "/nowhere"]
)
def test_public_pages_say_when_to_come_again_and_ask_no_database(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "1800", "no-store")
    assert "30" in answer.content.decode()


@pytest.mark.usefixtures("_away")
def test_without_a_database_it_is_called_what_it_was_called_last(client, monkeypatch):
    network.remember(network.Network("Roses"))
    monkeypatch.setattr(network, "SECONDS", 0)
    monkeypatch.setattr(network, "current", lambda: (_ for _ in ()).throw(OperationalError("no server")))
    assert "Roses" in client.get("/").content.decode()


@pytest.mark.usefixtures("_away")
def test_where_the_database_never_answered_it_has_the_name_of_the_environment_and_asks_once_in_a_while(
    client, monkeypatch, settings
):
    network.forget()
    asked = []
    monkeypatch.setattr(Publisher.objects, "select_related", lambda *names: asked.append(1) or 1 / 0)
    for _time in range(3):
        assert settings.NETWORK_NAME in client.get("/").content.decode()
    assert len(asked) == 1


@pytest.mark.usefixtures("_away")
def test_nothing_that_is_sent_then_is_taken(client):
    assert client.post("/statements/call/sign/", {"email": "ana@secret.example"}).status_code == 503


@pytest.mark.usefixtures("_away")
def test_it_speaks_the_page_s_language(client):
    answer = client.get("/ar/")
    assert 'lang="ar" dir="rtl"' in answer.content.decode()
    assert answer["Content-Language"] == "ar"


@pytest.mark.usefixtures("_away")
def test_probes_and_staff_s_pages_answer_as_ever(client, db):
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/fr/desk/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "home"), [("/nowhere/", "/"), ("/fr/news/nowhere/", "/fr/"), ("/ar/x/", "/ar/")])
def test_what_is_not_there_leads_on_in_the_page_s_language(client, path, home):
    answer = client.get(path)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert f'<a href="{home}">' in page
    assert f'<a href="{home}statements/">' in page
    assert 'rel="canonical"' not in page


@pytest.mark.django_db
def test_what_is_too_much_at_once_is_told_in_the_page_s_language(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post("/ar/sign-ons/link/", {"email": "x" * 2000}, headers={"origin": "http://testserver"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'lang="ar" dir="rtl"' in page
    assert "تعذّرت قراءة هذا" in page


@pytest.mark.django_db
@pytest.mark.parametrize("home", ["/", "/ar/"])
def test_what_broke_leads_on_without_the_database(monkeypatch, home):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(Event.objects, "published", broken)
    monkeypatch.setattr(connection, "cursor", broken)
    answer = Client(raise_request_exception=False).get(f"{home}events/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert f'<a href="{home}">' in page
    assert f'<a href="{home}statements/">' in page


@pytest.mark.django_db
def test_pages_go_compressed_and_files_as_they_are(client):
    page = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/").headers
    assert client.get("/feeds/posts.atom", headers={"Accept-Encoding": "gzip"})["Content-Type"].startswith(
        "application/atom"
    )


def test_a_file_that_is_small_already_is_not_compressed_again(client, db):
    from campaigns import photos
    from tests.campaigns.pieces import a_photo

    answer = client.get(photos.url(a_photo()), headers={"Accept-Encoding": "gzip"})
    b"".join(answer.streaming_content)
    assert "Content-Encoding" not in answer.headers
