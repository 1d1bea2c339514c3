"""What goes to the database in one round trip is as if each had gone alone."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signon import mailing
from signon.mail import limits
from signon.models import Case, LedgerEntry, Message, SignOn
from signon.models.one_trip import insert
from signon.models.sign_on_queryset import before_signing
from tests.elsewhere import Elsewhere, wait_until_somebody_waits
from tests.factories import SignOnFactory, StatementFactory


def look(statement, email):
    return before_signing(limits.of_a_mailbox(email.lower()), statement.pk, email)


def made(statement, email):
    key = look(statement, email).key
    name = r"O'Hara \ E'\x' 100% %(s)s $1 {0}; 🌹 نساء"
    sign_on = SignOnFactory.build(
        pk=key, statement=statement, text=statement.text(), email=email, organization_name=name
    )
    opening = LedgerEntry.objects.opening(sign_on, LedgerEntry.Act.SIGNED, typed="“100% %s”; DROP")
    return sign_on, opening, mailing.draft(Message.Kind.VERIFICATION, key=f"verification:{key}:0", sign_on=sign_on)


@pytest.mark.django_db
def test_rows_written_together_are_as_if_each_had_been_saved():
    rows = made(StatementFactory(), "asha@secret.example")
    with CaptureQueriesContext(connection) as asked:
        insert(*rows)
    assert len(asked) == 1
    sign_on, opening, message = SignOn.objects.get(), LedgerEntry.objects.get(), Message.objects.get()
    assert (sign_on, opening.sign_on, message.sign_on) == (rows[0], rows[0], rows[0])
    for read, row in zip((sign_on, opening, message), rows, strict=True):
        names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
        assert {name: getattr(read, name) for name in names} == {name: getattr(row, name) for name in names}
        assert not row._state.adding
    assert opening.is_intact("")
    sign_on.organization_name = "Saved again"
    sign_on.save()
    assert model_to_dict(SignOn.objects.get())["organization_name"] == "Saved again"


@pytest.mark.django_db
def test_of_rows_that_cannot_stand_together_none_is_written():
    statement = StatementFactory()
    insert(*made(statement, "asha@secret.example"))
    with pytest.raises(IntegrityError, match="an_address_has_one_unconfirmed_sign_on"), transaction.atomic():
        insert(*made(statement, "ASHA@secret.example"))
    assert (SignOn.objects.count(), LedgerEntry.objects.count(), Message.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_a_row_that_points_to_one_without_a_key_is_refused():
    sign_on = SignOnFactory.build(pk=None, statement=StatementFactory(), email="asha@secret.example")
    opening = LedgerEntry(sign_on=sign_on, number=1, act=LedgerEntry.Act.SIGNED, at=timezone.now())
    sign_on.pk = 7  # given too late for the entry to know
    with pytest.raises(ValueError, match="got its key afterwards"):
        insert(opening)
    assert not LedgerEntry.objects.exists()


@pytest.mark.django_db
def test_a_key_is_given_once_and_says_who_is_there_in_any_case():
    statement = StatementFactory()
    first = look(statement, "asha@secret.example")
    assert not first.is_again
    SignOnFactory(pk=first.key, statement=statement, email="asha@secret.example")
    second = look(statement, "Asha@Secret.example")
    assert (second.key > first.key, second.is_again) == (True, True)
    assert look(StatementFactory(), "asha@secret.example").is_again is False


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_behind_a_lock_sees_what_was_written_before_it_was_free():
    statement, found = StatementFactory(), []

    def first():
        with transaction.atomic():
            mailbox = limits.hold_mailbox("asha@secret.example")
            assert mailbox == "asha@secret.example"
            SignOnFactory(statement=statement, email=mailbox)

    def second():
        with transaction.atomic():
            before = look(statement, "asha@secret.example")
            found.append((before.mailed, before.is_again))

    later = threading.Thread(target=lambda: (second(), connections.close_all()))
    with Elsewhere(first):
        later.start()
        wait_until_somebody_waits()
        assert not found
    later.join(30)
    assert found == [([], True)]


@pytest.mark.django_db
def test_a_row_that_is_there_is_left_out_where_the_caller_says_so():
    sign_on = SignOnFactory(confirmed=True)
    insert(Case(sign_on=sign_on))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Case(sign_on=sign_on))
    entry = LedgerEntry.objects.following(sign_on, LedgerEntry.Act.NOTED, (7, "before"))
    insert(entry, Case(sign_on=sign_on), unless_there=[Case])
    assert (Case.objects.count(), LedgerEntry.objects.filter(number=8, previous="before").count()) == (1, 1)


@pytest.mark.django_db
def test_what_was_mailed_lately_is_what_strangers_caused_to_this_mailbox_within_a_day():
    sign_on = SignOnFactory(email="Asha@secret.example")
    for number, (kind, mailbox, hours) in enumerate(
        [
            (Message.Kind.VERIFICATION, "asha@secret.example", 23),
            (Message.Kind.LINKS, "asha@secret.example", 1),
            (Message.Kind.VERIFICATION, "asha@secret.example", 25),
            (Message.Kind.LOGIN_CODE, "asha@secret.example", 1),
            (Message.Kind.VERIFICATION, "noor@secret.example", 1),
        ]
    ):
        message = mailing.draft(kind, key=f"{kind}:{number}", sign_on=sign_on)
        message.mailbox = mailbox
        message.save()
        Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    mailed = look(sign_on.statement, "asha@secret.example").mailed
    assert [round((timezone.now() - moment) / timedelta(hours=1)) for moment in mailed] == [1, 23]
