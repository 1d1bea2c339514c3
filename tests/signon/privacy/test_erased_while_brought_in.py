"""A list that is brought in while somebody in it is erased: they do not come back, and the others come in."""

import io

import pytest
from django.utils import timezone

from signon import importing, tasks
from signon.imports import previewing
from signon.models import Import, ImportRow, Job, Message, SignOn
from signon.privacy import erasing
from tests.elsewhere import Elsewhere
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_races import wait_until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS, OTHER = "asha@erased.example", "ben@other.example"
LIST = (
    "Organization,Country,Name,E-mail\n"
    f"Bread House,KE,Asha Njeri,{ADDRESS}\n"
    f"Kituo,KE,Ben Okri,{OTHER}\n"
).encode()  # fmt: skip
TOLD = {"Organization": "organization_name", "Country": "country", "Name": "representative_name", "E-mail": "email"}


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


def ordered(consent):
    """A list whose rows were looked at, and which a worker is told to bring in."""
    chosen = previewing.begin(StatementFactory(), io.BytesIO(LIST), by=UserFactory(staff=True), name="l.csv")
    previewing.tell(chosen, previewing.table_of(chosen), TOLD, by=chosen.by, source="A fair", consent=consent)
    tasks.do_next_job()
    chosen.refresh_from_db()
    previewing.order(chosen, taken=2, by=chosen.by)
    return chosen


def stands_alone(chosen):
    assert Job.objects.get(kind=Job.Kind.IMPORT).state == Job.State.DONE
    assert [each.email for each in SignOn.objects.all()] == [OTHER]
    assert not Message.objects.filter(to_address=ADDRESS).exists()
    rows = str(list(ImportRow.objects.filter(of=chosen).values()))
    assert ADDRESS not in rows
    assert "Asha" not in rows
    assert OTHER in rows


@pytest.mark.parametrize("consent", ["ask", "on_file"])
def test_erased_while_the_list_waits_for_a_worker(consent):
    chosen = ordered(consent)
    erasing.erase(ADDRESS)
    tasks.do_next_job()
    stands_alone(chosen)


@pytest.mark.parametrize("consent", ["ask", "on_file"])
def test_erased_between_composing_and_inserting(consent, monkeypatch):
    chosen, insert, erased = ordered(consent), importing._insert, []

    def after_an_erasure(*what):
        if not erased:
            erased.append(erasing.erase(ADDRESS))
        return insert(*what)

    monkeypatch.setattr(importing, "_insert", after_an_erasure)
    tasks.do_next_job()
    stands_alone(chosen)


def test_an_erasure_waits_for_rows_that_are_being_inserted_and_takes_what_came_of_them():
    chosen = ordered("ask")
    text = chosen.statement.text()
    importing.freeze(text)
    erased = Elsewhere(lambda: erasing.erase(ADDRESS))
    chosen = Import.objects.get(pk=chosen.pk)
    with Elsewhere(lambda: importing.carry_out(chosen, by=chosen.by)):
        erased.start()
        wait_until_somebody_waits()
    erased.finish.set()
    erased.join(30)
    assert erased.error is None
    assert not SignOn.objects.filter(email=ADDRESS).exists()
    assert not Message.objects.filter(to_address=ADDRESS).exists()


def test_of_another_s_row_the_person_s_name_goes_too():
    other = accepted(email=OTHER)
    brought = Import.objects.create(
        statement=other.statement, by=UserFactory(), state="applied", applied_at=timezone.now(), source="A fair",
        consent="on_file",
    )  # fmt: skip
    cells = [["Mail", OTHER], ["Second", ADDRESS], ["Second name", "Asha Njeri"], ["Note", "Ashantis"]]
    theirs = ImportRow.objects.create(of=brought, number=1, raw=cells, values={"email": OTHER}, sign_on=other)
    unread = [["E-Mail-Adresse", OTHER], ["Copy to", ADDRESS]]
    unknown = ImportRow.objects.create(of=brought, number=2, raw=unread, values={"organization_name": "Kituo"})
    SignOnFactory(email=ADDRESS, representative_name="Asha Njeri")
    erasing.erase(ADDRESS)
    theirs.refresh_from_db()
    unknown.refresh_from_db()
    assert [cell for _name, cell in theirs.raw] == [OTHER, theirs.raw[1][1], theirs.raw[1][1], "Ashantis"]
    assert "Asha Njeri" not in str(theirs.raw)
    assert (unknown.raw[0][1], unknown.values) == (OTHER, {"organization_name": "Kituo"})
    assert ADDRESS not in str(unknown.raw)
