"""What an erasure takes, what it leaves, and that it is repeated after a restore."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from signon import exporting, jobs, letter, mailing, verifying
from signon.events import registering
from signon.exports.export_choice import Choice
from signon.imports import previewing
from signon.mail import addresses, bouncing, dispatching
from signon.models import (
    Counter,
    Erasure,
    Export,
    Import,
    ImportRow,
    Job,
    LedgerEntry,
    LetterPack,
    Message,
    Objection,
    Registration,
    Seat,
    SignOn,
    User,
)
from signon.privacy import contact_keys, erasing, erasures_file, held, planning, rights
from tests.campaigns.pieces import an_event
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.one_person import ADDRESS, NAME, live, traces
from tests.signon.test_constraints import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"
    return settings.ERASURES_FILE


def tables():
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (name,) in cursor.fetchall():
            with cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                yield name, b"".join(bytes(piece) for piece in copy)


def shows_in():
    return {name for name, data in tables() if traces(name, data)}


def individual(**fields):
    return accepted(signer="individual", organization_name="", representative_name=NAME, listed_name=NAME,
                    email=ADDRESS, **fields)  # fmt: skip


def test_nothing_in_the_database_tells_of_who_was_erased():
    live()
    assert len(shows_in()) > 15
    erasing.erase(ADDRESS)
    assert [trace for name, data in tables() for trace in traces(name, data)] == []


def test_erasing_twice_changes_nothing():
    live()
    first = erasing.erase(ADDRESS)
    entries = LedgerEntry.objects.count()
    again = erasing.erase(ADDRESS)
    assert first.counts["withdrawn"] > 1
    assert again.counts == {}
    assert LedgerEntry.objects.count() == entries


def test_an_individual_leaves_the_list_and_the_count():
    statement = StatementFactory()
    signed = individual(statement=statement)
    erasing.erase(ADDRESS)
    signed.refresh_from_db()
    assert (signed.state, signed.listed_name, signed.sort_key) == ("withdrawn", "", "")
    assert Counter.objects.filter(statement=statement).tally().total == 0
    call_command("verify_ledger", statement.slug)
    assert [entry.act for entry in signed.ledger.order_by("number")][-2:] == ["withdrawn", "erased"]


def test_an_organization_that_agreed_to_be_listed_stays_and_who_signed_goes():
    signed = accepted(organization_name="Bread House", representative_name=NAME, email=ADDRESS)
    before = signed.link_key
    erasing.erase(ADDRESS)
    signed.refresh_from_db()
    assert (signed.state, signed.listed_name, signed.representative_name, signed.email) == (
        "accepted", "Bread House", "", ""
    )  # fmt: skip
    assert signed.link_key != before


def test_an_organization_that_was_kept_back_goes_unless_somebody_else_acts_for_it():
    kept_back = {"consent_publish": True, "listing": "country", "representative_name": NAME, "email": ADDRESS}
    alone = accepted(organization_name="Alone", **kept_back)
    together = accepted(organization_name="Together", **kept_back)
    Seat.objects.create(
        organization=together.organization, user=UserFactory(), email="b@together.example", state="stands",
        how="staff", decided_at=timezone.now(),
    )  # fmt: skip
    erasing.erase(ADDRESS)
    assert set(SignOn.objects.values_list("pk", "state")) == {(alone.pk, "withdrawn"), (together.pk, "accepted")}


def test_a_letter_that_was_handed_over_stays_and_one_that_was_not_goes():
    statement = StatementFactory()
    individual(statement=statement)
    staff = UserFactory()
    over, waits = (letter.order(statement, by=staff, text=statement.text()) for _each in range(2))
    for pack in (over, waits):
        letter.make(pack)
    letter.deliver(over, by=staff, to="The Assembly", at=timezone.now())
    assert "stays as it was handed over" in " ".join(planning.plan(ADDRESS).stays)
    erasing.erase(ADDRESS)
    assert shows_in() == {"signon_letterpack"}
    assert NAME in LetterPack.objects.get(pk=over.pk).manifest
    assert LetterPack.objects.get(pk=waits.pk).manifest == ""


def test_a_letter_or_list_that_is_being_made_is_made_anew():
    statement, staff = StatementFactory(), UserFactory(staff=True)
    individual(statement=statement)
    exporting.prepare(Choice(statement=statement.slug), "csv", by=staff)
    letter.order(statement, by=staff, text=statement.text())
    running = [jobs.claim(), jobs.claim()]
    erasing.erase(ADDRESS)
    with pytest.raises(jobs.Lost):
        exporting.make(running[0])
    with pytest.raises(jobs.Lost):
        letter.do(running[1])
    assert Job.objects.filter(state="waiting").count() == 2
    assert not Export.objects.get().file
    assert LetterPack.objects.get().state == "ordered"


def test_who_wanted_no_mail_still_gets_none():
    InvitationFactory(email=ADDRESS)
    rights.stop_mail(ADDRESS)
    erasing.erase(ADDRESS)
    # The mailbox stands in this one table; in clear where nothing is encrypted (docs/privacy.md).
    kept = [form.encode() for form in contact_keys.forms(addresses.mailbox(ADDRESS))]
    assert {name for name, data in tables() if any(each in data.lower() for each in kept)} == {"signon_suppression"}
    again = InvitationFactory(email=ADDRESS)
    mail = mailing.compose("invitation", key="again", to=ADDRESS, invitation=again)
    dispatching.deliver([*dispatching.claim(lane=mail.lane)])
    assert Message.objects.get(key="again").state == "suppressed"


def test_a_place_that_was_theirs_is_the_next_one_s():
    event = an_event(takes_registrations=True, places=1)
    for address in (ADDRESS, "next@line.example"):
        own = registering.register(event, name="X", organization="", email=address, language="en")
        registering.confirm(own, version=own.version)
    erasing.erase(ADDRESS)
    assert list(Registration.objects.order_by("pk").values_list("state", "email")) == [
        ("canceled", ""),
        ("registered", "next@line.example"),
    ]


def test_a_staff_account_stays_and_the_page_says_whom_to_ask():
    staff = UserFactory(email=ADDRESS, is_staff=True)
    accepted(email=ADDRESS)
    assert "Ask an administrator" in " ".join(planning.plan(ADDRESS).stays)
    erasing.erase(ADDRESS)
    staff.refresh_from_db()
    assert (staff.email, staff.is_active) == (ADDRESS, True)
    assert not SignOn.objects.exclude(email="").exists()


def test_an_account_signs_in_no_more(client):
    account = UserFactory(email=ADDRESS, name=NAME)
    client.force_login(account)
    erasing.erase(ADDRESS)
    assert client.get(reverse("account")).status_code == 302
    assert User.objects.get(pk=account.pk).name == ""


def test_mail_that_waits_is_canceled_and_what_comes_back_later_is_told_in_no_words():
    signed = SignOnFactory(email=ADDRESS)
    waits = mailing.compose("verification", key="waits", sign_on=signed)
    sent = mailing.compose("verification", key="sent", sign_on=signed)
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now())
    erasing.erase(ADDRESS)
    assert Message.objects.get(pk=waits.pk).state == "canceled"
    bouncing.bounced(Message.objects.get(pk=sent.pk), permanent=True, answer=f"550 5.1.1 <{ADDRESS}> unknown")
    assert Message.objects.get(pk=sent.pk).state == "bounced"
    assert shows_in() == set()


def test_nobody_else_s_address_that_ends_alike_is_touched():
    other = accepted(email=f"also-{ADDRESS}")
    words = f"also-{ADDRESS} called; {ADDRESS}.org too; not '%s', nor <%s>."
    verifying.note(other, by=UserFactory(), words=words % (ADDRESS, ADDRESS.upper()))
    accepted(email=ADDRESS)
    erasing.erase(ADDRESS)
    other.refresh_from_db()
    assert other.email == f"also-{ADDRESS}"
    assert other.notes.get().words == words % ("…", "…")


def test_each_erasure_is_written_down_outside_the_database_without_the_address(
    erasures, django_capture_on_commit_callbacks
):
    accepted(email=ADDRESS)
    with django_capture_on_commit_callbacks(execute=True):
        done = erasing.erase(ADDRESS)
    assert erasures.read_text() == f"{done.at.isoformat()} {held.digest(ADDRESS)}\n"
    accepted(email="b@secret.example")
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase("b@secret.example")
    assert len(erasures.read_text().splitlines()) == 2


def test_the_database_keeps_an_erasure_once_and_an_objection_s_end_whole():
    once = Erasure.objects.create(digest="a" * 64)
    with Refused("an_erasure_is_written_down_once"):
        Erasure.objects.create(digest=once.digest, at=once.at)
    with Refused("a_settled_objection_has_who_and_when"):
        Objection.objects.create(email=ADDRESS, words="No.", settled_at=timezone.now())


def test_a_file_that_cannot_be_written_stops_no_erasure(settings, caplog, tmp_path, django_capture_on_commit_callbacks):
    settings.ERASURES_FILE = tmp_path
    accepted(email=ADDRESS)
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(ADDRESS)
    assert "could not be written" in caplog.text
    assert not SignOn.objects.exclude(email="").exists()


def test_after_a_restore_the_erasures_are_repeated_and_who_signed_anew_stays(tmp_path, capsys):
    moment = timezone.now()
    signed = accepted(email=ADDRESS.upper())
    Path(tmp_path / "kept").write_text(f"{moment.isoformat()} {held.digest(ADDRESS)}\n")
    call_command("repeat_erasures", str(tmp_path / "kept"))
    assert "1 addresses found" in capsys.readouterr().out
    signed.refresh_from_db()
    assert signed.email == ""
    assert Erasure.objects.get().at == moment
    # Signed again after that erasure, which this database knows of: it stays.
    accepted(email=ADDRESS, organization_name="Anew")
    call_command("repeat_erasures", str(tmp_path / "kept"))
    assert SignOn.objects.filter(email=ADDRESS).count() == 1


def test_a_key_that_is_being_replaced_still_finds_them(settings, tmp_path):
    accepted(email=ADDRESS)
    Path(tmp_path / "kept").write_text(f"{timezone.now().isoformat()} {held.digest(ADDRESS)}\n")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another key of fifty letters or more, " * 2,
    )
    call_command("repeat_erasures", str(tmp_path / "kept"), stdout=io.StringIO())
    assert not SignOn.objects.filter(email=ADDRESS).exists()
    # Who signs anew under the new key is not erased by what was done already.
    accepted(email=ADDRESS, organization_name="Anew")
    call_command("repeat_erasures", str(tmp_path / "kept"), stdout=io.StringIO())
    assert SignOn.objects.filter(email=ADDRESS).count() == 1


@pytest.mark.parametrize("line", ["nonsense", "2026-11-26T10:00:00+00:00 short", f"2026-11-26T10:00:00 {'a' * 64}"])
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path, line):
    Path(tmp_path / "kept").write_text(line)
    with pytest.raises(CommandError, match="is not a moment and a digest") as error:
        call_command("repeat_erasures", str(tmp_path / "kept"))
    assert error.value.returncode == 2
    with pytest.raises(CommandError, match="There is no file"):
        call_command("repeat_erasures", str(tmp_path / "nothing"))


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_after_a_restore_an_address_that_stands_in_a_list_alone_is_found(tmp_path, name, client):
    """A backup from while a list was brought: no column of a register's table holds the address."""
    lines = [["Organization", "E-mail"], ["Bread House", f"Asha <{ADDRESS}>"]]
    if name.endswith("csv"):
        data = "".join(",".join(line) + "\n" for line in lines).encode()
    else:
        book, file = Workbook(), io.BytesIO()
        for line in lines:
            book.active.append(line)
        book.save(file)
        data = file.getvalue()
    by = UserFactory(staff=True)
    only_file = previewing.begin(StatementFactory(), ContentFile(data, name), by=by, name=name)
    only_row = Import.objects.create(statement=StatementFactory(), by=by)
    ImportRow.objects.create(of=only_row, number=1, raw=[["E-mail", f"<{ADDRESS}>"]], values={"email": ""})
    Path(tmp_path / "kept").write_text(f"{timezone.now().isoformat()} {held.digest(ADDRESS)}\n")
    call_command("repeat_erasures", str(tmp_path / "kept"), stdout=io.StringIO())
    only_file.refresh_from_db()
    assert (only_file.state, only_file.file.name) == ("discarded", "")
    assert not ImportRow.objects.exists()
    assert Erasure.objects.count() == 1


def test_what_is_not_written_down_is_told_at_the_desk_until_it_is(erasures, client):
    client.force_login(UserFactory(staff=True))
    accepted(email=ADDRESS)
    erasing.erase(ADDRESS)  # and nothing is written in a test's transaction
    page = client.get(reverse("desk-retention")).content.decode()
    assert "1 erasure is not written down" in page
    erasures_file.write_down()
    assert erasures_file.unwritten() == 0
    assert "not written down" not in client.get(reverse("desk-retention")).content.decode()
    erasures.unlink()
    erasures.mkdir()
    assert erasures_file.unwritten() == 1


def test_what_programs_know_a_signatory_by_stays_where_the_signature_does():
    signed = accepted(organization_name="Bread House", email=ADDRESS)
    own = individual(statement=signed.statement)
    before = {each.pk: each.public_id for each in (signed, own)}
    erasing.erase(ADDRESS)
    assert SignOn.objects.get(pk=signed.pk).public_id == before[signed.pk]
    assert SignOn.objects.get(pk=own.pk).public_id != before[own.pk]
