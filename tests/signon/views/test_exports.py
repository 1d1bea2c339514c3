"""Lists out, at the desk."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from signon import exporting, jobs, tasks
from signon.exports import list_writers
from signon.exports.cells import GUARDED, harmless
from signon.exports.export_choice import Choice
from signon.models import Export, ExportPreset, Fetch, Job, Message
from signon.people import roles
from signon.resources import ContactResource, SignatoryResource
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]


@pytest.fixture
def statement():
    return StatementFactory()


@pytest.fixture
def exporter(client):
    user = UserFactory()
    roles.give(user, "exporter")
    client.force_login(user)
    return user


def address(statement, query="states=accepted&format=csv"):
    return f"/desk/statements/{statement.slug}/export/?{query}"


def posted(client, statement, query="states=accepted&format=csv", act="fetch", **more):
    return client.post(address(statement, f"act={act}"), dict(QueryDict(query).lists()) | more)


def fetched(client, statement, query="states=accepted&format=csv"):
    answer = posted(client, statement, query)
    assert answer.status_code == 200, answer
    return b"".join(answer.streaming_content)


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_page_shows_how_many_and_the_first_rows(client, exporter, statement):
    accepted(statement=statement, organization_name="Bread and Roses")
    page = client.get(address(statement, ""))
    assert (page.status_code, page.context["number"]) == (200, 1)
    assert "Bread and Roses" in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [("verifier", 403), ("editor", 403), ("exporter", 200)])
def test_only_who_may_export_chooses_and_fetches(client, statement, role, status):
    user = UserFactory()
    roles.give(user, role)
    client.force_login(user)
    assert client.get(address(statement)).status_code == status
    assert posted(client, statement).status_code == status


def test_an_auditor_looks_at_the_choice_and_fetches_nothing(client, statement):
    user = UserFactory()
    roles.give(user, "auditor")
    client.force_login(user)
    assert client.get(address(statement)).status_code == 200
    assert posted(client, statement).status_code == 403
    assert not Export.objects.exists()


def test_who_fetched_what_is_on_record_with_its_digest(client, exporter, statement):
    accepted(statement=statement)
    content = fetched(client, statement, "states=accepted&country=KE&format=csv")
    export = Export.objects.get()
    assert (export.by, export.statement, export.rows, export.size) == (exporter, statement, 1, len(content))
    assert export.choice == {"statement": statement.slug, "country": "KE"}
    assert [fetch.by for fetch in export.fetches.all()] == [exporter]


def test_columns_stand_as_they_were_chosen_under_another_programs_names(client, exporter, statement):
    accepted(statement=statement, organization_name="Bread and Roses")
    query = "states=accepted&format=csv&columns=country&columns=organization&headings=civicrm"
    assert rows(fetched(client, statement, query)) == [{"Country": "KE", "Organization Name": "Bread and Roses"}]


def test_the_arrow_moves_a_column_up_without_javascript(client, exporter, statement):
    query = "states=accepted&format=csv&columns=number&columns=state&columns=country&up=country"
    page = client.get(address(statement, query))
    assert page.context["header"] == ["number", "country", "state"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("country=MX", ["Mexican"]),
        ("country=-", ["Worldwide"]),
        ("organization_type=union", ["Mexican"]),
        ("query=wide", ["Worldwide"]),
        ("signed_to=2020-01-01", []),
        ("order=name", ["Kenyan", "Mexican", "Worldwide"]),
    ],
)
def test_filters_are_those_on_the_screen(client, exporter, statement, query, names):
    accepted(statement=statement, organization_name="Mexican", country="MX", organization_type="union")
    accepted(statement=statement, organization_name="Worldwide", country="", scope="international")
    accepted(statement=statement, organization_name="Kenyan")
    found = rows(fetched(client, statement, f"states=accepted&format=csv&{query}"))
    assert [row["organization"] for row in found] == names


def test_groups_stand_in_a_first_column(client, exporter, statement):
    accepted(statement=statement)
    accepted(statement=statement, country="", scope="regional")
    found = rows(fetched(client, statement, "states=accepted&format=csv&grouped=on"))
    assert [row["group"] for row in found] == ["regional", "Kenya"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "x"])
def test_a_day_of_other_times_is_refused(client, exporter, statement, day):
    assert client.get(address(statement, f"states=accepted&format=csv&signed_to={day}")).status_code == 422


def test_a_wrong_choice_is_said_and_kept(client, exporter, statement):
    page = client.get(address(statement, "states=accepted&format=csv&signed_from=2026-03-08&signed_to=2026-03-01"))
    assert page.status_code == 422
    assert 'value="2026-03-08"' in page.content.decode()


def test_a_choice_is_kept_under_a_name_for_every_statement(client, exporter, statement):
    posted(client, statement, "states=accepted&country=MX&format=xlsx", "keep", name="Mexico")
    preset = ExportPreset.objects.get()
    other = StatementFactory()
    page = client.get(address(other, f"preset={preset.pk}"))
    assert page.context["form"].cleaned_data["country"] == "MX"
    assert page.context["form"].cleaned_data["format"] == "xlsx"
    posted(client, statement, "states=accepted&country=KE&format=csv", "keep", name="Mexico")
    assert ExportPreset.objects.get().choice == {"country": "KE"}


def test_a_choice_that_is_kept_no_longer_is_gone(client, exporter, statement):
    posted(client, statement, act="keep", name="Mexico")
    preset = ExportPreset.objects.get()
    client.post(address(statement, f"act=drop&preset={preset.pk}"))
    assert not ExportPreset.objects.exists()


def test_columns_of_people_need_the_box_that_says_so(client, exporter, statement):
    page = client.get(address(statement, "states=accepted&format=csv&columns=organization&columns=email"))
    assert (page.status_code, "you chose email" in page.content.decode()) == (422, True)


def test_names_kept_back_and_addresses_leave_only_where_they_are_asked_for_by_who_may(client, exporter, statement):
    accepted(statement=statement, organization_name="Hidden Women", listing="country", email="asha@secret.example")
    plain = fetched(client, statement).decode()
    assert "Hidden" not in plain
    assert "secret.example" not in plain
    assert "Hidden Women" in fetched(client, statement, "states=accepted&format=csv&contacts=on").decode()
    exporter.groups.clear()
    exporter.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_signon", "export_signon", "reach_all_campaigns"])
    )
    again = fetched(client, statement, "states=accepted&format=csv&contacts=on").decode()
    assert "Hidden" not in again
    assert "secret.example" not in again


# Prepared in the background


@pytest.fixture
def prepared(client, exporter, statement, django_capture_on_commit_callbacks):
    accepted(statement=statement, organization_name="Bread and Roses")
    answer = posted(client, statement, "states=accepted&format=ods", "prepare")
    tasks.do_next_job()
    return Export.objects.get(pk=int(answer["Location"].split("/")[-2]))


def test_a_prepared_list_is_fetched_by_its_owner_and_by_nobody_else(client, prepared):
    answer = client.get(f"/desk/exports/{prepared.pk}/file/")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert Fetch.objects.filter(export=prepared).count() == 1
    other = UserFactory()
    roles.give(other, "administrator")
    client.force_login(other)
    assert client.get(f"/desk/exports/{prepared.pk}/file/").status_code == 403
    assert client.get(f"/desk/exports/{prepared.pk}/").status_code == 403


def test_its_owner_is_told_by_mail_without_a_name_in_it(prepared):
    message = Message.objects.get(kind=Message.Kind.EXPORT)
    assert (message.user, message.to_address) == (prepared.by, prepared.by.email)


def test_its_file_goes_after_its_time_and_the_record_stays(client, prepared):
    path = prepared.file.path
    Export.objects.update(ends_at=timezone.now())
    assert tasks.forget_files() == 1
    with pytest.raises(FileNotFoundError):
        open(path)  # noqa: SIM115
    prepared.refresh_from_db()
    assert (bool(prepared.file), prepared.rows) == (False, 1)
    assert client.get(f"/desk/exports/{prepared.pk}/file/").status_code == 302
    assert "was removed" in client.get(f"/desk/exports/{prepared.pk}/").content.decode()


def test_a_file_is_not_handed_out_after_its_time_though_it_was_not_swept_yet(client, prepared):
    Export.objects.update(ends_at=timezone.now())
    assert client.get(f"/desk/exports/{prepared.pk}/file/").status_code == 302


def test_a_worker_that_died_leaves_no_second_file(client, exporter, statement, monkeypatch):
    accepted(statement=statement)
    export = exporting.prepare(Choice(statement=statement.slug), "csv", by=exporter)
    with monkeypatch.context() as broken:
        broken.setattr(exporting.mailing, "compose", lambda *arguments, **named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exporting.make(jobs.claim())
    Job.objects.update(lease_ends_at=timezone.now())
    exporting.make(jobs.claim())
    export.refresh_from_db()
    folder = Path(export.file.path).parent
    assert [path.name for path in folder.iterdir()] == [f"{export.pk}.csv"]


def test_words_that_somebody_searched_for_are_on_no_record(client, exporter, statement):
    accepted(statement=statement, organization_name="Jane Roe Foundation")
    assert len(rows(fetched(client, statement, "states=accepted&format=csv&query=jane+roe"))) == 1
    posted(client, statement, "states=accepted&format=csv&query=jane+roe", "keep", name="Jane's")
    assert "jane" not in f"{Export.objects.get().choice}{ExportPreset.objects.get().choice}".lower()


def test_a_name_kept_back_is_not_found_by_it_without_the_right(client, exporter, statement):
    accepted(statement=statement, organization_name="Zebra Women", listing="country")
    query = "states=accepted&format=csv&query=zebra"
    assert rows(fetched(client, statement, query)) == []
    assert len(rows(fetched(client, statement, f"{query}&contacts=on"))) == 1


def test_contacts_that_somebody_asks_for_without_the_right_are_not_given(statement):
    """Whatever form it came by."""
    accepted(statement=statement, email="asha@secret.example")
    user = UserFactory()
    _export, pieces = exporting.at_once(Choice(statement=statement.slug, contacts=True), "csv", by=user)
    assert b"secret.example" not in b"".join(pieces)


def test_who_lost_the_right_meanwhile_gets_nothing(client, exporter, statement):
    export = exporting.prepare(Choice(statement=statement.slug, contacts=True), "csv", by=exporter)
    exporter.groups.clear()
    tasks.do_next_job()
    export.refresh_from_db()
    job = jobs.latest(Job.Kind.EXPORT, export.pk)
    assert (job.state, bool(export.file)) == (Job.State.FAILED, False)
    assert job.problem == "You have no right to this list any more."


def test_too_long_for_a_page_it_is_prepared(client, exporter, statement, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 1)
    accepted(statement=statement), accepted(statement=statement)
    assert posted(client, statement, "states=accepted&format=json").status_code == 302
    assert Export.objects.get().way == Export.Way.PREPARED
    assert len(rows(fetched(client, statement))) == 2  # CSV streams, however long


# Formats


def test_a_full_sheet_is_followed_by_another(statement, monkeypatch):
    monkeypatch.setattr(list_writers, "MOST_ROWS", 3)
    for number in range(5):
        accepted(statement=statement, organization_name=f"Organization {number}")
    for form in ("xlsx", "ods"):
        file = io.BytesIO()
        choice = Choice(statement=statement.slug, order="name", columns=("organization",))
        assert exporting.write(choice, SignatoryResource, form, exporting.Sum(file)) == 5
        assert _sheets(file, form) == [
            ["organization", "Organization 0", "Organization 1"],
            ["organization", "Organization 2", "Organization 3"],
            ["organization", "Organization 4"],
        ]


def _sheets(file, form):
    """The first column of each sheet, by a reader that is not ours."""
    if form == "xlsx":
        return [[row[0].value for row in sheet] for sheet in load_workbook(file)]
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    return [[row[0] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names]


@pytest.mark.parametrize("name", ["=1+1", "'t Hooft", "Ann\nBee", 'A "B", C', "شبكة النساء", "+Pueblo", "A & <B>"])
def test_a_name_is_in_each_format_as_it_is(statement, name):
    sign_on = accepted(statement=statement, organization_name=name)
    sign_on.organization.name = name
    sign_on.organization.save()
    choice = Choice(statement=statement.slug, columns=("organization",))
    written = {}
    for form in ("csv", "json", "xlsx", "ods"):
        file = io.BytesIO()
        exporting.write(choice, ContactResource, form, exporting.Sum(file))
        written[form] = file
    assert json.loads(written["json"].getvalue()) == [{"organization": name}]
    assert rows(written["csv"].getvalue()) == [{"organization": harmless(name)}]
    assert _sheets(written["xlsx"], "xlsx") == _sheets(written["ods"], "ods") == [["organization", name]]


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_guards_a_cell_as_python_does(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT regexp_replace(%s, %s, %s)", [text, f"^(?={GUARDED})", "'"])
        assert cursor.fetchone()[0] == harmless(text)


@pytest.mark.parametrize("statements", [1, 3])
def test_the_queries_of_the_statements_page_do_not_grow(client, exporter, statements, django_assert_num_queries):
    for _number in range(statements):
        accepted(statement=StatementFactory())
    with django_assert_num_queries(9):
        assert client.get("/desk/statements/").status_code == 200


def test_who_waits_is_in_no_list(client, exporter, statement):
    SignOnFactory(statement=statement, confirmed=True)
    assert rows(fetched(client, statement)) == []


def test_nobody_is_told_that_they_chose_before_they_did(client, exporter, statement):
    path = f"/desk/statements/{statement.slug}/export/"
    assert "Of what was chosen" not in client.get(path).content.decode()
    assert "All accepted sign-ons." in client.get(path).content.decode()
    assert "Of what was chosen" in client.get(f"{path}?states=accepted&format=csv").content.decode()
