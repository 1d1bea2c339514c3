from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from signon import sealing, signing
from signon.models import LedgerEntry, Seal, SealedEntry
from tests.elsewhere import Elsewhere
from tests.factories import SignOnFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db


def past_the_trigger(sql, *parameters):
    """What somebody could do who owns the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for word in ("DISABLE", "ENABLE"):
            if word == "ENABLE":
                cursor.execute(sql, parameters)
            for table in ("signon_ledgerentry", "signon_seal", "signon_sealedentry"):
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER the_ledger_is_only_added_to")


def found(statement):
    return list(sealing.faults(statement))


@pytest.fixture
def statement():
    made = StatementFactory()
    for _number in range(3):
        accepted(statement=made)
    sealing.seal()
    return made


def test_a_seal_covers_what_no_seal_covers_yet(statement):
    assert SealedEntry.objects.count() == LedgerEntry.objects.count() == 3
    assert sealing.seal() is None
    accepted(statement=statement)
    second = sealing.seal()
    assert (second.number, second.entries.count()) == (2, 1)
    assert second.previous == Seal.objects.get(number=1).digest
    assert found(statement) == []


def test_a_changed_entry_is_named(statement):
    entry = LedgerEntry.objects.first()
    past_the_trigger("UPDATE signon_ledgerentry SET act = 'declined' WHERE id = %s", entry.pk)
    assert found(statement) == [f"Sign-on {entry.sign_on_id}: entry 1 (declined) was changed, or what is before it."]


def test_an_entry_changed_with_a_digest_that_fits_is_named_by_its_seal(statement):
    entry = LedgerEntry.objects.first()
    entry.act = "declined"
    from signon.models.ledger import digest_of_entry

    digest = digest_of_entry("", entry.sign_on_id, 1, "declined", entry.by_id, entry.at, entry.facts)
    past_the_trigger("UPDATE signon_ledgerentry SET act = 'declined', digest = %s WHERE id = %s", digest, entry.pk)
    assert found(statement) == [f"Sign-on {entry.sign_on_id}: entry 1 is not the one that was sealed."]


def test_a_chain_removed_whole_is_named(statement):
    entry = LedgerEntry.objects.first()
    past_the_trigger("DELETE FROM signon_ledgerentry WHERE id = %s", entry.pk)
    assert found(statement) == [
        f"Sign-on {entry.sign_on_id}: its chain is missing.",
        f"Sign-on {entry.sign_on_id}: entry 1, under seal 1, was removed.",
    ]


def test_a_chain_removed_with_its_rows_under_the_seal_breaks_the_seal(statement):
    entry = LedgerEntry.objects.first()
    past_the_trigger("DELETE FROM signon_sealedentry WHERE entry_id = %s", entry.pk)
    assert "Seal 1 was changed, or what it covers." in found(statement)


def test_an_entry_put_in_between_is_named(statement):
    sign_on = SignOnFactory(statement=statement)
    LedgerEntry.objects.append(sign_on, "signed")
    forged = LedgerEntry.objects.append(sign_on, "withdrawn")
    LedgerEntry.objects.append(sign_on, "confirmed")
    past_the_trigger("UPDATE signon_ledgerentry SET previous = %s WHERE id = %s", "0" * 64, forged.pk)
    assert found(statement) == [f"Sign-on {sign_on.pk}: entry 2 (withdrawn) was changed, or what is before it."]


def test_an_entry_put_in_at_the_end_past_the_product_is_named(statement):
    last = LedgerEntry.objects.order_by("pk").last()
    insert = """INSERT INTO signon_ledgerentry (sign_on_id, number, act, at, facts, previous, digest)
        SELECT sign_on_id, number + 1, 'withdrawn', now(), '{}', digest, repeat('0', 64)
        FROM signon_ledgerentry WHERE id = %s"""
    with connection.cursor() as cursor:
        cursor.execute(insert, [last.pk])
    assert found(statement) == [f"Sign-on {last.sign_on_id}: entry 2 (withdrawn) was changed, or what is before it."]


def test_a_chain_is_named_though_its_sign_on_went_with_it(statement):
    entry = LedgerEntry.objects.last()
    past_the_trigger("DELETE FROM signon_ledgerentry WHERE id = %s", entry.pk)
    entry.sign_on.messages.all().delete()
    entry.sign_on.delete()
    assert found(statement) == [f"Sign-on {entry.sign_on_id}: entry 1, under seal 1, was removed."]


def test_the_command_names_each_fault_and_exits_with_1(statement, capsys):
    call_command("verify_ledger", statement.slug)
    assert capsys.readouterr().out == "3 chains are intact.\n"
    entry = LedgerEntry.objects.first()
    past_the_trigger("UPDATE signon_ledgerentry SET act = 'declined' WHERE id = %s", entry.pk)
    with pytest.raises(CommandError) as caught:
        call_command("verify_ledger", statement.slug)
    assert caught.value.returncode == 1
    assert f"Sign-on {entry.sign_on_id}: entry 1 (declined) was changed" in capsys.readouterr().err


def test_a_missing_entry_is_named(statement):
    sign_on = accepted(statement=statement)
    signing.withdraw(sign_on)
    past_the_trigger("DELETE FROM signon_ledgerentry WHERE sign_on_id = %s AND number = 1", sign_on.pk)
    assert f"Sign-on {sign_on.pk}: entry 1 is missing." in found(statement)


def test_a_missing_seal_is_named(statement):
    accepted(statement=statement)
    sealing.seal()
    past_the_trigger("DELETE FROM signon_sealedentry WHERE seal_id = %s", Seal.objects.get(number=1).pk)
    past_the_trigger("DELETE FROM signon_seal WHERE number = 1")
    assert "Seal 1 is missing." in found(statement)


@pytest.mark.parametrize("model", [Seal, SealedEntry])
def test_seals_are_only_added_to(statement, model):
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        model.objects.update(digest="0" * 64)
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def sign(statement, number):
    return signing.sign(
        statement=statement,
        language="en",
        organization_name=f"Organization {number}",
        country="KE",
        representative_name="Asha Rao",
        email=f"asha{number}@secret.example",
        consent_publish=True,
    )


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_after_a_seal_raises_no_alarm_and_goes_into_the_next():
    statement = StatementFactory()
    sign(statement, 1)
    with Elsewhere(lambda: sign(statement, 2)):
        sign(statement, 3)
        assert sealing.seal().entries.count() == 2
    assert found(statement) == []
    late = sealing.seal()
    assert (late.number, late.entries.count()) == (2, 1)
    assert found(statement) == []


@pytest.mark.django_db(transaction=True)
def test_a_late_entry_is_sealed_though_older_ones_are_looked_for_no_more():
    statement = StatementFactory()
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        sign(statement, 1)
    with Elsewhere(lambda: sign(statement, 2)):
        sign(statement, 3)
        assert sealing.seal().settled == LedgerEntry.objects.order_by("pk").first().pk
    assert found(statement) == []
    assert sealing.seal().entries.count() == 1
    assert found(statement) == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_an_older_chain_that_commits_late_raises_no_alarm():
    statement = StatementFactory()
    first = sign(statement, 1)
    with Elsewhere(lambda: signing.confirm(first, version=1)):
        assert sealing.seal().entries.count() == 1
        assert found(statement) == []
    assert found(statement) == []
    assert sealing.seal().entries.count() == 1
    assert found(statement) == []


@pytest.mark.django_db(transaction=True)
def test_two_signers_of_one_statement_never_wait_for_each_other():
    statement = StatementFactory()
    sign(statement, 0)  # the first freezes the text
    with Elsewhere(lambda: sign(statement, 1)), Elsewhere(lambda: sign(statement, 2)):
        sign(statement, 3)
    assert statement.sign_ons.count() == 4


@pytest.mark.django_db(transaction=True)
def test_sealing_holds_up_no_signer():
    statement = StatementFactory()
    sign(statement, 1)
    with Elsewhere(sealing.seal):
        sign(statement, 2)
    assert found(statement) == []


def test_a_million_new_entries_are_sealed_in_portions_and_none_is_left_out(monkeypatch):
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 2)
    made = StatementFactory()
    for _number in range(3):
        accepted(statement=made)
    with time_machine.travel(timezone.now() + 2 * sealing.LONGEST_TRANSACTION):
        while sealing.seal():
            pass
    assert SealedEntry.objects.count() == LedgerEntry.objects.count() > 2
    assert found(made) == []
