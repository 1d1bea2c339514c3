"""Into which indexes PostgreSQL writes a sign-on, its ledger entry and its mail: every signer pays for each of them."""

import pytest
from django.db import connection

from signon import signing
from signon.models import LedgerEntry, Message
from tests.factories import StatementFactory
from tests.posted import typed

pytestmark = pytest.mark.django_db

OF_A_TABLE = """
    SELECT indexrelid::regclass::text, pg_get_expr(indpred, indrelid) FROM pg_index
    WHERE indrelid = %s::regclass ORDER BY 1
"""


def indexes_with(row):
    """Those that hold a row: all but those of other rows."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(OF_A_TABLE, [table])
        found = []
        for name, condition in cursor.fetchall():
            cursor.execute(f"SELECT FROM {table} WHERE id = %s AND ({condition or 'true'})", [row.pk])
            found += [name] * cursor.rowcount
    return found


def test_signing_writes_what_its_lists_need_and_no_index_of_what_it_leaves_empty():
    statement = StatementFactory()
    given = typed(authorized=True, consent_publish=True)
    signed = signing.sign(statement=statement, language="en", network="a network", **given)
    assert indexes_with(signed) == [
        "an_address_has_one_unconfirmed_sign_on",
        "sign_ons_as_they_came",
        "sign_ons_by_address",
        "sign_ons_by_country",
        "sign_ons_by_network",
        "sign_ons_by_state",
        "sign_ons_that_expire",
        "signon_signon_pkey",
        "signon_signon_text_id_58a1e61d",
    ]
    assert indexes_with(LedgerEntry.objects.get()) == [
        "a_ledger_entry_has_a_number_of_its_own",
        "signon_ledgerentry_pkey",
    ]
    assert indexes_with(Message.objects.get()) == [
        "messages_that_are_due",
        "messages_to_a_mailbox",
        "signon_message_key_key",
        "signon_message_message_id_key",
        "signon_message_pkey",
        "signon_message_sign_on_id_5cde879e",
    ]
