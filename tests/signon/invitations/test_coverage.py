"""Of a network's members, how many signed. The demo's pairs were read one by one: docs/coverage.md."""

import csv
import io

import pytest

from campaigns.models import Statement
from signon import verifying
from signon.imports import tables
from signon.invitations import coverage, networks
from signon.models import Distinction, Network, Organization, SignOn, User
from signon.site import demo
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def a_network(*rows, name="A network"):
    text = "Organization\tCountry\n" + "\n".join("\t".join(row) for row in rows)
    return networks.from_list(name, text, by=UserFactory()).network


def states(network, statement):
    return {str(line.member): line.state for line in coverage.compute(network, statement).lines}


def numbers(found, state):
    return [line.member.number for line in found.of(state)]


# What a person read as one organization under two forms of its name, of the demo's 200 members and 399 signatories.
FOUND = [
    1, 2, 4, 5, 8, 14, 16, 18, 19, 20, 21, 22, 23, 25, 26, 28, 32, 33, 38, 39, 40, 42, 44, 49, 52, 54, 55, 56, 57, 60,
    62, 63, 65, 69, 72, 75, 76, 81, 82, 86, 88, 91, 94, 96, 99, 102, 107, 108, 109, 111, 117, 119, 123, 124, 128, 129,
    131, 133, 134, 136, 137, 138, 140, 147, 150, 152, 153, 155, 159, 161, 162, 163, 164, 168, 169, 170, 172, 174, 182,
    183, 193, 195, 198,
]  # fmt: skip
MISSED, ASKED_RIGHTLY, ASKED_WRONGLY = [3, 47, 187, 196], [132, 144], [17, 184]


def test_the_demo_s_network_as_matching_alone_sees_it():
    demo.load()
    statement = Statement.objects.get(slug="saving-lives-2020")
    raw = networks.from_list("As printed", demo.MEMBERS, by=User.objects.command_line())
    Distinction.objects.all().delete()
    found = coverage.compute(raw.network, statement)
    assert (raw.members, raw.in_doubt) == (200, ["Third World Network (TWN) Geneva"])
    assert (found.whole().signed, found.whole().perhaps) == (83, 4)
    assert numbers(found, coverage.SIGNED) == FOUND
    assert numbers(found, coverage.PERHAPS) == sorted(ASKED_RIGHTLY + ASKED_WRONGLY)


def test_the_demo_s_network_as_people_read_it():
    demo.load()
    statement, network = Statement.objects.get(slug="saving-lives-2020"), Network.objects.get()
    found = coverage.compute(network, statement)
    whole = found.whole()
    assert (whole.members, whole.signed, whole.perhaps, whole.percent) == (200, 89, 0, 44)
    assert numbers(found, coverage.SIGNED) == sorted(FOUND + MISSED + ASKED_RIGHTLY)
    # Some organizations stand on the list twice, in another country or under another name.
    assert len({line.organization for line in found.of(coverage.SIGNED)}) == 84
    demo.load()
    assert Network.objects.count() == 1


def test_it_is_told_by_region_and_country():
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Bread for all", country="KE")
    network = a_network(("Bread for all", "Kenya"), ("Roses", "Kenya"), ("Salt", "Mexico"), ("Stars", "international"))
    places = coverage.compute(network, statement).places("en")
    assert [(place.name, place.members, place.signed, place.percent) for place in places] == [
        ("Central America", 1, 0, 0), ("Eastern Africa", 2, 1, 50), ("", 1, 0, 0),
    ]  # fmt: skip
    assert [(place.name, place.signed) for place in places[1].countries] == [("Kenya", 1)]


def test_another_form_of_the_name_is_found_and_a_likely_one_is_asked_about():
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Centre for Trade Policy and Development", country="ZM")
    accepted(
        statement=statement,
        organization_name="South Asia Peasant Coalition",
        acronym="SAPC",
        country="",
        scope="regional",
    )
    network = a_network(
        ("Centre on Trade Policy and Development", "Zambia"), ("Asian Peasant Coalition (APC)", "Philippines")
    )
    assert list(states(network, statement).values()) == ["signed", "perhaps"]


def test_only_signatories_count():
    statement = StatementFactory()
    SignOnFactory(statement=statement, organization_name="Only confirmed", confirmed=True)
    accepted(organization_name="Signed elsewhere")
    gone = accepted(statement=statement, organization_name="Taken back")
    verifying.reopen(gone, by=UserFactory())
    network = a_network(("Only confirmed", "Kenya"), ("Signed elsewhere", "Kenya"), ("Taken back", "Kenya"))
    assert set(states(network, statement).values()) == {"missing"}


def test_what_staff_say_stands_over_every_score_and_is_kept():
    one, other = StatementFactory(), StatementFactory()
    signed = accepted(statement=one, organization_name="Bread for all")
    unlike = accepted(statement=one, organization_name="Entirely other words")
    network = a_network(("Bread for all", "Kenya"), ("Nothing alike", "Kenya"))
    bread, nothing = network.members.order_by("number")
    by = UserFactory()
    networks.is_not_it(bread, signed.organization, by=by)
    networks.is_it(nothing, unlike.organization, by=by)
    assert states(network, one) == {"Bread for all": "missing", "Nothing alike": "signed"}
    again = SignOnFactory(statement=other, organization_name="Entirely other words", confirmed=True)
    verifying.accept(again, by=by, organization=unlike.organization)
    assert states(network, other)["Nothing alike"] == "signed"
    networks.forget(bread)
    networks.forget(nothing)
    assert states(network, one) == {"Bread for all": "signed", "Nothing alike": "missing"}


def test_who_staff_told_apart_is_told_apart_everywhere():
    signed = accepted(organization_name="Bread for all")
    member = a_network(("Bread for all", "Kenya")).members.get()
    networks.is_not_it(member, signed.organization, by=UserFactory())
    assert signed.organization not in [each.organization for each in networks.near(member)]
    networks.is_it(member, signed.organization, by=UserFactory())
    assert Distinction.objects.count() == 0


def test_a_member_whose_entry_was_merged_is_counted_where_it_went():
    from signon.casework import merging

    statement = StatementFactory()
    kept = accepted(statement=statement, organization_name="Bread for all").organization
    merged = accepted(organization_name="Other words").organization
    member = a_network(("Whatever", "Kenya")).members.get()
    networks.is_it(member, merged, by=UserFactory())
    merging.merge(kept, merged, by=UserFactory())
    assert states(member.network, statement) == {"Whatever": "signed"}


def test_looking_writes_nothing_and_takes_a_fixed_number_of_queries(django_assert_num_queries):
    statement = StatementFactory()
    for number in range(3):
        accepted(statement=statement, organization_name=f"Bread {number} for all")
    small = a_network(("Bread 1 for all", "Kenya"))
    large = a_network(*((f"Bread {number} for all", "Kenya") for number in range(60)), name="Large")
    for network in (small, large):
        with django_assert_num_queries(8):
            coverage.compute(network, statement)
    assert (SignOn.objects.count(), Organization.objects.count()) == (3, 3)


def rows_of(found, **options):
    text = "".join(coverage.missing_as_csv(found, **options)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_who_is_missing_goes_into_a_file_that_harms_nobody():
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Signed already")
    network = a_network(("Signed already", "Kenya"), ("=cmd|calc", "Kenya"), ("Roses", "Mexico"))
    InvitationFactory(statement=statement, organization_name="Roses", country="MX", email="secret@invited.example")
    found = coverage.compute(network, statement)
    rows = rows_of(found, contacts=False)
    assert [(row["organization"], row["country_name"]) for row in rows] == [
        ("'=cmd|calc", "Kenya"),
        ("Roses", "Mexico"),
    ]
    assert "secret@invited.example" not in str(rows)
    with_contacts = rows_of(found, contacts=True)
    assert [row["email"] for row in with_contacts] == ["", "secret@invited.example"]


def test_a_list_without_names_or_under_a_taken_name_is_refused():
    with pytest.raises(tables.Unreadable):
        networks.from_list("A network", "Country\tE-mail\nKenya\ta@x.example\nChad\tb@x.example", by=UserFactory())
    a_network(("Bread", "Kenya"))
    with pytest.raises(networks.Taken):
        a_network(("Roses", "Kenya"))
    assert Network.objects.count() == 1
