"""What changes around an import while it is looked at, carried out or taken back."""

import io
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Statement
from signon import importing, jobs, mailing, signing, tasks, verifying
from signon.casework import directory
from signon.imports import amending, import_jobs, planning, previewing, tables, undoing
from signon.mail import dispatching, limits
from signon.models import Import, Job, Message, Organization, SignOn
from tests.elsewhere import somebody_waits
from tests.factories import OrganizationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.stack import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

LIST = b"name a,name b,where,mail\nAlpha Union,Wrong One,Kenya,a@a.example\nBeta League,Wrong Two,Ghana,\n"
TOLD = {"name a": "organization_name", "name b": "", "where": "country", "mail": "email"}
WRONG = TOLD | {"name a": "", "name b": "organization_name"}


def again(chosen):
    return Import.objects.select_related("statement").get(pk=chosen.pk)


def begun(told=TOLD, consent="published", content=LIST, **statement):
    chosen = previewing.begin(StatementFactory(**statement), io.BytesIO(content), by=UserFactory(), name="l.csv")
    tell(chosen, told, consent)
    return chosen


def tell(chosen, told=TOLD, consent="published", source="A list"):
    return previewing.tell(chosen, previewing.table_of(chosen), told, by=chosen.by, source=source, consent=consent)


def looked_at(*lines, header="organization,country", consent="published", **statement):
    """An import whose rows were looked at."""
    table = table_of(*lines, header=header)
    plan = planning.plan(StatementFactory(**statement), table, consent=consent)
    return again(importing.keep(plan, by=UserFactory(), source="A list"))


def table_of(*lines, header="organization,country"):
    return tables.read(io.BytesIO("\n".join([header, *lines]).encode()))


@pytest.fixture
def at_first_progress(monkeypatch):
    """Do something at the moment a worker first says how far it has come."""

    def then(act):
        progress, done = jobs.progress, []

        def first(*arguments):
            if not done:
                done.append(True)
                act()
            progress(*arguments)

        monkeypatch.setattr(jobs, "progress", first)

    return then


def test_columns_told_anew_while_the_rows_are_looked_at_are_what_is_looked_at(at_first_progress):
    chosen = begun(WRONG)
    at_first_progress(lambda: tell(again(chosen)))
    tasks.do_next_job()
    assert [row.name for row in again(chosen).rows.all()] == ["Alpha Union", "Beta League"]
    assert list(Job.objects.values_list("state", flat=True)) == ["done"]
    assert again(chosen).state == "previewed"


def test_consent_told_anew_while_the_rows_are_looked_at_takes_nobody_without_an_address(at_first_progress):
    chosen = begun()
    at_first_progress(lambda: tell(again(chosen), consent="ask"))
    tasks.do_next_job()
    assert list(again(chosen).rows.values_list("status", "takes")) == [("new", True), ("problem", False)]


def test_what_is_told_anew_the_moment_the_rows_were_looked_at_has_a_job_of_its_own():
    chosen = begun(WRONG)
    previewing.look(jobs.claim())
    assert tell(again(chosen)).is_open
    tasks.do_next_job()
    assert [row.name for row in again(chosen).rows.all()] == ["Alpha Union", "Beta League"]
    assert again(chosen).state == "previewed"


def test_a_reading_that_failed_says_nothing_of_what_was_told_anew(monkeypatch):
    chosen, read = begun(), previewing.table_of

    def broken(_chosen):
        monkeypatch.setattr(previewing, "table_of", read)
        tell(again(chosen), source="Another list")
        raise previewing.Unreadable("Broken")

    monkeypatch.setattr(previewing, "table_of", broken)
    tasks.do_next_job()
    assert (again(chosen).state, again(chosen).source, Job.objects.get().state) == ("previewed", "Another list", "done")


@pytest.mark.parametrize("state", ["mapped", "previewed"])
def test_a_list_that_is_read_anew_is_to_be_told_anew(state):
    chosen = begun()
    if state == "previewed":
        tasks.do_next_job()
    previewing.reread(again(chosen), "cp1251", "a\0b")
    assert (again(chosen).state, again(chosen).encoding, again(chosen).sheet) == ("uploaded", "cp1251", "ab")
    tasks.do_next_job()
    assert again(chosen).state == "uploaded"
    assert tell(again(chosen)).is_open


def test_an_import_without_its_file_says_so():
    chosen = begun()
    previewing.drop_file(chosen)
    with pytest.raises(previewing.Unreadable, match="not kept any more"):
        previewing.table_of(again(chosen))


# Two workers at once


def test_what_another_worker_did_already_is_done_and_has_not_failed(monkeypatch):
    chosen, find = looked_at("Focus,Thailand"), import_jobs._of

    def late(verb):
        def of(job):
            found = find(job)
            verb(find(job), by=job.by)
            return found

        return of

    for kind, verb in ((Job.Kind.IMPORT, importing.carry_out), (Job.Kind.UNDO_IMPORT, undoing.undo)):
        job = jobs.begin(kind, chosen.pk, by=UserFactory())
        monkeypatch.setattr(import_jobs, "_of", late(verb))
        tasks.do_next_job()
        job.refresh_from_db()
        assert (job.state, job.problem) == ("done", "")
    assert SignOn.objects.get().state == "withdrawn"


# Who is not simply taken again


PEOPLE = "name,type,country,email"


@pytest.mark.parametrize(
    ("leave", "says"),
    [
        (signing.withdraw, "It withdrew on 3 May 2027."),
        (lambda found: verifying.decline(found, by=UserFactory(), reason="not_found"), "Staff declined it."),
    ],
)
def test_who_withdrew_or_was_declined_is_taken_from_a_list_only_by_hand(leave, says):
    statement = StatementFactory(closes_at=None, accepts_individuals=True)
    verify = accepted if leave is signing.withdraw else lambda **fields: SignOnFactory(confirmed=True, **fields)
    person = {"individual": True, "representative_name": "Ann Lee", "country": "KE"}
    gone = [verify(statement=statement, organization_name="Third World Network", country="MY"),
            verify(statement=statement, email="ann@ann.example", **person)]  # fmt: skip
    with time_machine.travel("2027-05-03 12:00Z", tick=False):
        for each in gone:
            leave(each)
    lines = ["THIRD WORLD NETWORK,,MY,", "Ann Lee,individual,KE,", "A. Lee,individual,UG,ann@ann.example",
             "Somebody Else,,MY,"]  # fmt: skip
    plan = planning.plan(statement, table_of(*lines, header=PEOPLE))
    assert [row.status for row in plan.rows] == ["duplicate", "duplicate", "duplicate", "new"]
    assert {planning.as_report(row)["reason"] for row in plan.rows[:3]} == {says}
    chosen = importing.keep(plan, by=UserFactory(), source="A list")
    assert amending.take(chosen.rows.get(number=1))
    assert importing.carry_out(again(chosen), by=UserFactory()) == 2
    assert SignOn.objects.public().filter(statement=statement, organization_name="THIRD WORLD NETWORK").exists()
    assert Organization.objects.filter(search_key="third world network").count() == 1


def test_who_said_that_they_had_not_signed_is_not_simply_taken_and_whose_import_was_taken_back_is():
    statement = StatementFactory()
    signing.this_was_not_me(SignOnFactory(statement=statement, organization_name="Tebtebba", country="PH"))
    imported = importing.keep(planning.plan(statement, table_of("Focus,Thailand")), by=UserFactory(), source="A list")
    importing.carry_out(imported, by=UserFactory())
    undoing.undo(again(imported), by=UserFactory())
    plan = planning.plan(statement, table_of("Tebtebba,Philippines", "Focus,Thailand"))
    assert [row.status for row in plan.rows] == ["duplicate", "new"]
    assert "said that they had not signed" in planning.as_report(plan.rows[0])["reason"]


def test_who_withdraws_after_the_rows_were_looked_at_is_left_out_and_the_row_says_why():
    statement = StatementFactory()
    plan = planning.plan(statement, table_of("Tebtebba,Philippines", "Focus,Thailand"))
    chosen = importing.keep(plan, by=UserFactory(), source="A list")
    signing.withdraw(accepted(statement=statement, organization_name="Tebtebba", country="PH"))
    assert importing.carry_out(again(chosen), by=UserFactory()) == 1
    row = chosen.rows.get(number=1)
    assert (row.status, row.takes, row.reasons[0]["code"]) == ("duplicate", False, "withdrew")


def test_the_command_says_who_withdrew(tmp_path, capsys):
    statement, path = StatementFactory(), tmp_path / "list.csv"
    signing.withdraw(accepted(statement=statement, organization_name="Tebtebba", country="PH"))
    path.write_text("organization,country\nTebtebba,Philippines\nFocus,Thailand\n")
    call_command("import_signatories", statement.slug, str(path))
    assert capsys.readouterr().err.startswith("Row 1 is left out: It withdrew on ")
    assert SignOn.objects.public().get(statement=statement).organization_name == "Focus"


def test_an_individual_of_two_lists_comes_in_once():
    statement, header = StatementFactory(accepts_individuals=True), "name,type,country"
    both = [
        importing.keep(planning.plan(statement, table_of("Bea Kim,individual,Kenya", header=header)),
                       by=UserFactory(), source="A list") for _number in range(2)
    ]  # fmt: skip
    assert [importing.carry_out(again(each), by=UserFactory()) for each in both] == [1, 0]
    assert both[1].rows.get().status == "same"


# Asking each


ASKED = "organization,country,email"


def test_who_signs_gets_their_mail_before_the_hundreds_whom_a_list_asks():
    asked = looked_at(*(f"Network {n},Kenya,r{n}@r{n}.example" for n in range(30)), header=ASKED, consent="ask")
    assert importing.carry_out(asked, by=UserFactory()) > 1
    assert set(Message.objects.values_list("kind", "lane")) == {("verification", "bulk")}
    sign_on = SignOnFactory()
    own = mailing.compose("verification", key="own", sign_on=sign_on, expires_at=sign_on.expires_at)
    assert dispatching.claim(1) == [own]


def test_nobody_is_asked_to_confirm_what_takes_no_sign_ons_any_more():
    asked = looked_at("Focus,Thailand,f@f.example", header=ASKED, consent="ask")
    Statement.objects.filter(pk=asked.statement_id).update(closes_at=timezone.now() - timedelta(minutes=1))
    job = jobs.begin(Job.Kind.IMPORT, asked.pk, by=UserFactory())
    tasks.do_next_job()
    job.refresh_from_db()
    assert (job.state, job.problem) == (
        "failed", "The statement takes no sign-ons now: nobody who is asked could confirm.",
    )  # fmt: skip
    assert (Message.objects.count(), SignOn.objects.count(), again(asked).state) == (0, 0, "previewed")


def test_lists_cause_no_more_mail_to_one_mailbox_than_strangers_may():
    for number in range(limits.MOST_AN_HOUR - 1):
        asked = looked_at(f"Network {number},Kenya,victim+{number}@v.example", header=ASKED, consent="ask")
        assert importing.carry_out(asked, by=UserFactory()) == 1
    lines = ["Alpha Union,Kenya,victim@v.example", "Beta League,Ghana,victim+x@v.example"]
    asked = looked_at(*lines, header=ASKED, consent="ask")
    assert importing.carry_out(asked, by=UserFactory()) == 1
    row = asked.rows.get(number=2)
    assert (row.status, row.takes) == ("problem", False)
    assert planning.as_report(row)["reason"] == "This mailbox has had as much mail as it may get for now."
    assert Message.objects.count() == limits.MOST_AN_HOUR


# While rows come in


def test_rows_stay_as_they_are_while_they_are_brought_in(at_first_progress):
    chosen, told = looked_at("Focus,Thailand", "Tebtebba,Philippines"), []

    def change():
        row = chosen.rows.select_related("of__statement").get(number=1)
        told.extend(verb(row) for verb in (amending.skip, amending.take, amending.link, amending.take_apart))
        told.append(amending.revise(row, {"organization_name": "Another"}))
        told.append(previewing.reread(row.of, "", ""))

    assert previewing.order(chosen, taken=1, by=UserFactory()) is None
    job = previewing.order(chosen, taken=2, by=UserFactory())
    assert previewing.order(chosen, taken=2, by=UserFactory()) == job
    change()
    at_first_progress(change)
    tasks.do_next_job()
    assert told == [False] * 12
    assert set(SignOn.objects.values_list("organization_name", flat=True)) == {"Focus", "Tebtebba"}


def in_another_thread(act):
    """Begin something beside us; its outcome stands in the list once the thread has ended."""
    outcome = []

    def run():
        try:
            outcome.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def waits(thread):
    """Whether it comes to wait for what we hold; not, where it ends before."""
    return wait_for(lambda: somebody_waits() or not thread.is_alive(), 30, "it waits, or is over") and thread.is_alive()


def test_who_orders_an_import_waits_for_whoever_changes_one_of_its_rows():
    chosen = looked_at("Focus,Thailand", "Tebtebba,Philippines")
    row = chosen.rows.select_related("of__statement").get(number=1)
    with transaction.atomic():
        assert amending.skip(row)
        thread, outcome = in_another_thread(lambda: previewing.order(chosen, taken=2, by=chosen.by))
        assert waits(thread)
    thread.join(20)
    assert outcome == [None]


def test_an_import_waits_for_whoever_makes_its_organization_at_the_same_moment():
    chosen = looked_at("Focus,Thailand")
    with transaction.atomic():
        directory.hold_directory()
        thread, outcome = in_another_thread(lambda: importing.carry_out(chosen, by=chosen.by))
        assert waits(thread)
        made = OrganizationFactory(name="Focus", country="TH")
    thread.join(20)
    assert outcome == [1]
    assert SignOn.objects.get().organization == made == Organization.objects.get()


def test_taking_back_waits_for_whoever_uses_its_organization_at_the_same_moment():
    chosen = looked_at("Focus,Thailand")
    importing.carry_out(chosen, by=chosen.by)
    made = Organization.objects.get()
    elsewhere = SignOnFactory(confirmed=True, organization_name="Focus", country="TH")
    with transaction.atomic():
        directory.hold_directory()
        thread, outcome = in_another_thread(lambda: undoing.undo(again(chosen), by=chosen.by))
        assert waits(thread)
        verifying.accept(elsewhere, by=chosen.by, organization=made)
    thread.join(20)
    assert outcome == [1]
    assert Organization.objects.get() == made


def test_the_pages_say_that_rows_can_no_longer_be_changed(client):
    chosen = looked_at("Focus,Thailand")
    client.force_login(UserFactory(staff=True))
    client.post(reverse("desk-import-apply", args=[chosen.pk]), {"taken": "1"})
    rows = reverse("desk-import-rows", args=[chosen.pk])
    assert "rows can no longer be changed" in client.get(rows).text
    for url, posted in (
        (reverse("desk-import-act", args=[chosen.pk, 1, "skip"]), {}),
        (
            reverse("desk-import-row", args=[chosen.pk, 1]),
            {"name": "Another", "country": "Kenya", "scope": "international"},
        ),
    ):
        assert "nothing was changed" in client.post(url, posted, follow=True).text
    assert chosen.rows.get().takes


# Doubles of a row that is changed


@pytest.mark.parametrize("double", ["FOCUS GROUP", "Focus Gruop"])
def test_the_double_of_a_row_that_is_left_out_stands_for_itself_and_comes_in_once(double):
    chosen = looked_at("Focus Group,Thailand", f"{double},Thailand", "Focus-Group,Thailand")
    assert statuses(chosen) == [("new", True), ("duplicate", False), ("duplicate", False)]
    assert amending.skip(chosen.rows.get(number=1))
    assert statuses(chosen) == [("new", False), ("new", True), ("duplicate", False)]
    assert importing.carry_out(chosen, by=UserFactory()) == 1


def test_a_row_that_was_left_out_is_the_double_of_the_one_in_its_place():
    chosen = looked_at("Focus,Thailand", "FOCUS,Thailand")
    amending.skip(chosen.rows.get(number=1))
    amending.take(chosen.rows.get(number=1))
    assert statuses(chosen) == [("duplicate", False), ("new", True)]


def test_the_double_of_a_row_that_is_somebody_else_now_stands_for_itself():
    chosen = looked_at("Focus,Thailand", "FOCUS,Thailand")
    amending.revise(chosen.rows.get(number=1), {"website": "https://focus.example"})
    assert statuses(chosen) == [("new", True), ("duplicate", False)]
    amending.revise(chosen.rows.get(number=1), {"organization_name": "Tebtebba"})
    assert statuses(chosen) == [("new", True), ("new", True)]


def statuses(chosen):
    return list(chosen.rows.order_by("number").values_list("status", "takes"))


def test_an_address_whose_owner_did_not_sign_is_not_asked_again_the_same_day():
    statement = StatementFactory()
    signing.this_was_not_me(SignOnFactory(statement=statement, email="ann@ann.example"))
    table = table_of("Focus,Thailand,ANN@ann.example", header=ASKED)
    (row,) = planning.plan(statement, table, consent="ask").rows
    assert (row.status, row.takes, [each["code"] for each in row.problems]) == ("problem", False, ["unwanted"])
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert planning.plan(statement, table, consent="ask").rows[0].takes


def test_a_cell_that_is_taken_apart_twice_gives_its_names_once():
    chosen = looked_at("Alpha Union of Kenya; Beta League of Kenya,Kenya")
    once, twice = chosen.rows.get(), chosen.rows.get()
    assert [amending.take_apart(once), amending.take_apart(twice)] == [True, False]
    assert [row.name for row in chosen.rows.order_by("number")] == ["Alpha Union of Kenya", "Beta League of Kenya"]
