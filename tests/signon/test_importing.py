import json

import pytest
from django.core.management import CommandError, call_command

from signon import demo, importing
from signon.models import Counter, LedgerEntry, Organization, SignOn
from tests.factories import StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path):
    def written(*lines):
        path = tmp_path / "list.csv"
        path.write_text("\n".join(["organization,country", *lines]), encoding="utf-8")
        return path

    return written


def imported(statement, path, **options):
    return importing.apply(importing.plan(statement, path), by=UserFactory(), source="A newspaper", **options)


def test_the_real_letter_has_400_rows_and_399_signatories_from_88_countries():
    demo.load()
    signatories = SignOn.objects.public().filter(statement__slug="saving-lives-2020")
    plan = importing.plan(StatementFactory(), demo.ENDORSERS)
    assert (len(plan.rows), signatories.count()) == (400, 399)
    assert [each.number for each in plan.rows if each.status == "duplicate"] == [203]
    assert [each.same_as for each in plan.rows if each.number == 203] == [70]
    tally = Counter.objects.filter(statement__slug="saving-lives-2020").tally()
    assert (tally.organizations, tally.countries, tally.individuals) == (399, 88, 0)
    assert signatories.filter(country="").count() == 84
    names = "Missionary Society of St"
    assert sorted(signatories.filter(organization_name__startswith=names).values_list("country", flat=True)) == [
        "",
        "AU",
    ]


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Fundación IFARMA", "CO"),  # "Colomba"
        ("Espace Associatif", "MA"),  # "Marocco"
        ("Solidarité Bosnie", "BA"),  # "Bosnia"
        ("People’s Health Institute", "KR"),  # "South Korea"
    ],
)
def test_countries_as_printed_are_resolved(name, country):
    plan = importing.plan(StatementFactory(), demo.ENDORSERS)
    assert [each.values["country"] for each in plan.rows if each.name == name] == [country]


def test_loading_the_demo_again_adds_nothing():
    demo.load()
    demo.load()
    assert SignOn.objects.count() == 399


def test_the_demo_has_no_staff_account_outside_local_mode():
    demo.load()
    assert demo.staff_account() is None


def test_an_import_says_who_and_where_from_and_begins_a_chain(write):
    statement = StatementFactory()
    assert imported(statement, write("Third World Network (TWN),Malaysia")) == 1
    sign_on = SignOn.objects.get()
    assert (sign_on.source, sign_on.source_note, sign_on.state) == ("import", "A newspaper", "accepted")
    assert (sign_on.organization.name, sign_on.organization.acronym) == ("Third World Network", "TWN")
    assert LedgerEntry.objects.get().act == "imported"
    call_command("verify_ledger", statement.slug)


def test_what_stands_already_is_the_same_and_not_imported_again(write):
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Third World Network", country="MY")
    plan = importing.plan(statement, write("Third World Network,Malaysia", "Focus,Thailand"))
    assert [each.status for each in plan.rows] == ["same", "new"]
    importing.apply(plan, by=UserFactory(), source="")
    assert SignOn.objects.public().count() == 2


def test_an_organization_of_the_directory_is_found_again(write):
    known = accepted(organization_name="Third World Network", country="MY").organization
    imported(StatementFactory(), write("THIRD WORLD NETWORK,Malaysia"))
    assert Organization.objects.get() == known


def test_a_row_with_a_problem_stops_the_import_unless_the_rest_is_wanted(write):
    statement, path = StatementFactory(), write("Focus,Korea", "Third World Network,Malaysia")
    with pytest.raises(importing.HasProblems):
        imported(statement, path)
    assert SignOn.objects.count() == 0
    assert imported(statement, path, take_the_rest=True) == 1


def test_a_dry_run_writes_nothing_and_reports_every_row(write, tmp_path, capsys):
    statement, report = StatementFactory(), tmp_path / "report.json"
    path = write("Focus,Korea", "Third World Network,Malaysia", "Third World Network,Malaysia")
    call_command("import_signatories", statement.slug, str(path), dry_run=True, json=report)
    rows = json.loads(report.read_text())["rows"]
    assert [(row["number"], row["status"], row["country"]) for row in rows] == [
        (1, "problem", None),
        (2, "new", "MY"),
        (3, "duplicate", "MY"),
    ]
    assert "Korea" in rows[0]["reason"]
    assert (SignOn.objects.count(), Organization.objects.count()) == (0, 0)
    assert capsys.readouterr().out == "3 rows read: 1 new, 0 same, 1 duplicate, 1 problem.\n"


def test_the_command_imports_with_a_mapping_of_columns(tmp_path):
    statement, path = StatementFactory(), tmp_path / "list.csv"
    path.write_text("Wer,Wo\nThird World Network,Malaysia\n", encoding="utf-8")
    call_command(
        "import_signatories",
        statement.slug,
        str(path),
        "--map",
        "Wer=organization_name",
        "--map",
        "Wo=country",
    )
    assert SignOn.objects.get().country == "MY"


@pytest.mark.parametrize(
    "arguments", [["nowhere", "list.csv"], ["{slug}", "no-such-file.csv"], ["{slug}", "x", "--map", "y"]]
)
def test_the_command_says_in_one_line_what_is_wrong(arguments):
    slug = StatementFactory().slug
    with pytest.raises(CommandError) as caught:
        call_command("import_signatories", *[argument.format(slug=slug) for argument in arguments])
    assert (caught.value.returncode, "\n" in str(caught.value)) == (2, False)
