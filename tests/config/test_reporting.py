"""Reports of errors say where, and nothing of whom."""

import json
import logging

import pytest
import sentry_sdk
from django.test import Client
from sentry_sdk.transport import Transport

from config import reporting
from config.logs import REFUSED, in_a_line
from tests.factories import StatementFactory
from tests.posted import typed

NAME, ADDRESS, SECRET = "Zebedina Quux", "zebedina@unmistakable.example", "WzEsIngiXQ:1abcDE:secret"


class Kept(Transport):
    """Keeps what would have been sent."""

    def __init__(self, options=None):
        super().__init__(options)
        self.events = []

    def capture_envelope(self, envelope):
        self.events += [item.payload.json for item in envelope.items]


@pytest.fixture
def reported():
    transport = Kept()
    reporting.begin("https://public@sentry.invalid/1", transport=transport)
    yield transport.events
    sentry_sdk.get_client().close()
    sentry_sdk.init()


@pytest.fixture
def broken(monkeypatch):
    """A form that fails with what was typed in its hands, and in its words."""

    def fail(form, *arguments, **named):
        typed_name = form.data.get("representative_name", NAME)
        raise ValueError(f"{typed_name} <{ADDRESS}> at /sign-ons/manage/{SECRET}/")

    monkeypatch.setattr("signon.forms.SignOnForm.is_valid", fail)


@pytest.mark.django_db
def test_a_report_says_where_and_not_of_whom(reported, broken):
    StatementFactory(slug="call")
    client = Client(raise_request_exception=False)
    data = typed(representative_name=NAME, email=ADDRESS)
    answer = client.post(
        f"/statements/call/sign/?to={ADDRESS}", data, headers={"X-Name": NAME, "Cookie": f"a={SECRET}"}
    )
    assert answer.status_code == 500
    [event] = reported
    [told] = event["exception"]["values"]
    assert (told["type"], told.get("value")) == ("ValueError", None)
    frames = told["stacktrace"]["frames"]
    assert frames[-1]["function"] == "fail"
    assert not any("vars" in frame for frame in frames)
    assert event["transaction"] == "signon.views.signing.sign"
    assert event["tags"] == {"request_id": answer["X-Request-ID"]}
    _holds_nobody(event)


def test_what_is_logged_as_an_error_is_reported_without_what_was_put_into_it(reported):
    logging.getLogger("signon.test").error("A mail to %s was refused at %s", ADDRESS, f"/sign-ons/confirm/{SECRET}/")
    [event] = reported
    assert event["message"] == "A mail to %s was refused at %s"
    _holds_nobody(event)


@pytest.mark.django_db
def test_what_a_stranger_sends_to_be_refused_is_not_reported(reported):
    answer = Client().get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, reported) == (400, [])


def test_a_task_that_fails_is_reported_by_its_name(reported):
    from celery import current_app

    @current_app.task(name="tests.fails")
    def fails(name):
        raise LookupError(name)

    fails.apply(args=[NAME])
    assert [event["transaction"] for event in reported] == ["tests.fails"]
    _holds_nobody(reported)


def test_without_an_address_nothing_is_begun(monkeypatch):
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: pytest.fail("begun"))
    reporting.begin("")


def _holds_nobody(event):
    text = json.dumps(event)
    assert [part for part in (*NAME.split(), ADDRESS, SECRET, "WzEsIngiXQ") if part in text] == []


@pytest.mark.django_db
def test_what_a_stranger_sends_to_be_refused_is_a_line_without_a_trace(caplog):
    Client().get("/", headers={"Host": "evil.example"})
    [record] = [each for each in caplog.records if each.name.startswith(REFUSED)]
    assert in_a_line(record)
    assert (record.levelname, record.exc_info) == ("WARNING", None)
