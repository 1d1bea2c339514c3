"""Whom a statement invites: from a list, a directory, an earlier statement."""

import pytest

from signon import inviting
from signon.imports import tables
from signon.invitations import guest_lists, guest_tables
from signon.models import Invitation, Membership, Message, OrganizationName, Suppression
from signon.people import roles
from tests.factories import (
    InvitationFactory,
    OrganizationFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)

pytestmark = pytest.mark.django_db

LIST = """Organization\tCountry\tContact\tE-mail\tLanguage
Kituo cha Sheria\tKenya\tWanjiru Otieno\twanjiru@kituo.example\tfr
Red de Mujeres\tMexico\t\trosa@red.example\t
No Address\tKenya\t\t\t
"""


def plan(statement, text=LIST, **fields):
    return guest_lists.from_list(statement, text, by=UserFactory(), language="en", **fields)


def codes(statement):
    rows = list(statement.invitations.planned().order_by("pk"))
    found = guest_lists.standing(statement, rows)
    return [(row.organization_name, found[row.pk]) for row in rows]


def test_a_pasted_list_is_planned_row_by_row_and_nothing_is_mailed():
    statement = StatementFactory()
    read = plan(statement)
    assert read.planned == 3
    rows = statement.invitations.order_by("pk").values_list("organization_name", "country", "contact_name", "email")
    assert list(rows) == [
        ("Kituo cha Sheria", "KE", "Wanjiru Otieno", "wanjiru@kituo.example"),
        ("Red de Mujeres", "MX", "", "rosa@red.example"),
        ("No Address", "KE", "", ""),
    ]
    assert list(statement.invitations.order_by("pk").values_list("language", flat=True)) == ["fr", "en", "en"]
    inviting.advance()
    assert Message.objects.count() == 0
    assert set(statement.invitations.values_list("state", flat=True)) == {"planned"}


def test_the_look_before_sending_says_what_would_become_of_each_row():
    statement = StatementFactory()
    Suppression.objects.create(mailbox="gone@out.example", reason="opted_out")
    InvitationFactory(statement=statement, organization_name="Invited Before", country="KE")
    InvitationFactory(statement=statement, email="Taken@invited.example")
    SignOnFactory(statement=statement, organization_name="Signed Before", country="KE", confirmed=True)
    known = OrganizationFactory(name="Known Entry", country="KE")
    accepted(organization_name="Stands Elsewhere", country="KE")
    rows = [
        "Organization\tCountry\tE-mail",
        "Invited Before\tKenya\ta@x.example",
        "Another Name\tKenya\ttaken@INVITED.example",
        "Signed Before\tKenya\tb@x.example",
        "Known Entry\tKenya\tc@x.example",
        "Opted Out\tKenya\tGone+tag@out.example",
        "Without Address\tKenya\t",
        "Entirely New\tKenya\td@x.example",
        "Twice The Address\tKenya\tD@x.example",
        "In Doubt\tCongo\te@x.example",
    ]
    text = "\n".join(rows)
    plan(statement, text)
    assert codes(statement) == [
        ("Invited Before", "invited"),
        ("Another Name", "invited"),
        ("Signed Before", "signed"),
        ("Known Entry", "known"),
        ("Opted Out", "opted_out"),
        ("Without Address", "no_address"),
        ("Entirely New", "new"),
        ("Twice The Address", "twice"),
        ("In Doubt", "problem"),
    ]
    assert statement.invitations.get(organization_name="Known Entry").organization == known
    numbers = list(statement.invitations.planned().values_list("pk", flat=True))
    assert guest_lists.send(statement, numbers, by=UserFactory()) == 2
    assert guest_lists.send(statement, numbers, by=UserFactory()) == 0
    assert statement.invitations.planned().count() == 7


def test_what_is_guessed_is_said():
    statement = StatementFactory()
    entry = OrganizationFactory(name="Kituo cha Sheria Legal Advice Centre", country="KE")
    OrganizationName.objects.create(organization=entry, name="Kituo cha Sheria", search_key="kituo cha sheria")
    plan(statement, "Organization\tCountry\nKituo cha Sheria\tKenya")
    row = statement.invitations.get()
    assert row.organization == entry
    assert guest_lists.says(row) == ["In the directory: Kituo cha Sheria Legal Advice Centre."]


def test_a_row_that_is_mended_can_be_sent():
    statement = StatementFactory()
    plan(statement, "Organization\tCountry\tE-mail\nIn Doubt\tCongo\te@x.example")
    row = statement.invitations.get()
    assert "could be" in guest_lists.says(row)[0]
    values = {"organization_name": "In Doubt", "acronym": "", "country": "CD", "website": "", "contact_name": "",
              "email": "e@x.example", "language": "en", "scope": "national"}  # fmt: skip
    assert guest_lists.mend(row, values)
    assert codes(statement) == [("In Doubt", "new")]


def test_headings_and_individuals_are_counted_and_not_invited():
    statement = StatementFactory(accepts_individuals=True)
    rows = ["Organization,Country,Representative,Type", "Regional,,,", "Kituo,Kenya,Asha,ngo", ",Kenya,Rosa,individual"]
    text = "\n".join(rows).replace(",", "\t")
    read = plan(statement, text)
    assert (read.planned, read.headings, read.individuals) == (1, 1, 1)


def test_a_list_with_no_names_is_refused_and_plans_nothing():
    statement = StatementFactory()
    with pytest.raises(tables.Unreadable):
        plan(statement, "Country\tE-mail\nKenya\ta@x.example\nMexico\tb@x.example")
    assert Invitation.objects.count() == 0


def test_organizations_of_an_earlier_statement_come_with_the_contact_who_asked_for_news():
    earlier, statement = StatementFactory(), StatementFactory()
    accepted(statement=earlier, organization_name="With News", consent_updates=True, language="es")
    accepted(statement=earlier, organization_name="Without News", consent_updates=False)
    accepted(statement=earlier, individual=True, representative_name="Rosa", consent_updates=True)
    SignOnFactory(statement=earlier, confirmed=True, organization_name="Not Accepted")
    by = UserFactory(staff=True)
    assert guest_lists.from_signatories(statement, earlier, by=by, language="en") == 2
    rows = statement.invitations.order_by("organization_name")
    assert [(row.organization_name, bool(row.email), row.language) for row in rows] == [
        ("With News", True, "es"),
        ("Without News", False, "en"),
    ]
    assert guest_lists.from_signatories(statement, earlier, by=by, language="en") == 0


def test_a_campaign_manager_gets_no_contact_of_another_s_campaign():
    earlier, statement = StatementFactory(), StatementFactory()
    theirs = accepted(statement=earlier, organization_name="Elsewhere", consent_updates=True)
    manager = UserFactory()
    roles.give(manager, "campaign_manager")
    Membership.objects.create(user=manager, campaign=statement.campaign)
    assert guest_lists.from_signatories(statement, earlier, by=manager, language="en") == 0
    entries = guest_lists.search("elsewhere")
    assert guest_lists.from_directory(statement, entries, by=manager, language="en") == 1
    row = statement.invitations.get()
    assert (row.organization, row.contact_name, row.email) == (theirs.organization, "", "")


def test_the_directory_is_searched_by_name_country_and_type():
    kenya = OrganizationFactory(name="Bread for all", country="KE", organization_type="union")
    OrganizationFactory(name="Roses for all", country="MX")
    assert list(guest_lists.search("bread")) == [kenya]
    assert list(guest_lists.search(country="KE")) == [kenya]
    assert list(guest_lists.search(kind="union")) == [kenya]
    assert guest_lists.search().count() == 2


def test_a_thousand_rows_stand_in_a_fixed_number_of_queries(django_assert_max_num_queries):
    statement = StatementFactory()
    plan(statement, "Organization\tCountry\n" + "\n".join(f"Organization {number}\tKenya" for number in range(1000)))
    rows = list(statement.invitations.planned())
    with django_assert_max_num_queries(4):
        found = guest_lists.standing(statement, rows)
    assert set(found.values()) == {"no_address"}


def test_what_staff_say_of_a_column_stands_over_what_is_guessed():
    statement = StatementFactory()
    text = "Organization\tGroup\tE-mail\nOne\tKituo\ta@x.example"
    table = guest_tables.table_of(text)
    told = {"Organization": "", "Group": "organization_name", "E-mail": "email"}
    guest_lists.from_list(statement, table, by=UserFactory(), language="en", told=told)
    assert statement.invitations.get().organization_name == "Kituo"


def test_a_language_that_is_not_known_is_told_on_its_row():
    statement = StatementFactory()
    rows = [("Kituo", "Klingon"), ("Red", "español"), ("Union", "fr-CA"), ("Bread", "")]
    plan(statement, "Organization\tLanguage\n" + "\n".join(map("\t".join, rows)))
    planned = list(statement.invitations.order_by("pk"))
    assert [row.language for row in planned] == ["en", "es", "fr", "en"]
    says = [[each for each in guest_lists.says(row) if "language" in each] for row in planned]
    assert says == [["The language “Klingon” is not known here: English is used."], [], [], []]


@pytest.mark.parametrize("text", ["", "{", '["csv", 3]', '["csv", []]', "[" * 5000, '{"a": 1}', "null"])
def test_what_no_form_of_ours_sent_is_refused(text):
    with pytest.raises(tables.Unreadable):
        guest_tables.unpacked(text)


def test_a_table_comes_back_as_it_went():
    table = guest_tables.table_of("Organization\tCountry\nالشبكة\tEgypt")
    assert guest_tables.unpacked(guest_tables.packed(table)).rows == table.rows


def test_a_list_in_any_script_comes_through_its_form_or_is_refused_by_a_sentence():
    from django.conf import settings

    from signon.imports.tables import Table, Unreadable

    # A million letters are two million bytes.
    with pytest.raises(Unreadable, match="more text"):
        guest_tables.packed(Table([["Ж" * 300]] * 4500, "csv"))
    fits = guest_tables.packed(Table([["Ж" * 200]] * 4500, "csv"))
    assert len(fits.encode()) + 200_000 < settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert guest_tables.MOST_BYTES + 200_000 < settings.DATA_UPLOAD_MAX_MEMORY_SIZE
