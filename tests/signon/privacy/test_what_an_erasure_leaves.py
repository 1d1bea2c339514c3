"""An erasure takes its person, and nothing of others: not the administration's log, not their lists."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from signon import exporting, jobs
from signon.casework import proposing
from signon.exports.export_choice import Choice
from signon.models import Export, Import, ImportRow, Message, Proposal, Seat
from signon.privacy import erasing
from tests.factories import OrganizationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
ADDRESS = "asha@erased.example"


def logged(row, words, by=None):
    kind = ContentType.objects.get_for_model(row)
    return LogEntry.objects.create(user=by or UserFactory(staff=True), content_type=kind, object_id=str(row.pk),
                                   object_repr=str(row)[:200], action_flag=CHANGE, change_message=words)  # fmt: skip


def test_a_stranger_who_is_called_like_a_word_of_the_log_blanks_none_of_it():
    entry = logged(OrganizationFactory(name="Bread House"), '[{"changed": {"fields": ["Name"]}}]')
    SignOnFactory(individual=True, representative_name="changed", listed_name="changed", email=ADDRESS)
    accepted(individual=True, representative_name="Brea", listed_name="Brea", email=ADDRESS)
    erasing.erase(ADDRESS)
    entry.refresh_from_db()
    assert (entry.object_repr, entry.change_message) == ("Bread House", '[{"changed": {"fields": ["Name"]}}]')


def test_what_was_done_with_an_account_of_staff_stays():
    member = UserFactory(email=ADDRESS, is_staff=True)
    entry = logged(member, '[{"changed": {"fields": ["Groups"]}}]')
    erasing.erase(ADDRESS)
    entry.refresh_from_db()
    assert entry.change_message == '[{"changed": {"fields": ["Groups"]}}]'


def test_words_of_others_about_the_address_lose_it():
    other = accepted(email="ben@other.example")
    proposal = proposing.propose_name(other, "Bread Houses")
    proposing.decline(proposal, by=UserFactory(staff=True), reason=f"Write to {ADDRESS} first.")
    standing = accepted(email=ADDRESS)
    choice = Choice(statement=standing.statement.slug, contacts=True, query=ADDRESS)
    exporting.prepare(choice, "csv", by=UserFactory(staff=True))
    erasing.erase(ADDRESS)
    proposal.refresh_from_db()
    assert proposal.reason == "Write to … first."
    assert ADDRESS not in str(Export.objects.get().choice)


def test_who_was_never_listed_takes_no_list_along():
    accepted(statement=StatementFactory())
    exporting.prepare(Choice(statement=""), "csv", by=UserFactory(staff=True))
    exporting.make(jobs.claim())
    SignOnFactory(statement=StatementFactory(), email=ADDRESS)
    erasing.erase(ADDRESS)
    assert Export.objects.exclude(file="").count() == 1


@pytest.mark.also_sealed
def test_of_another_s_row_in_a_list_the_cells_go_that_hold_the_address():
    other, theirs = accepted(email="ben@other.example"), accepted(email=ADDRESS)
    brought = Import.objects.create(
        statement=other.statement,
        by=UserFactory(staff=True),
        state="applied",
        applied_at=timezone.now(),
        source="A fair",
        consent="on_file",
    )
    beside, own, by_sign_on = (
        ImportRow.objects.create(
            of=brought,
            number=number,
            raw=[["E-mail", email], ["Copy to", f"Asha <{ADDRESS.upper()}>"], ["Name", "Ben"]],
            values={"email": email, "representative_name": "Ben", "answers": {"7": ["Yes", ADDRESS]}},
            notes=[{"code": "split", "facts": {"from": f"{email}; {ADDRESS}"}}],
            sign_on=sign_on,
        )
        for number, email, sign_on in ((1, "ben@other.example", other), (2, ADDRESS, None), (3, "", theirs))
    )
    erasing.erase(ADDRESS)
    for row in (beside, own, by_sign_on):
        row.refresh_from_db()
    assert beside.raw == [["E-mail", "ben@other.example"], ["Copy to", "…"], ["Name", "Ben"]]
    assert beside.values == {"email": "ben@other.example", "representative_name": "Ben", "answers": {"7": ["Yes", "…"]}}
    assert beside.notes == [{"code": "split", "facts": {"from": "…"}}]
    assert [(row.raw, row.values, row.notes) for row in (own, by_sign_on)] == [([], {}, [])] * 2


def test_what_an_erased_owner_asked_for_ends_and_nobody_is_mailed():
    standing, owner = accepted(organization_name="House"), UserFactory(email=ADDRESS)
    seat = Seat.objects.create(
        organization=standing.organization,
        user=owner,
        email=ADDRESS,
        state="stands",
        role="owner",
        how="staff",
        decided_at=timezone.now(),
        decided_by=UserFactory(staff=True),
    )
    proposal = proposing.propose_official_name(seat, name="House of Bread", acronym="")
    erasing.erase(ADDRESS)
    assert Proposal.objects.get(pk=proposal.pk).state == "ended"
    assert [each for each in Message.objects.all() if "localhost.invalid" in each.to_address] == []
