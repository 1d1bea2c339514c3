"""A letter is handed over, answered, and everybody who signed is thanked; the whole goes into one file."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import AddresseeAnswer, Campaign, Statement
from signon import exporting, jobs, letter, organizing, sealing, tasks
from signon.casework import attaching
from signon.mail import dispatching, mailings
from signon.models import Export, Job, LedgerEntry, Mailing, Message
from signon.people import roles
from signon.statements import archiving, delivering
from signon.statements.story import story
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db

ANSWER = {"from_whom": "The co-chairs", "received_on": date(2026, 12, 1), "language": "en", "words": "We **agree**."}


@pytest.fixture
def statement():
    made = StatementFactory(slug="the-call")
    accepted(statement=made, organization_name="Third World Network", country="MY", representative_name="Asha Rao",
             email="asha@twn.example")  # fmt: skip
    accepted(statement=made, organization_name="Hidden House", country="KE", listing="count", consent_publish=False)
    return made


def a_pack(statement, **options):
    pack = letter.order(statement, by=UserFactory(), text=statement.text(), **options)
    letter.make(pack)
    return pack


def closed(statement):
    Statement.objects.filter(pk=statement.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    statement.refresh_from_db()
    return statement


def deliver(pack, **more):
    delivering.deliver(pack, by=UserFactory(), to="The co-chairs", at=timezone.now(), **more)


def acts(statement):
    return list(LedgerEntry.objects.filter(statement=statement).order_by("number").values_list("act", flat=True))


def test_the_first_delivery_of_a_closed_statement_delivers_it(statement):
    receipt = SimpleUploadedFile("stamp.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20)
    pack = a_pack(closed(statement))
    deliver(pack, files=[receipt])
    statement.refresh_from_db()
    assert statement.state == "delivered"
    assert "delivered" in acts(statement)
    assert pack.attachments.get().content_type == "image/jpeg"
    assert list(sealing.faults(statement)) == []


def test_a_letter_that_is_handed_over_before_the_deadline_leaves_it_open(statement):
    deliver(a_pack(statement))
    statement.refresh_from_db()
    assert statement.state == "open"
    assert acts(statement) == ["delivered"]


def test_later_names_stand_in_an_addendum_and_the_page_tells_the_whole_story(statement):
    deliver(a_pack(closed(statement)))
    accepted(statement=statement, organization_name="Latecomers", country="PE")
    deliver(a_pack(statement))
    delivering.answer(statement, by=UserFactory(), **ANSWER)
    told = story(statement)
    assert [(chapter.kind, chapter.is_addendum) for chapter in told] == [
        ("delivered", False), ("delivered", True), ("answered", False)
    ]  # fmt: skip
    assert told[0].counts != told[1].counts
    assert "<strong>agree</strong>" in told[2].html
    statement.refresh_from_db()
    assert statement.state == "answered"


def test_nobody_answers_what_was_not_delivered(statement):
    with pytest.raises(delivering.CannotAnswer):
        delivering.answer(closed(statement), by=UserFactory(), **ANSWER)
    assert not AddresseeAnswer.objects.exists()


def test_what_was_handed_over_while_it_was_open_can_be_answered_once_it_is_closed(statement):
    deliver(a_pack(statement))
    assert not delivering.may_answer(statement)
    assert delivering.may_answer(closed(statement))
    delivering.answer(statement, by=UserFactory(), **ANSWER)
    statement.refresh_from_db()
    assert statement.state == "answered"
    assert list(sealing.faults(statement)) == []


def test_a_second_answer_is_told_too(statement):
    deliver(a_pack(closed(statement)))
    for _time in range(2):
        delivering.answer(statement, by=UserFactory(), **ANSWER)
    assert acts(statement).count("answer_came") == 2


def test_a_statement_that_nobody_delivered_has_no_story(statement):
    a_pack(statement)
    assert story(statement) == []


def test_everybody_who_stands_on_it_is_thanked_once_with_the_letter(statement):
    SignOnFactory(statement=statement, confirmed=True, organization_name="Waiting")
    pack = a_pack(closed(statement))
    deliver(pack)
    draft = delivering.thank(statement, by=UserFactory())
    assert delivering.thank(statement, by=UserFactory()) == draft
    assert (draft.state, mailings.count(draft)) == (Mailing.State.DRAFT, 2)
    assert not Message.objects.filter(kind="delivered").exists()
    mailings.start(draft)
    mailings.advance()
    message = Message.objects.filter(kind="delivered").first()
    assert f"/verify/{pack.digest}/" in dispatching.render(message).body


# The archive


def archive_of(of, by, **options):
    prepare = archiving.prepare_campaign if isinstance(of, Campaign) else archiving.prepare
    export = prepare(of, by=by, **options)
    job = Job.objects.get(kind=Job.Kind.ARCHIVE, subject=export.pk)
    assert job.state == Job.State.WAITING
    while (job := Job.objects.get(pk=job.pk)).is_open:
        tasks.do_next_job()
    assert job.state == Job.State.DONE, job.problem
    export.refresh_from_db()
    with export.file.open("rb") as file:
        return export, zipfile.ZipFile(io.BytesIO(file.read()))


@pytest.fixture
def manager(statement):
    user = UserFactory()
    roles.give(user, "campaign_manager")
    user.memberships.create(campaign=statement.campaign)
    return user


def test_the_archive_holds_all_of_it_and_no_personal_data(statement, manager):
    deliver(a_pack(closed(statement), with_representatives=True))
    delivering.answer(statement, by=manager, **ANSWER)
    export, archive = archive_of(statement, manager)
    names = archive.namelist()
    assert {"README.txt", "statement.json", "signatories.csv", "text/1-en.md", "text/digests.csv", "answers/1.md",
            "letters/1/letter.json", "letters/1/manifest.json", "ledger.csv", "seal.json"} <= set(names)  # fmt: skip
    assert not any(name.endswith((".pdf", ".docx")) for name in names)
    whole = "".join(archive.read(name).decode() for name in names)
    assert "Third World Network" in whole
    for personal in ("Asha Rao", "asha@twn.example", "Hidden House"):
        assert personal not in whole
    assert (export.rows, export.format, export.with_contacts) == (2, "zip", False)
    assert Message.objects.filter(kind="export", user=manager).exists()
    chains = list(csv.reader(io.StringIO(archive.read("ledger.csv").decode())))
    assert [row[0] for row in chains][:2] == ["chain", "statement"]
    told = json.loads(archive.read("statement.json"))
    assert [act["act"] for act in told["acts"]][-2:] == ["delivered", "answer_came"]


def test_with_the_right_to_contacts_they_are_in_it_where_they_are_asked_for(statement, manager):
    deliver(a_pack(closed(statement), with_representatives=True))
    _export, archive = archive_of(statement, manager, contacts=True)
    assert "asha@twn.example" in archive.read("signatories.csv").decode()
    assert any(name.endswith(".pdf") for name in archive.namelist())


def test_without_the_right_to_contacts_they_are_left_out(statement):
    user = UserFactory()
    roles.give(user, "auditor")
    export = archiving.prepare(statement, by=user, contacts=True)
    assert not export.with_contacts


def test_who_left_the_campaign_meanwhile_gets_no_archive(statement, manager):
    export = archiving.prepare(statement, by=manager)
    manager.memberships.all().delete()
    tasks.do_next_job()
    while jobs.latest(Job.Kind.ARCHIVE, export.pk).is_open:
        tasks.do_next_job()
    assert jobs.latest(Job.Kind.ARCHIVE, export.pk).state == Job.State.FAILED
    assert not Export.objects.get(pk=export.pk).file


@pytest.fixture
def beside(statement):
    """Another statement of the same campaign, with somebody on it, and one of another campaign."""
    other = StatementFactory(campaign=statement.campaign, slug="beside", state="draft", texts={"en": "Beside"})
    accepted(statement=other, organization_name="Beside House", email="wanja@beside.example")
    accepted(statement=StatementFactory(slug="elsewhere"), organization_name="Elsewhere House")
    return other


def test_a_campaign_s_archive_has_each_of_its_statements_in_a_folder_and_no_personal_data(statement, beside, manager):
    deliver(a_pack(closed(statement), with_representatives=True))
    delivering.answer(statement, by=manager, **ANSWER)
    export, archive = archive_of(statement.campaign, manager)
    names = archive.namelist()
    assert {name.partition("/")[0] for name in names} == {"README.txt", statement.slug, "beside"}
    for folder in (statement.slug, "beside"):
        assert {f"{folder}/README.txt", f"{folder}/statement.json", f"{folder}/signatories.csv",
                f"{folder}/text/1-en.md", f"{folder}/ledger.csv", f"{folder}/seal.json"} <= set(names)  # fmt: skip
    assert f"{statement.slug}/letters/1/manifest.json" in names
    readme = archive.read("README.txt").decode()
    assert (f"{statement.slug}/" in readme, "beside/    Beside (draft)" in readme) == (True, True)
    whole = "".join(archive.read(name).decode() for name in names)
    assert ("Third World Network" in whole, "Beside House" in whole) == (True, True)
    for personal in ("Asha Rao", "asha@twn.example", "wanja@beside.example", "Hidden House", "Elsewhere House"):
        assert personal not in whole
    assert (export.rows, export.campaign, export.statement, export.with_contacts) == (
        3,
        statement.campaign,
        None,
        False,
    )
    assert export.file_name.startswith(statement.campaign.slug)
    assert Message.objects.filter(kind="export", user=manager).exists()


def test_a_campaign_s_archive_has_contacts_only_for_who_may_have_them(statement, beside, manager):
    _export, archive = archive_of(statement.campaign, manager, contacts=True)
    assert "wanja@beside.example" in archive.read("beside/signatories.csv").decode()
    auditor = UserFactory()
    roles.give(auditor, "auditor")
    assert not archiving.prepare_campaign(statement.campaign, by=auditor, contacts=True).with_contacts


def test_an_archive_holds_no_draft_for_who_may_not_read_drafts(statement, beside, manager):
    exporter = UserFactory()
    roles.give(exporter, "exporter")
    StatementFactory(campaign=statement.campaign, slug="secret", embargo_until=timezone.now() + timedelta(days=2))
    names = archive_of(statement.campaign, exporter)[1].namelist()
    assert {name.partition("/")[0] for name in names} == {"README.txt", statement.slug}
    names = archive_of(statement.campaign, manager)[1].namelist()
    assert {name.partition("/")[0] for name in names} == {"README.txt", statement.slug, "beside", "secret"}


def test_who_left_a_campaign_gets_its_archive_no_more(statement, manager):
    export, _archive = archive_of(statement.campaign, manager)
    assert exporting.may_fetch(export, manager)
    manager.memberships.all().delete()
    assert not exporting.may_fetch(export, manager)


def test_the_clock_s_closing_is_in_the_ledger_before_the_delivery(statement):
    deliver(a_pack(closed(statement)))
    assert acts(statement) == ["closed", "delivered"]
    assert organizing.hold(statement).state == "delivered"


def test_an_addressee_s_answer_says_something():
    with Refused("an_addressee_s_answer_says_something"):
        AddresseeAnswer.objects.create(statement=StatementFactory(), **ANSWER | {"words": ""})


def test_a_letter_of_a_withdrawn_statement_is_not_handed_over(statement):
    pack = a_pack(closed(statement))
    Statement.objects.filter(pk=statement.pk).update(state="withdrawn")
    with pytest.raises(letter.CannotDeliver):
        deliver(pack)
    assert acts(statement) == []


def answered(statement):
    deliver(a_pack(closed(statement)))
    scan = SimpleUploadedFile("reply.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20)
    made = delivering.answer(statement, by=UserFactory(), files=[scan], **ANSWER)
    statement.refresh_from_db()
    return made


def test_a_correction_of_an_answer_says_when(statement, client):
    made = answered(statement)
    seen = delivering.mark_of(made)
    assert not delivering.correct_answer(made, by=UserFactory(), seen=seen, **ANSWER)
    page = client.get("/statements/the-call/").content.decode()
    assert "Corrected on" not in page
    assert delivering.correct_answer(made, by=UserFactory(), seen=seen, **ANSWER | {"words": "We **do not** agree."})
    page = client.get("/statements/the-call/").content.decode()
    assert "<strong>do not</strong>" in page
    assert "Corrected on" in page
    assert "/desk/" not in page.partition("What became of it")[2].partition("</section>")[0]
    entry = statement.ledger.get(act="answer_corrected")
    assert entry.facts == {"answer": made.pk, "changed": ["words"]}
    assert list(sealing.faults(statement)) == []


def test_of_two_who_correct_an_answer_the_second_reads_the_first_one_s_words(statement):
    made = answered(statement)
    seen = delivering.mark_of(made)
    delivering.correct_answer(made, by=UserFactory(), seen=seen, **ANSWER | {"words": "Mine."})
    with pytest.raises(organizing.ChangedMeanwhile):
        delivering.correct_answer(made, by=UserFactory(), seen=seen, **ANSWER | {"words": "Yours."})
    made.refresh_from_db()
    assert made.words == "Mine."


def test_the_answer_to_a_withdrawn_statement_is_corrected_no_more(statement):
    made = answered(statement)
    organizing.withdraw(statement, by=UserFactory())
    with pytest.raises(delivering.CannotAnswer):
        delivering.correct_answer(made, by=UserFactory(), seen=delivering.mark_of(made), **ANSWER | {"words": "x"})


def test_the_ledger_says_where_it_stands_after_its_only_answer_was_removed(statement):
    assert delivering.remove_answer(answered(statement), by=UserFactory())
    assert list(sealing.faults(statement)) == []


def test_a_row_that_was_moved_behind_the_ledger_s_back_is_a_fault_also_after_a_second_answer(statement):
    answered(statement)
    delivering.answer(statement, by=UserFactory(), **ANSWER)
    Statement.objects.filter(pk=statement.pk).update(state="closed")
    assert list(sealing.faults(statement)) == [
        f"Statement {statement.pk}: its ledger says that it is answered; its row does not."
    ]


def test_a_removed_answer_leaves_the_page_and_its_files_are_deleted(
    statement, client, django_capture_on_commit_callbacks
):
    first = answered(statement)
    second = delivering.answer(statement, by=UserFactory(), **ANSWER | {"words": "A second one."})
    place = first.attachments.get().place
    with django_capture_on_commit_callbacks(execute=True):
        assert delivering.remove_answer(first, by=UserFactory())
    assert not storages["private"].exists(place)
    statement.refresh_from_db()
    assert statement.state == "answered"
    page = client.get("/statements/the-call/").content.decode()
    assert "A second one." in page
    assert "<strong>agree</strong>" not in page
    assert delivering.remove_answer(second, by=UserFactory())
    assert not delivering.remove_answer(second, by=UserFactory())
    statement.refresh_from_db()
    assert statement.state == "delivered"
    assert acts(statement)[-2:] == ["answer_removed", "answer_removed"]
    assert list(sealing.faults(statement)) == []
    delivering.answer(statement, by=UserFactory(), **ANSWER)
    statement.refresh_from_db()
    assert statement.state == "answered"


def test_a_later_letter_does_not_take_the_answer_back(statement):
    answered(statement)
    accepted(statement=statement, organization_name="Latecomers", country="PE")
    deliver(a_pack(statement))
    statement.refresh_from_db()
    assert statement.state == "answered"


def test_of_what_is_rolled_back_no_file_stays(statement):
    pack = a_pack(closed(statement))
    good, bad = SimpleUploadedFile("stamp.jpg", b"\xff\xd8\xff\xe0rolled back"), SimpleUploadedFile("a.exe", b"MZ\0")
    folder = Path(storages["private"].path("attachments"))
    begins = hashlib.sha256(good.read()).hexdigest()[:16]
    good.seek(0)
    with pytest.raises(attaching.Refused):
        deliver(pack, files=[good, bad])
    pack.refresh_from_db()
    assert pack.state == "made"
    assert list(folder.glob(f"{begins}*")) == []
    deliver(pack, files=[good])
    assert [str(each) for each in folder.glob(f"{begins}*")] == [storages["private"].path(pack.attachments.get().place)]


def test_a_withdrawn_statement_says_that_what_was_delivered_stays_delivered(statement, client):
    deliver(a_pack(closed(statement)))
    statement.refresh_from_db()
    organizing.withdraw(statement, by=UserFactory())
    page = " ".join(client.get("/statements/the-call/").content.decode().split())
    assert "what was delivered stays with whoever received it." in page
    assert "The co-chairs" not in page
    assert "/verify/" not in page.partition("<main")[2].partition("</main>")[0]
    other = StatementFactory(state="withdrawn")
    assert "what was delivered" not in client.get(other.get_absolute_url()).content.decode()


def test_who_is_accepted_after_closing_is_not_asked_to_pass_it_on(statement):
    words = "Please pass the statement on"
    message = Message.objects.filter(kind="accepted").first()
    assert words in dispatching.render(message).body
    closed(statement)
    assert words not in dispatching.render(Message.objects.get(pk=message.pk)).body


def test_an_archive_is_called_one_in_its_mail(statement):
    export = archiving.prepare(statement, by=UserFactory(), contacts=False)
    mail = dispatching.render(
        Message(kind="export", export=export, to_address="a@b.example", message_id="<0@b.example>")
    )
    assert mail.subject == f"Your archive is ready: {export.file_name}"
    assert "The archive that you asked for is ready:" in mail.body
    assert "row" not in mail.body
