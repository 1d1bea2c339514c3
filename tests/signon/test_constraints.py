"""Each promise of the database is broken here on purpose, past the code that keeps it."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Revision, RevisionText, Statement
from signon.casework.directory import constraint_of
from signon.models import (
    Announcement,
    Case,
    Counter,
    Distinction,
    Export,
    ExportPreset,
    Import,
    ImportRow,
    Job,
    LedgerEntry,
    Mailing,
    Membership,
    Merge,
    Message,
    OrganizationName,
    Question,
    Suppression,
    User,
    Webhook,
)
from signon.models.organization import NameKey
from tests.factories import (
    CampaignFactory,
    OrganizationFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)

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


@pytest.mark.parametrize("refusal", ["", "other"])
def test_a_refusal_has_a_reason(refusal):
    with Refused("a_refusal_has_a_reason"):
        change(SignOnFactory(confirmed=True), state="declined", refusal=refusal, decided_by=UserFactory(), **DECIDED)


@pytest.mark.parametrize("reason", [{"refusal": "not_found"}, {"refusal": "other", "decision_reason": "No."}])
def test_a_refusal_s_reason_is_one_that_staff_chose_or_their_words(reason):
    change(SignOnFactory(confirmed=True), state="declined", decided_by=UserFactory(), **reason, **DECIDED)


@pytest.mark.parametrize("state", ["confirmed", "withdrawn"])
def test_a_double_is_accepted(state):
    sign_on = SignOnFactory(confirmed=True)
    with Refused("a_double_is_accepted"):
        change(sign_on, same_as=accepted(statement=sign_on.statement), state=state, ended_at=timezone.now())


def test_a_double_may_be_of_the_same_organization_on_the_same_statement():
    standing, double = accepted(), accepted()
    change(double, statement=standing.statement, organization=standing.organization, same_as=standing)
    with Refused("an_organization_stands_once"):
        change(double, same_as=None)


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


@pytest.mark.parametrize("state", ["queued", "retrying"])
def test_only_a_mailing_s_message_is_held(state):
    message = accepted().messages.get()
    with Refused("only_a_mailing_s_message_is_held"):
        change(message, state=state, due_at=None)


def test_a_mailing_s_message_may_be_held_and_what_is_done_needs_no_moment():
    message = accepted().messages.get()
    mailing = Mailing.objects.create(statement=StatementFactory(), created_by=UserFactory())
    change(message, mailing=mailing, due_at=None)
    change(accepted().messages.get(), state="canceled", due_at=None)


def test_no_organization_is_merged_into_itself():
    organization = OrganizationFactory()
    with Refused("no_organization_is_merged_into_itself"):
        change(organization, merged_into=organization)


def test_an_organization_is_merged_away_once():
    kept, other, merged, staff = OrganizationFactory(), OrganizationFactory(), OrganizationFactory(), UserFactory()
    first = Merge.objects.create(kept=kept, merged=merged, by=staff)
    with Refused("an_organization_is_merged_away_once"):
        Merge.objects.create(kept=other, merged=merged, by=staff)
    change(first, undone_at=timezone.now(), undone_by=staff)
    Merge.objects.create(kept=other, merged=merged, by=staff)


def test_an_organization_has_a_domain_once():
    organization = OrganizationFactory()
    organization.domains.create(domain="twn.example")
    OrganizationFactory().domains.create(domain="twn.example")
    with Refused("an_organization_has_a_domain_once"):
        organization.domains.create(domain="twn.example")


def test_an_organization_has_a_key_once():
    organization = OrganizationFactory()
    NameKey.objects.create(organization=organization, key=7)
    NameKey.objects.create(organization=OrganizationFactory(), key=7)
    with Refused("an_organization_has_a_key_once"):
        NameKey.objects.create(organization=organization, key=7)


def test_two_organizations_are_told_apart_once():
    told = {"organization": OrganizationFactory(), "search_key": "twn", "country": "MY", "by": UserFactory()}
    Distinction.objects.create(**told)
    Distinction.objects.create(**told | {"country": ""})
    with Refused("two_organizations_are_told_apart_once"):
        Distinction.objects.create(**told)


def test_a_taken_case_is_taken_for_a_while():
    with Refused("a_taken_case_is_taken_for_a_while"):
        Case.objects.create(sign_on=SignOnFactory(), taken_by=UserFactory())


def test_a_sign_on_has_one_open_question():
    asked = {"sign_on": SignOnFactory(), "by": UserFactory(), "words": "Who?"}
    Question.objects.create(**asked, answered_at=timezone.now())
    Question.objects.create(**asked, dropped_at=timezone.now())
    Question.objects.create(**asked)
    with Refused("a_sign_on_has_one_open_question"):
        Question.objects.create(**asked)


def test_a_mailbox_is_suppressed_once_for_a_reason():
    Suppression.objects.create(mailbox="a@b.example", reason="bounced", lifted_at=timezone.now())
    Suppression.objects.create(mailbox="a@b.example", reason="bounced")
    Suppression.objects.create(mailbox="a@b.example", reason="unsubscribed")
    with Refused("a_mailbox_is_suppressed_once_for_a_reason"):
        Suppression.objects.create(mailbox="a@b.example", reason="bounced")


@pytest.mark.parametrize("state", ["sending", "paused", "stopped", "done"])
def test_a_mailing_on_its_way_has_its_start(state):
    mailing = Mailing.objects.create(statement=StatementFactory(), created_by=UserFactory())
    with Refused("a_mailing_on_its_way_has_its_start"):
        change(mailing, state=state)


def test_a_mailing_has_one_text_a_language():
    mailing = Mailing.objects.create(statement=StatementFactory(), created_by=UserFactory())
    mailing.texts.create(language="en", subject="News")
    mailing.texts.create(language="fr", subject="Nouvelles")
    with Refused("a_mailing_has_one_text_a_language"):
        mailing.texts.create(language="en", subject="Other news")


def test_a_person_belongs_to_a_campaign_once():
    person = {"user": UserFactory(), "campaign": CampaignFactory()}
    Membership.objects.create(**person)
    with Refused("a_person_belongs_to_a_campaign_once"):
        Membership.objects.create(**person)


def test_a_name_kept_back_has_no_place_among_names():
    with Refused("a_name_kept_back_has_no_place_among_names"):
        change(accepted(), listing="country")


def test_a_whole_export_has_rows_and_a_digest():
    with Refused("a_whole_export_has_rows_and_a_digest"):
        Export.objects.create(by=UserFactory(), way="command", format="csv", rows=3)


def test_an_export_with_a_file_has_an_end():
    with Refused("an_export_with_a_file_has_an_end"):
        Export.objects.create(by=UserFactory(), way="prepared", format="csv", file="exports/1.csv")


def test_an_export_preset_has_a_name_of_its_own():
    ExportPreset.objects.create(name="Kenya", by=UserFactory())
    with Refused("an_export_preset_has_a_name_of_its_own"):
        ExportPreset.objects.create(name="Kenya", by=UserFactory())


def test_a_running_job_has_a_lease():
    with Refused("a_running_job_has_a_lease"):
        Job.objects.create(kind="export", subject=1, by=UserFactory(), state="running")


def test_one_job_of_a_kind_works_on_a_subject():
    Job.objects.create(kind="export", subject=1, by=UserFactory())
    with Refused("one_job_of_a_kind_works_on_a_subject"):
        Job.objects.create(kind="export", subject=1, by=UserFactory())


def an_import(**fields):
    return Import.objects.create(**{"statement": StatementFactory(), "by": UserFactory()} | fields)


def test_an_import_says_from_where_and_with_what_consent():
    with Refused("an_import_says_from_where_and_with_what_consent"):
        an_import(state="applied", applied_at=timezone.now(), source="A letter")


def test_what_was_imported_has_its_moment():
    with Refused("what_was_imported_has_its_moment"):
        an_import(state="applied", source="A letter", consent="published")


def test_a_row_has_its_number_once():
    row = ImportRow.objects.create(of=an_import(), number=1, status="new")
    with Refused("a_row_has_its_number_once"):
        ImportRow.objects.create(of=row.of, number=1, status="new")


def test_a_row_with_a_problem_is_not_taken():
    with Refused("a_row_with_a_problem_is_not_taken"):
        ImportRow.objects.create(of=an_import(), number=1, status="problem", takes=True)


def test_a_webhook_tells_of_something():
    with Refused("a_webhook_tells_of_something"):
        Webhook.objects.create(
            url="https://receiver.example/", created_by=UserFactory(), tells_of_accepted=False, tells_of_withdrawn=False
        )


def test_what_is_being_announced_has_a_lease():
    webhook = Webhook.objects.create(url="https://receiver.example/", created_by=UserFactory())
    with Refused("what_is_being_announced_has_a_lease"):
        Announcement.objects.create(
            key="1", webhook=webhook, event="signatory.accepted", state="sending", due_at=timezone.now()
        )


def test_an_export_is_of_a_statement_or_a_campaign():
    statement = StatementFactory()
    with Refused("an_export_is_of_a_statement_or_a_campaign"):
        Export.objects.create(
            statement=statement, campaign=statement.campaign, by=UserFactory(), way="prepared", format="zip"
        )


def test_every_named_constraint_is_broken_in_some_test():
    """A new promise without a test that breaks it fails here."""
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.parent.rglob("test_*.py"))
    ours = [model for model in apps.get_models() if model._meta.app_label in ("campaigns", "signon")]
    named = {constraint.name for model in ours for constraint in model._meta.constraints}
    assert {name for name in named if f'Refused("{name}")' not in sources} == set()
