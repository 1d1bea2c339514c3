"""Generated requests at every address that the site has: none breaks it. FULL=1 makes eight times as many.

A new address is asked without anybody adding it here. What fails is printed so that it can be asked again.
"""

from __future__ import annotations

import base64
import logging
import os
from zlib import crc32

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, seed, settings

from signon.people import roles
from tests.bad_input import addresses, asking, hostile, judging
from tests.bad_input.there import There
from tests.bad_input.urls import SECRET
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.bad_input.urls")]
TIMES = 8 if os.environ.get("FULL") else 1
# No answer asks more of the database, whatever was asked for.
MOST_QUERIES = 90
# An erasure looks into every table.
ERASES, MOST_OF_AN_ERASURE = "held-erase", 250
PROOF = {"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}


@pytest.fixture(autouse=True)
def _quiet_and_with_every_webhook(settings):
    key = rsa.generate_private_key(65537, 1024).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "x", "MANDRILL_WEBHOOK_KEY": "x",
                        "POSTAL_WEBHOOK_KEY": base64.b64encode(der).decode()}  # fmt: skip
    logging.disable(logging.CRITICAL)  # each refusal is a line
    yield
    logging.disable(logging.NOTSET)


def examples(number):
    return settings(max_examples=number, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def wrong_with(ask, address, number, **may):
    """The first request of so many that is answered as none may be, with what is wrong; "" where none is."""
    found = []

    @examples(number)
    @seed(crc32(address.name.encode()))  # each address has requests of its own, the same in every run
    @given(request=hostile.requests(address, addresses.asked_for()))
    def put(request):
        if found:
            return
        if address.name.startswith("mail-events"):
            request.headers.setdefault("Authorization", PROOF["Authorization"])
        connection.queries_log.clear()  # it holds 9,000
        try:
            with CaptureQueriesContext(connection) as queries:
                answer = ask(request)
        except Exception as error:
            found.append(f"{type(error).__name__}: {str(error)[:300]}\n  {request}")
            return
        wrong = judging.faults(request, answer, **may)
        if len(queries) > (MOST_OF_AN_ERASURE if address.name == ERASES else MOST_QUERIES):
            wrong.append(f"asks the database {len(queries)} times")
        if wrong:
            found.append(f"{', '.join(wrong)}\n  {request}")

    put()
    return "".join(found)


def test_no_request_of_a_stranger_breaks_any_address():
    ask = asking.by(Client())
    there = There(ask)
    wrong, closed = {}, set()
    for address in addresses.all_of_them():
        if not address.is_staffs:
            addresses.look(address, there, ask)
            if address.parameters and ask(asking.Request("GET", address.path())).status == 404:
                closed.add(address.name)
        number = 2 if address.is_staffs else 20 if address.forms else 6
        if found := wrong_with(ask, address, number * TIMES):
            wrong[address.name] = found
    assert wrong == {}, "\n".join(f"{name}: {words}" for name, words in wrong.items())
    # Behind these stands nothing: the mailbox is empty, and no letter was delivered.
    assert closed == {"mailbox-message", "mailbox-html", "verify-pdf"}


def test_no_request_of_an_administrator_breaks_any_address():
    """Staff may mistype too, and another's page may have written what they send."""
    user = UserFactory()
    roles.give(user, "administrator")
    client = Client()
    client.force_login(type(user).objects.get(pk=user.pk))
    ask = asking.by(client)
    there = There(ask)
    wrong = {}
    for address in addresses.all_of_them():
        if not address.is_staffs:
            continue
        addresses.look(address, there, ask)
        if found := wrong_with(ask, address, (4 if address.forms else 1) * TIMES, hidden=()):
            wrong[address.name] = found
    assert wrong == {}, "\n".join(f"{name}: {words}" for name, words in wrong.items())
