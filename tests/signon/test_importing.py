import io
import json

import pytest
from django.core.management import CommandError, call_command

from signon import exporting, importing, letter, signatories, signing, verifying
from signon.casework import merging
from signon.exports.export_choice import Choice
from signon.imports import remarks, tables, undoing
from signon.models import Counter, Import, LedgerEntry, LetterFile, Message, Organization, SignOn
from signon.people import roles
from signon.site import demo
from signon.statements import convening
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

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


# Messy truth


def read(statement, *lines, header="organization,country"):
    """Rows of a list by name: status, country, scope."""
    table = tables.read(io.BytesIO("\n".join([header, *lines]).encode()))
    plan = importing.plan(statement, table)
    return [(row.status, row.name, row.values["acronym"], row.values["country"]) for row in plan.rows]


def one(*lines, header="organization,country", **statement):
    table = tables.read(io.BytesIO("\n".join([header, *lines]).encode()))
    return importing.plan(StatementFactory(**statement), table).rows[0]


@pytest.mark.parametrize(
    ("printed", "country", "scope", "how"),
    [
        ("Colomba", "CO", "national", "We read “Colomba” as Colombia (a spelling)."),
        ("Marocco", "MA", "national", "We read “Marocco” as Morocco (a spelling)."),
        ("U.S.", "US", "national", "We read “U.S.” as United States (another name)."),
        ("The Netherlands", "NL", "national", "We read “The Netherlands” as Netherlands (its name)."),
        ('"Paris, France"', "FR", "national", "We read “Paris, France” as France (a place in it)."),
        ("international", "", "international", "“international” is no country: international."),
        ("Global South", "", "international", "“Global South” is no country: international."),
    ],
)
def test_what_is_printed_is_resolved_and_says_how(printed, country, scope, how):
    row = one(f"Tebtebba,{printed}")
    assert (row.status, row.values["country"], row.values["scope"]) == ("new", country, scope)
    assert importing.as_report(row)["how"] == how


@pytest.mark.parametrize("printed", ["Korea", "Congo", "Geneva", "Atlantis"])
def test_what_could_be_two_or_none_is_asked(printed):
    row = one(f"Tebtebba,{printed}")
    assert (row.status, row.values["country"], row.takes) == ("problem", "", False)
    assert printed in importing.as_report(row)["reason"]


@pytest.mark.parametrize(
    ("line", "name", "acronym", "country"),
    [
        ("ACTS101 Uganda", "ACTS101 Uganda", "", "UG"),
        ("Ashar Alo Society (AAS), Bangladesh", "Ashar Alo Society", "AAS", "BD"),
        ("23. Access to Medicines Ireland", "Access to Medicines Ireland", "", "IE"),
        ("• Third World Network (TWN)", "Third World Network", "TWN", ""),
        ("TWN - Third World Network Malaysia Berhad", "Third World Network Malaysia Berhad", "TWN", "MY"),
        ("Foi &amp; Justice France", "Foi & Justice France", "", "FR"),
        ("SolidaritÃ© FÃ©ministe Maroc", "Solidarité Féministe Maroc", "", "MA"),
        ("TEKANO HEALTH EQUITY SOUTH AFRICA", "TEKANO HEALTH EQUITY SOUTH AFRICA", "", "ZA"),
        ("350.org", "350.org", "", ""),
    ],
)
def test_a_line_of_a_pasted_list_is_taken_apart(line, name, acronym, country):
    (row,) = importing.plan(StatementFactory(), tables.read_text(line)).rows
    assert (row.status, row.name, row.values["acronym"], row.values["country"]) == ("new", name, acronym, country)
    if country:
        assert importing.as_report(row)["how"]


def test_lines_that_stand_over_others_are_headings_and_say_where_those_are_from():
    text = "Global\nThird World Network\nRegional organizations:\nFemnet\nKenya\nTebtebba\nNational\nSomebody\n"
    rows = importing.plan(StatementFactory(), tables.read_text(text)).rows
    assert [(row.name, row.status, row.values["country"], row.values["scope"]) for row in rows] == [
        ("Global", "problem", "", "international"),
        ("Third World Network", "new", "", "international"),
        ("Regional organizations:", "problem", "", "international"),
        ("Femnet", "new", "", "regional"),
        ("Kenya", "problem", "", "international"),
        ("Tebtebba", "new", "KE", "national"),
        ("National", "problem", "", "international"),
        ("Somebody", "problem", "", "international"),
    ]


def test_headings_hold_up_no_import(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("Regional\nFemnet\n")
    assert imported(StatementFactory(), path) == 1


def test_five_spellings_of_one_organization_come_in_once():
    statement = StatementFactory()
    spellings = ["Third World Network", "THIRD WORLD NETWORK", "Third World Network (TWN)", "Third-World Network",
                 "Thrid World Network"]  # fmt: skip
    found = read(statement, *(f"{name},Malaysia" for name in spellings))
    assert [status for status, *_rest in found] == ["new", *["duplicate"] * 4]


def test_a_name_with_a_slip_is_a_likely_duplicate_of_what_stands():
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Confederation of Indonesian Workers", country="ID")
    (row,) = importing.plan(
        statement, tables.read(io.BytesIO(b"organization,country\nConfederation of Indonesian Wrokers,Indonesia"))
    ).rows
    report = importing.as_report(row)
    assert (row.status, row.takes, report["match"]["name"]) == (
        "duplicate", False, "Confederation of Indonesian Workers",
    )  # fmt: skip
    assert report["score"] > 0.9


def test_a_likely_entry_of_the_directory_is_taken_for_it_and_says_so():
    known = accepted(organization_name="Confederation of Indonesian Workers", country="ID").organization
    statement = StatementFactory()
    table = tables.read(io.BytesIO(b"organization,country\nConfederation of Indonesian Wrokers,Indonesia"))
    plan = importing.plan(statement, table)
    assert "Very likely Confederation of Indonesian Workers of the directory" in plan.as_report()["rows"][0]["how"]
    importing.apply(plan, by=UserFactory(), source="A list")
    assert SignOn.objects.get(statement=statement).organization == known


@pytest.mark.parametrize("accepts", [True, False])
def test_individuals_among_organizations_come_in_where_the_statement_takes_them(accepts):
    statement = StatementFactory(accepts_individuals=accepts)
    lines = ["Third World Network,organization,", "Asha Rao,individual,", "University of Nairobi,individual,Ada Obi"]
    table = tables.read(io.BytesIO("\n".join(["name,type,representative", *lines]).encode()))
    plan = importing.plan(statement, table)
    assert [row.status for row in plan.rows] == (["new"] * 3 if accepts else ["new", "problem", "problem"])
    importing.apply(plan, by=UserFactory(), source="A list", take_the_rest=True)
    people = SignOn.objects.filter(statement=statement, signer="individual").order_by("pk")
    listed = [sign_on.listed_name for sign_on in people]
    assert listed == (["Asha Rao", "Ada Obi, University of Nairobi"] if accepts else [])


# Consent


ASKED = "organization,country,email"


def test_who_is_asked_stays_unlisted_until_they_confirm_and_staff_accept():
    statement = StatementFactory()
    table = tables.read(io.BytesIO(f"{ASKED}\nTebtebba,Philippines,vic@tebtebba.example\nFocus,Thailand,\n".encode()))
    plan = importing.plan(statement, table, consent="ask")
    assert [row.status for row in plan.rows] == ["new", "problem"]
    importing.apply(plan, by=UserFactory(), source="A conference", take_the_rest=True)
    sign_on = SignOn.objects.get()
    assert (sign_on.state, sign_on.organization, Organization.objects.count()) == ("unconfirmed", None, 0)
    message = Message.objects.get()
    assert (message.kind, message.to_address, message.sign_on) == ("verification", "vic@tebtebba.example", sign_on)
    assert Counter.objects.filter(statement=statement).tally().organizations == 0
    signing.confirm(sign_on, version=1)
    assert SignOn.objects.waiting().get() == sign_on


def test_an_address_is_asked_once_and_not_while_something_waits_at_it():
    statement = StatementFactory()
    SignOnFactory(statement=statement, email="waits@waits.example")
    lines = ["A One,Kenya,one@one.example", "B Two,Kenya,ONE@one.example", "C Three,Kenya,waits@waits.example"]
    table = tables.read(io.BytesIO("\n".join([ASKED, *lines]).encode()))
    assert [row.status for row in importing.plan(statement, table, consent="ask").rows] == ["new", "problem", "problem"]


def test_nobody_is_listed_who_is_only_counted_where_the_list_is_from(tmp_path):
    statement = StatementFactory()
    path = tmp_path / "ours.csv"
    accepted(statement=statement, organization_name="Quiet Ones", country="KE", listing="count", consent_publish=False)
    with path.open("wb") as file:
        exporting.to_file(Choice(statement=statement.slug, contacts=True), "csv", file, by=UserFactory())
    empty = StatementFactory()
    assert imported(empty, path) == 1
    sign_on = SignOn.objects.get(statement=empty)
    assert (sign_on.listing, sign_on.consent_publish) == ("count", False)
    assert not SignOn.objects.named().filter(statement=empty).exists()


def test_a_name_that_is_kept_back_in_the_file_is_a_problem_and_not_invented(tmp_path):
    statement = StatementFactory()
    path = tmp_path / "ours.csv"
    accepted(statement=statement, organization_name="Quiet Ones", country="KE", listing="country")
    with path.open("wb") as file:
        exporting.to_file(Choice(statement=statement.slug, contacts=False), "csv", file, by=UserFactory())
    (row,) = importing.plan(StatementFactory(), path).rows
    assert (row.status, importing.as_report(row)["reason"]) == (
        "problem",
        "The name is kept back in this file. Export the list with contacts, and it comes in.",
    )


# Round trip


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods", "json"])
def test_the_endorsers_go_out_and_come_back_as_the_same_list(tmp_path, kind):
    demo.load()
    statement, path = StatementFactory(), tmp_path / f"list.{kind}"
    call_command("export_signatories", "saving-lives-2020", "--format", kind, "--output", str(path))
    assert imported(statement, path) == 399
    again = tmp_path / f"again.{kind}"
    call_command("export_signatories", statement.slug, "--format", kind, "--output", str(again))
    assert without_numbers(path) == without_numbers(again)
    assert Organization.objects.count() == 399


def without_numbers(path):
    """A list of ours without what belongs to the one statement: numbers, texts and moments."""
    header, *rows = tables.read(path).rows
    own = {"number", "statement", "text_digest", "source", "signed_at", "decided_at"}
    kept = [at for at, name in enumerate(header) if name not in own]
    return sorted([(*row, *[""] * len(header))[at] for at in kept] for row in rows)


def test_a_list_of_ours_in_groups_comes_back_as_its_organizations(tmp_path):
    statement, path = StatementFactory(), tmp_path / "list.csv"
    for name, country in (("Alpha Union", "KE"), ("Beta League", "KE"), ("Gamma Front", "DE")):
        accepted(statement=statement, organization_name=name, country=country)
    with path.open("wb") as file:
        exporting.to_file(Choice(statement=statement.slug, grouped=True), "csv", file, by=UserFactory())
    assert path.read_text("utf-8-sig").startswith("group,")
    rows = importing.plan(StatementFactory(), path).rows
    assert sorted((row.name, row.values["country"], row.status) for row in rows) == [
        ("Alpha Union", "KE", "new"), ("Beta League", "KE", "new"), ("Gamma Front", "DE", "new"),
    ]  # fmt: skip


def test_a_group_names_an_organization_only_where_no_other_column_does():
    assert one("Africa,Femnet,Kenya", header="group,organization,country").name == "Femnet"
    assert one("Femnet,Kenya", header="group,country").name == "Femnet"


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("speaks", [True, False])
def test_a_letter_s_own_list_comes_back_as_itself_without_whom_it_does_not_name(tmp_path, language, speaks):
    statement = StatementFactory(accepts_individuals=True, texts={"en": "Bread", language: "Roses"})
    accepted(statement=statement, organization_name="'t Hoogt (TH)", country="NL", representative_name="Jo Smit")
    accepted(
        statement=statement, organization_name="Everywhere", country="", scope="regional", representative_name="Jo Smit"
    )
    accepted(statement=statement, organization_name="Quiet Ones", country="DE", listing="country")
    accepted(statement=statement, individual=True, representative_name="Ann Lee", country="US")
    accepted(statement=statement, individual=True, representative_name="Bea Kim", country="KE", listing="country")
    by, path = UserFactory(), tmp_path / "letter.csv"
    roles.give(by, "campaign_manager")
    pack = letter.order(statement, by=by, text=statement.text(language), grouping="country", layout="columns",
                        letterhead="Us", with_representatives=speaks)  # fmt: skip
    letter.make(pack)
    with letter.fetch(LetterFile.objects.get(pack=pack, kind="csv"), by=by) as file:
        path.write_bytes(file.read())
    rows = importing.plan(StatementFactory(accepts_individuals=True), path).rows
    found = [(row.name, row.values["signer"], row.values["country"], row.values["scope"]) for row in rows if row.takes]
    assert sorted(found) == [
        ("'t Hoogt (TH)", "organization", "NL", "national"),
        ("Ann Lee", "individual", "US", "national"),
        ("Everywhere", "organization", "", "regional"),
    ]
    assert {row.values["representative_name"] for row in rows if row.takes} == {"Ann Lee", "Jo Smit" if speaks else ""}
    kept_back = [row for row in rows if not row.takes]
    assert [(row.status, row.problems) for row in kept_back] == [("problem", [remarks.remark("kept_back")])] * 2


def test_names_that_a_spreadsheet_would_run_come_back_as_they_were(tmp_path):
    statement, path = StatementFactory(), tmp_path / "list.csv"
    names = ["=1+1 Collective", "'t Hooft Stichting", "-Bas les Pattes", "+Rights", "@home", "''Quoted"]
    for name in names:
        accepted(statement=statement, organization_name=name, country="NL")
    call_command("export_signatories", statement.slug, "--format", "csv", "--output", str(path))
    empty = StatementFactory()
    imported(empty, path)
    assert sorted(SignOn.objects.filter(statement=empty).values_list("organization_name", flat=True)) == sorted(names)


# Taking back


def test_an_import_goes_as_a_whole_and_what_others_use_stays(write):
    statement, elsewhere, by = StatementFactory(), StatementFactory(), UserFactory()
    known = accepted(organization_name="Known Before", country="KE").organization
    imported(statement, write("Known Before,Kenya", "Only Here,Kenya", "Signs Elsewhere,Kenya"))
    other = Organization.objects.get(name="Signs Elsewhere")
    sign_on = SignOnFactory(confirmed=True, statement=elsewhere, organization_name="Signs Elsewhere")
    verifying.accept(sign_on, by=by, organization=other)
    chosen = Import.objects.get(statement=statement)
    assert undoing.undo(chosen, by=by) == 3
    assert set(Organization.objects.values_list("name", flat=True)) == {"Known Before", "Signs Elsewhere"}
    assert Organization.objects.filter(pk=known.pk).exists()
    assert not SignOn.objects.public().filter(statement=statement).exists()
    assert Counter.objects.filter(statement=statement).tally().organizations == 0
    left = chosen.rows.exclude(left=[]).get()
    assert (left.name, remarks.say_all(left.left)) == (
        "Signs Elsewhere", "The organization stays in the directory: other sign-ons use it.",
    )  # fmt: skip
    call_command("verify_ledger", statement.slug)
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(chosen, by=by)


def test_an_import_s_rows_have_the_place_of_the_convener_whose_they_are_and_its_entry_stays_when_it_goes(write):
    statement, by = StatementFactory(), UserFactory()
    known = accepted(organization_name="Known Before", country="KE").organization
    convening.add(statement, by=by, name="Known", email="known@secret.example", organization=known)
    imported(statement, write("Aardvark,Kenya", "Known Before,Kenya"))
    listed = signatories.page(signatories.listed(statement), "en").rows
    assert [(row.name, row.is_convener) for row in listed] == [("Known Before", True), ("Aardvark", False)]
    made = Organization.objects.get(name="Aardvark")
    convening.add(statement, by=by, name="Aardvark", email="aardvark@secret.example", organization=made)
    undoing.undo(Import.objects.get(statement=statement), by=by)
    assert Organization.objects.filter(pk=made.pk).exists()


def test_whom_somebody_invited_stays_in_the_directory_when_an_import_goes(write):
    statement, by = StatementFactory(), UserFactory()
    imported(statement, write("Aardvark,Kenya", "Badger,Kenya"))
    made = Organization.objects.get(name="Aardvark")
    InvitationFactory(organization=made, organization_name="Aardvark")
    undoing.undo(Import.objects.get(statement=statement), by=by)
    assert Organization.objects.filter(pk=made.pk).exists()
    assert not Organization.objects.filter(name="Badger").exists()


def test_what_a_representative_confirmed_stays_when_its_import_goes():
    statement, by = StatementFactory(), UserFactory()
    table = tables.read(io.BytesIO(f"{ASKED}\nA One,Kenya,a@a.example\nB Two,Kenya,b@b.example\n".encode()))
    importing.apply(importing.plan(statement, table, consent="ask"), by=by, source="A list")
    confirmed, waiting = SignOn.objects.order_by("pk")
    signing.confirm(confirmed, version=1)
    chosen = Import.objects.get()
    assert undoing.undo(chosen, by=by) == 1
    assert set(SignOn.objects.values_list("state", flat=True)) == {"confirmed", "withdrawn"}
    assert Message.objects.get(sign_on=waiting).state == "canceled"
    assert "Its representative has confirmed it" in remarks.say_all(chosen.rows.exclude(left=[]).get().left)


def test_the_ledger_of_an_import_that_was_taken_back_is_intact_and_names_who(write):
    statement, by = StatementFactory(), UserFactory()
    imported(statement, write("Focus,Thailand"))
    undoing.undo(Import.objects.get(), by=by)
    first, second = LedgerEntry.objects.order_by("number")
    assert (first.act, second.act, second.by, second.is_intact(first.digest)) == ("imported", "withdrawn", by, True)


# What changed since it was looked at


def test_what_came_onto_the_statement_meanwhile_is_reported_as_the_same(write):
    statement, by = StatementFactory(), UserFactory()
    plan = importing.plan(statement, write("Focus,Thailand", "Tebtebba,Philippines"))
    chosen = importing.keep(plan, by=by, source="A list")
    accepted(statement=statement, organization_name="FOCUS", country="TH")
    assert importing.carry_out(chosen, by=by) == 1
    assert list(chosen.rows.order_by("number").values_list("status", "takes")) == [("same", False), ("new", True)]


def test_an_entry_made_or_merged_meanwhile_is_found(write):
    statement, by = StatementFactory(), UserFactory()
    old = accepted(organization_name="Focus", country="TH").organization
    plan = importing.plan(statement, write("Focus,Thailand", "Tebtebba,Philippines"))
    chosen = importing.keep(plan, by=by, source="A list")
    kept = accepted(organization_name="Focus on the Global South", country="TH").organization
    merging.merge(kept, old, by=by)
    made = accepted(organization_name="TEBTEBBA", country="PH").organization
    importing.carry_out(chosen, by=by)
    assert set(SignOn.objects.filter(statement=statement).values_list("organization", flat=True)) == {kept.pk, made.pk}


def test_an_import_is_carried_out_once(write):
    chosen = importing.keep(importing.plan(StatementFactory(), write("Focus,Thailand")), by=UserFactory(), source="A")
    importing.carry_out(chosen, by=UserFactory())
    with pytest.raises(importing.CannotImport):
        importing.carry_out(Import.objects.get(), by=UserFactory())
    assert SignOn.objects.count() == 1
