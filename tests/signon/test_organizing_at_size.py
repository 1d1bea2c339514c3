"""The desk's pages of a statement with 10,000 sign-ons and 1,000 invitations cost as many queries as with three.

FULL=1 takes these numbers; else fewer.
"""

import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from signon.models import Invitation, SignOn
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory

pytestmark = pytest.mark.django_db

FULL = os.environ.get("FULL") == "1"


def grow(statement, sign_ons, invitations):
    signed = SignOnFactory(statement=statement, confirmed=True)
    fields = {field.attname: getattr(signed, field.attname) for field in SignOn._meta.fields if not field.primary_key}
    del fields["created_at"], fields["link_key"], fields["ledger_salt"]
    SignOn.objects.bulk_create(
        [SignOn(**fields | {"email": f"n{number}@many.example"}) for number in range(sign_ons - 1)], batch_size=2000
    )
    first = InvitationFactory(statement=statement)
    fields = {each.attname: getattr(first, each.attname) for each in Invitation._meta.fields if not each.primary_key}
    del fields["created_at"], fields["link_key"], fields["changed_at"]
    Invitation.objects.bulk_create(
        [
            Invitation(**fields | {"email": f"i{number}@many.example", "organization_name": f"Guest {number}",
                                   "search_key": f"guest {number}", "invited_at": timezone.now(), "state": "waiting"})
            for number in range(invitations - 1)
        ],
        batch_size=2000,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["desk-statement", "desk-invitations", "desk-coverage"])
def test_the_number_of_queries_is_the_same_whatever_the_size(client, name):
    client.force_login(UserFactory(staff=True))
    counts = []
    for sign_ons, invitations in ((3, 3), (10_000, 1_000) if FULL else (300, 100)):
        statement = StatementFactory()
        grow(statement, sign_ons, invitations)
        url = reverse(name, args=[statement.slug])
        client.get(url)  # what a process reads once
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] < 60
