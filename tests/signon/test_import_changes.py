"""What changes around an import while it is looked at, carried out or taken back."""

import io

import pytest

from signon import import_jobs, importing, jobs, planning, previewing, tables, tasks, undoing
from signon.models import Import, Job, SignOn
from tests.factories import StatementFactory, UserFactory

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
