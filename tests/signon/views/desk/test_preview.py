import io

import pytest
from pypdf import PdfReader

from tests.factories import StatementFactory, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(staff):
    staff("editor")
    return StatementFactory(slug="call", state="draft", texts={"en": "Bread & Roses", "fr": "Du pain & des roses"})


def get(client, path, **query):
    return client.get(f"/desk/statements/call/preview/{path}", query)


def test_a_draft_is_seen_as_its_reader_will_see_it_by_staff_alone(client, draft):
    page = get(client, "page/", language="fr")
    assert "Du pain &amp; des roses" in page.content.decode()
    assert 'id="sign-on-form"' in page.content.decode()
    assert page["Content-Language"] == "fr"
    client.logout()
    assert get(client, "page/").status_code == 302
    assert client.get("/statements/call/").status_code == 404


@pytest.mark.parametrize("path", ["", "page/", "mail/", "pdf/"])
def test_no_preview_is_kept_or_found(client, draft, path):
    answer = get(client, path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_the_page_may_stand_in_our_own_frames_and_nothing_in_it_is_sent(client, draft):
    policy = get(client, "page/")["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-same-origin allow-scripts" in policy
    assert get(client, "page/")["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in get(client, "")["Content-Security-Policy"]


def test_the_mail_says_this_statement_s_title_to_nobody(client, draft):
    mail = get(client, "mail/").content.decode()
    assert "Bread &amp; Roses" in mail
    assert "frame-ancestors 'self'" in get(client, "mail/")["Content-Security-Policy"]


def test_the_letter_is_marked_as_a_draft_and_holds_no_real_name(client, draft):
    accepted(statement=draft, organization_name="SECRET signatory")
    answer = get(client, "pdf/")
    assert answer["Content-Type"] == "application/pdf"
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Draft: Bread & Roses" in words
    assert "made up" in words
    assert "SECRET" not in words
    assert "/verify/" not in words
