"""The page that says what is away: what it keeps of what was typed, and what it does not."""

import errno

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, OperationalError
from django.test import RequestFactory
from psycopg.errors import ReadOnlySqlTransaction

from config import failing
from signon.running import outages
from signon.running.outages import Outage

OWN = {"Sec-Fetch-Site": "same-origin"}


def answered(request, error=None):
    """The page of Django's handler500 for an error; of a database that is away by default."""
    try:
        raise error or OperationalError("no server")
    except Exception:
        return failing.broken(request)


def posted(data, **headers):
    body = "&".join(f"{name}={value}" for name, value in data.items())
    return RequestFactory().post("/x/?a=1", body, "application/x-www-form-urlencoded", headers=OWN | headers)


def test_what_was_typed_is_kept_as_text_and_sent_to_the_same_address():
    page = answered(posted({"name": "%22><script>", "words": "one%0D%0Atwo"}))
    text = page.content.decode()
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "30", "no-store")
    assert 'action="/x/?a=1"' in text
    assert 'value="&quot;&gt;&lt;script&gt;"' in text
    assert 'value="one\r\ntwo"' in text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_nothing_is_kept_of_what_another_site_posted(site):
    """Else whoever presses the button would send a stranger's words as their own."""
    assert "<form" not in answered(posted({"name": "Mallory"}, **{"Sec-Fetch-Site": site})).content.decode()


@pytest.mark.parametrize("name", ["password", "password1", "code", "login"])
def test_no_password_and_no_code_is_kept(name):
    page = answered(posted({name: "K7Q2-secret"})).content.decode()
    assert "K7Q2-secret" not in page
    assert "Go back to the page before" in page


def test_of_a_file_nothing_is_kept():
    file = SimpleUploadedFile("a.pdf", b"%PDF-")
    page = answered(RequestFactory().post("/x/", {"file": file, "title": "Priorities"}, headers=OWN)).content.decode()
    assert "Priorities" not in page
    assert "choose files again" in page


def test_what_is_our_fault_is_no_outage():
    assert answered(posted({"name": "Ana"}), ValueError("ours")).status_code == 500


def test_a_page_that_was_read_can_be_asked_for_again():
    page = answered(RequestFactory().get("/ar/x/")).content.decode()
    assert 'href="/ar/x/"' in page
    assert "<form" not in page


def test_what_led_to_an_error_is_looked_at_and_a_database_that_only_reads_is_away():
    read_only = InternalError("cannot execute INSERT in a read-only transaction")
    read_only.__cause__ = ReadOnlySqlTransaction()
    assert outages.of(read_only) is Outage.DATABASE
    wrapped = RuntimeError("while it was written")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert outages.of(wrapped) is Outage.DISK
    assert outages.of(OSError(errno.ENOENT, "No such file")) is None
    assert outages.of(None) is None
