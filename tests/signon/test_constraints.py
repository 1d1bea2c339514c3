"""Each promise of the database is broken here on purpose, past the code that keeps it."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Revision, RevisionText, Statement
from signon.directory import constraint_of
from signon.models import Counter, LedgerEntry, Message, Organization, OrganizationName, SignOn, User
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


class Refused:
    """Expects the database to refuse what is done inside, by the constraint of this name."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.raises = pytest.raises(IntegrityError)
        self.caught = self.raises.__enter__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, *error):
        self.savepoint.__exit__(*error)
        handled = self.raises.__exit__(*error)
        assert constraint_of(self.caught.value) == self.name
        return handled


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


DECIDED = {"decided_at": timezone.now()}


def test_an_organization_stands_once():
    standing, other = accepted(), SignOnFactory(confirmed=True)
    with Refused("an_organization_stands_once"):
        change(
            other,
            statement=standing.statement,
            organization=standing.organization,
            state="accepted",
            decided_by=UserFactory(),
            **DECIDED,
        )


def test_an_individual_stands_once():
    standing = accepted(individual=True, email="asha@secret.example")
    other = SignOnFactory(confirmed=True, individual=True, email="ASHA@secret.example", statement=standing.statement)
    with Refused("an_individual_stands_once"):
        change(other, state="accepted", decided_by=UserFactory(), **DECIDED)


def test_an_address_has_one_unconfirmed_sign_on():
    waiting = SignOnFactory(email="asha@secret.example")
    with Refused("an_address_has_one_unconfirmed_sign_on"):
        SignOnFactory(email="Asha@secret.example", statement=waiting.statement)


def test_nothing_is_accepted_before_it_is_confirmed():
    sign_on, organization = SignOnFactory(), accepted().organization
    with Refused("nothing_is_accepted_before_it_is_confirmed"):
        change(sign_on, state="accepted", organization=organization, decided_by=UserFactory(), **DECIDED)


def test_an_import_may_say_that_it_was_accepted_elsewhere():
    sign_on, organization = SignOnFactory(), accepted().organization
    change(
        sign_on,
        source="import",
        state="accepted",
        organization=organization,
        decided_by=UserFactory(),
        **DECIDED,
    )


def test_what_is_confirmed_has_its_moment():
    with Refused("what_is_confirmed_has_its_moment"):
        change(SignOnFactory(), state="confirmed")


@pytest.mark.parametrize("missing", ["decided_at", "decided_by"])
def test_a_decision_has_who_and_when(missing):
    sign_on = accepted()
    with Refused("a_decision_has_who_and_when"):
        change(sign_on, **{missing: None})


def test_a_refusal_has_a_reason():
    with Refused("a_refusal_has_a_reason"):
        change(SignOnFactory(confirmed=True), state="declined", decided_by=UserFactory(), **DECIDED)


def test_an_accepted_organization_is_in_the_directory():
    with Refused("an_accepted_organization_is_in_the_directory"):
        change(accepted(), organization=None)


def test_only_an_accepted_sign_on_points_to_the_directory():
    organization = accepted().organization
    with Refused("only_an_accepted_sign_on_points_to_the_directory"):
        change(SignOnFactory(), organization=organization)


def test_nobody_is_listed_without_consent():
    with Refused("nobody_is_listed_without_consent"):
        change(accepted(), consent_publish=False)


def test_an_unconfirmed_sign_on_has_an_end():
    with Refused("an_unconfirmed_sign_on_has_an_end"):
        change(SignOnFactory(), expires_at=None)


@pytest.mark.parametrize("state", ["withdrawn", "expired"])
def test_what_ended_has_its_moment(state):
    with Refused("what_ended_has_its_moment"):
        change(SignOnFactory(), state=state)


@pytest.mark.parametrize("column", ["organizations", "individuals"])
def test_no_count_below_zero(column):
    counter = Counter.objects.create(statement=StatementFactory(), country="KE")
    with Refused("no_count_below_zero"):
        change(counter, **{column: -1})


def test_a_country_is_counted_in_one_row():
    counter = Counter.objects.create(statement=StatementFactory(), country="KE")
    with Refused("a_country_is_counted_in_one_row"):
        Counter.objects.create(statement=counter.statement, country="KE")


@pytest.mark.parametrize("change_to", [{"title": "Other"}, {"body": "Other"}, {"language": "fr"}, {"frozen_at": None}])
def test_a_signed_text_is_frozen(change_to):
    text = StatementFactory().text()
    text.freeze()
    with Refused("a_signed_text_is_frozen"):
        change(text, **change_to)


def test_a_signed_text_is_not_deleted():
    text = StatementFactory().text()
    text.freeze()
    with Refused("a_signed_text_is_frozen"):
        RevisionText.objects.filter(pk=text.pk).delete()


def test_a_frozen_text_may_still_be_replaced_and_its_lead_written():
    text = StatementFactory().text()
    text.freeze()
    change(text, lead="Another lead", replaced_at=timezone.now())


def test_a_revision_has_one_current_text_a_language():
    text = StatementFactory().text()
    with Refused("a_revision_has_one_current_text_a_language"):
        RevisionText(revision=text.revision, language="en").write(title="Another", body="x")


def test_a_revision_has_a_number_of_its_own():
    statement = StatementFactory()
    with Refused("a_revision_has_a_number_of_its_own"):
        Revision.objects.create(statement=statement, number=1)


def test_a_statement_opens_before_it_closes():
    statement = StatementFactory()
    with Refused("a_statement_opens_before_it_closes"):
        change(statement, closes_at=statement.opens_at)


def test_a_closed_statement_says_when_it_closed():
    with Refused("a_closed_statement_says_when_it_closed"):
        change(StatementFactory(), state=Statement.State.CLOSED, closes_at=None)


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_ledger_is_only_added_to(act):
    entries = LedgerEntry.objects.filter(sign_on=accepted())
    with Refused("the_ledger_is_only_added_to"):
        entries.update(act="declined") if act == "update" else entries._raw_delete(entries.db)


def test_a_ledger_entry_has_a_number_of_its_own():
    entry = accepted().ledger.get()
    entry.pk = None
    with Refused("a_ledger_entry_has_a_number_of_its_own"):
        entry.save(force_insert=True)


def test_a_message_is_composed_once():
    message = accepted().messages.get()
    with Refused("signon_message_key_key"):
        Message.objects.create(key=message.key, message_id="<other@x>", to_address="a@b.example", due_at=timezone.now())


def test_what_is_being_sent_has_a_lease():
    with Refused("what_is_being_sent_has_a_lease"):
        change(accepted().messages.get(), state="sending")


def test_what_is_sent_has_its_moment():
    with Refused("what_is_sent_has_its_moment"):
        change(accepted().messages.get(), state="sent")


def test_a_national_organization_has_a_country_and_no_other_has():
    organization = accepted().organization
    with Refused("a_national_organization_has_a_country_and_no_other_has"):
        change(organization, country="")
    with Refused("a_national_organization_has_a_country_and_no_other_has"):
        change(organization, scope="regional")


def test_an_organization_has_a_name_once():
    other = OrganizationName.objects.create(organization=accepted().organization, name="TWN", search_key="twn")
    with Refused("an_organization_has_a_name_once"):
        OrganizationName.objects.create(organization=other.organization, name="T.W.N.", search_key="twn")


def test_an_address_has_one_account_in_any_case():
    UserFactory(email="asha@network.example")
    with Refused("an_address_has_one_account_in_any_case"):
        User.objects.create(email="ASHA@network.example")


def test_every_named_constraint_is_broken_here():
    """A new promise without a test that breaks it fails here."""
    source = Path(__file__).read_text(encoding="utf-8")
    models = [
        Statement,
        Revision,
        RevisionText,
        SignOn,
        Counter,
        Message,
        LedgerEntry,
        Organization,
        OrganizationName,
        User,
    ]
    named = {constraint.name for model in models for constraint in model._meta.constraints}
    assert {name for name in named if f'Refused("{name}")' not in source} == set()
