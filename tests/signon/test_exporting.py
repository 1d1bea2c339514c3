import csv
import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from signon import exporting
from signon.exports.export_choice import Choice
from signon.resources import ContactResource, SignatoryResource
from tests.factories import SignOnFactory, StatementFactory, accepted


def table(form="csv", contacts=False, **chosen):
    """A list as its CSV file tells it."""
    resource = ContactResource if contacts else SignatoryResource
    file = io.BytesIO()
    exporting.write(Choice(**chosen), resource, form, exporting.Sum(file))
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


@pytest.mark.django_db
def test_the_list_holds_the_accepted_and_nobody_else():
    statement = StatementFactory()
    standing = accepted(statement=statement)
    SignOnFactory(statement=statement)
    SignOnFactory(statement=statement, confirmed=True)
    accepted()
    assert [row["organization"] for row in table(statement=statement.slug)] == [standing.organization_name]


@pytest.mark.django_db
def test_without_the_right_to_contacts_no_personal_data_and_no_name_kept_back_is_in_the_list():
    sign_on = accepted(
        organization_name="Hidden Women", acronym="HW", listing="country", website="https://hidden.example"
    )
    written = str(table(statement=sign_on.statement.slug))
    for secret in ("Hidden", "HW", "hidden.example", "Asha", "secret.example"):
        assert secret not in written
    told = table(contacts=True, statement=sign_on.statement.slug)[0]
    assert (told["organization"], told["email"]) == ("Hidden Women", sign_on.email)


@pytest.mark.django_db
def test_moments_are_iso_8601_in_utc():
    sign_on = accepted()
    row = table(statement=sign_on.statement.slug)[0]
    assert row["decided_at"] == sign_on.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.django_db
@pytest.mark.parametrize("signatories", [1, 3])
def test_the_queries_of_an_export_do_not_grow_with_the_list(signatories, django_assert_num_queries):
    statement = StatementFactory()
    for _number in range(signatories):
        accepted(statement=statement)
    with django_assert_num_queries(5):  # a savepoint and its end, and how the list is read
        table(statement=statement.slug)


@pytest.fixture
def listed():
    return accepted(organization_name="=HYPERLINK(1)", country="MX")


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx", "ods", "json"])
def test_the_command_writes_each_format_harmless(form, listed, tmp_path):
    output = tmp_path / f"list.{form}"
    call_command("export_signatories", listed.statement.slug, format=form, output=str(output))
    if form == "csv":
        content = output.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert "'=HYPERLINK(1)" in content.decode("utf-8-sig")
    elif form == "xlsx":
        sheet = load_workbook(output).active
        cell = sheet.cell(2, [cell.value for cell in sheet[1]].index("organization") + 1)
        assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    elif form == "ods":
        header, row = CalamineWorkbook.from_path(output).get_sheet_by_index(0).to_python()
        assert row[header.index("organization")] == "=HYPERLINK(1)"
    else:
        assert [row["organization"] for row in json.loads(output.read_text())] == ["=HYPERLINK(1)"]
    assert [path.name for path in tmp_path.iterdir()] == [output.name]


@pytest.mark.django_db
def test_the_command_says_in_one_line_that_there_is_no_such_statement():
    with pytest.raises(CommandError, match="There is no statement “nowhere”") as caught:
        call_command("export_signatories", "nowhere")
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_the_command_says_in_one_line_that_a_file_cannot_be_written(listed, tmp_path):
    with pytest.raises(CommandError, match="cannot be written") as caught:
        call_command("export_signatories", listed.statement.slug, output=str(tmp_path / "nowhere" / "list.csv"))
    assert caught.value.returncode == 2


def test_a_command_with_bad_arguments_prints_one_line_and_exits_2():
    command = [sys.executable, "manage.py", "export_signatories", "x", "--format", "pdf"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
