"""Cookies that nobody of ours has set: malformed, huge, or with what no cookie holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.accounts import person, sign_in
from tests.factories import StatementFactory

pytestmark = pytest.mark.django_db

# Python reads octal escapes in quoted cookies, so that a NUL comes where no server lets one through.
VALUES = [
    "x",
    '"\\000\\000\\000\\000\\000\\000\\000\\000\\000"',
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\000\\012"',
    "a" * 60_000,
    "' OR 1=1 --aaaaaaaaaaaaaaaaa",
    "\xff\xfe\x80\xff\xfe\x80\xff\xfe\x80",
    "../../../../etc/passwd",
    '[["__json_message",0,20,"<script>alert(1)</script>"]]',
]
NAMES = ["sessionid", "csrftoken", "messages", "known"]
PATHS = [
    "/", "/statements/call/", "/accounts/login/", "/accounts/", "/accounts/login/code/", "/accounts/code/", "/desk/",
    "/admin/",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:20])
def test_a_made_up_cookie_is_no_cookie(value):
    StatementFactory(slug="call")
    for name in NAMES:
        for path in PATHS:
            answer = Client().get(path, HTTP_COOKIE=f"{name}={value}")
            assert answer.status_code in (200, 302), (name, path)
            assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "header", ["", ";", "=", "; =; ;;", "sessionid", "a=" * 4000, "sessionid=a; sessionid=b", "\x01=\x02"]
)
def test_a_malformed_header_is_as_if_there_were_none(header):
    for path in ("/", "/accounts/login/", "/desk/"):
        assert Client().get(path, HTTP_COOKIE=header).status_code in (200, 302)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:20])
def test_who_signs_in_with_a_made_up_session_gets_one_of_ours(value):
    person()
    client = Client(HTTP_COOKIE=f"sessionid={value}; known={value}")
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer.cookies["sessionid"].value.isalnum()


def test_a_session_that_was_tampered_with_is_an_empty_one():
    ends = timezone.now() + timedelta(days=1)
    Session.objects.create(session_key="a" * 32, session_data="not:signed", expire_date=ends)
    answer = Client().get("/accounts/", HTTP_COOKIE=f"sessionid={'a' * 32}")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/accounts/")
