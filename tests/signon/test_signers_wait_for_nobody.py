"""Signing costs the same whatever the list's length, and nobody who signs waits for somebody else who does."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from signon import mailing, signing, volume
from signon.mail import limits
from signon.models import Message, SignOn
from signon.models.sign_on_queryset import before_signing
from tests.factories import StatementFactory, UserFactory
from tests.plans import costs_of
from tests.posted import typed
from tests.signon.test_races import sign


@pytest.mark.django_db(transaction=True)
def test_while_one_signer_s_transaction_is_open_another_signs_and_confirms():
    statement = StatementFactory()
    first = sign(statement)  # whoever is first freezes the text
    written, ends = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                sign(type(statement).objects.get(pk=statement.pk), email="held@open.example")
                signing.confirm(SignOn.objects.get(email="held@open.example"), version=1)
                written.set()
                assert ends.wait(30)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert written.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")  # whoever waits fails
        sign(statement, email="second@signer.example")
        signing.confirm(first, version=1)
        assert not SignOn.objects.filter(email="held@open.example").exists()
    finally:
        ends.set()
        other.join(30)
        connection.close()
    assert SignOn.objects.filter(state="confirmed").count() == 2


@pytest.mark.django_db
def test_signing_reads_no_more_of_a_long_list_and_counts_nothing(client):
    asked, read = [], []
    for size in (0, 3000):
        statement = StatementFactory()
        for _done in volume.load(statement, size, by=UserFactory()) if size else ():
            pass
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        url = f"{statement.get_absolute_url()}sign/"
        client.post(url, typed(email=f"first{size}@signer.example"))
        with CaptureQueriesContext(connection) as queries:
            assert client.post(url, typed(email=f"second{size}@signer.example")).status_code == 302
        asked.append(len(queries))
        assert [each["sql"] for each in queries if "COUNT(" in each["sql"]] == []
        costs = costs_of(lambda url=url, size=size: client.post(url, typed(email=f"third{size}@signer.example")))
        read.append(max(cost.rows for cost in costs))
    assert asked[0] == asked[1] <= 14
    assert max(read) <= 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_full", [False, True])
def test_what_was_planned_of_an_empty_table_reads_no_more_of_a_full_one(was_full):
    statement = StatementFactory()

    def fill():
        for _done in volume.load(statement, 3000, by=UserFactory()):
            pass
        mailed = SignOn.objects.latest("pk")
        mails = [mailing.draft(Message.Kind.VERIFICATION, key=f"v:{each}", sign_on=mailed) for each in range(3000)]
        for number, mail in enumerate(mails):
            mail.mailbox = f"a{number}@signer.example"
        Message.objects.bulk_create(mails)

    if was_full:  # indexes keep the pages that they once had, each of them another number
        with transaction.atomic():
            fill()
            transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE signon_signon, signon_message")  # known to be empty

    def look():
        before_signing(limits.of_a_mailbox("asha@secret.example"), statement.pk, "asha@secret.example")

    with transaction.atomic():
        look()
        fill()
        assert max(cost.buffers for cost in costs_of(look)) < 60
