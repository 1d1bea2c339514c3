import pytest
from bs4 import BeautifulSoup

from signon import signatories, verifying
from signon.finding import list_order
from signon.models import Organization, SignOn
from tests.factories import StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    return StatementFactory()


def test_international_come_first_then_regional_then_countries_in_the_reader_s_order(statement):
    for country, scope in [
        ("ZA", "national"),
        ("DE", "national"),
        ("", "regional"),
        ("", "international"),
        ("EG", "national"),
    ]:
        accepted(statement=statement, country=country, scope=scope)
    english = [group.title for group in signatories.groups(statement, "en")]
    french = [group.title for group in signatories.groups(statement, "fr")]
    assert english == ["International", "Regional", "Egypt", "Germany", "South Africa"]
    assert french[2:] == ["Afrique du Sud", "Allemagne", "Égypte"]


def test_names_are_sorted_as_people_sort_them_and_not_as_bytes(statement):
    for name in ("Zeta", "Écho", "alpha", "Beta", "Ábaco"):
        accepted(statement=statement, organization_name=name)
    group = signatories.grouped(statement, "en")[0]
    assert [row.name for row in group.rows] == ["Ábaco", "alpha", "Beta", "Écho", "Zeta"]
    assert group.total == 5


def test_who_is_kept_back_stands_as_an_organization_in_its_country(statement):
    accepted(statement=statement, country="BH", listing="country")
    assert [(row.name, row.country_name) for row in signatories.grouped(statement, "en")[0].rows] == [
        ("an organization", "Bahrain")
    ]


def test_who_is_only_counted_stands_in_no_row(statement):
    accepted(statement=statement, listing="count", consent_publish=False)
    group = signatories.grouped(statement, "en")[0]
    assert (group.title, group.total, group.rows) == ("Counted without name", 1, [])


def test_an_import_s_names_are_not_the_latest(statement):
    accepted(statement=statement, source="import")
    shown = accepted(statement=statement)
    assert [row.name for row in signatories.latest(statement, "en")] == [shown.listed_name]


def test_a_name_that_is_kept_back_is_not_found_by_searching_for_it(statement):
    accepted(statement=statement, organization_name="Hidden Women", listing="country")
    accepted(statement=statement, organization_name="Standing Wömen")
    found = signatories.listed(statement, query="women")
    assert [sign_on.listed_name for sign_on in found] == ["Standing Wömen"]


def test_the_place_of_a_name_that_is_kept_back_tells_nothing_of_it(statement):
    """Nor once it was corrected, or taken back and accepted again."""
    later = accepted(statement=statement, organization_name="Zebra", listing="country")
    earlier = accepted(statement=statement, organization_name="Aardvark", listing="country")
    verifying.correct(earlier, by=UserFactory(), listed_name="Aardwolf")
    verifying.reopen(later, by=UserFactory())
    verifying.accept(later, by=UserFactory())
    listed = list_order.ordered(signatories.listed(statement))
    assert [sign_on.pk for sign_on in listed] == [later.pk, earlier.pk]  # as they came


def test_going_forward_and_back_shows_every_name_once(statement):
    made = [accepted(statement=statement, organization_name=f"Organization {number}") for number in range(7)]
    listed = SignOn.objects.named().filter(statement=statement)
    first = signatories.page(listed, "en", size=3)
    second = signatories.page(listed, "en", after=first.after, size=3)
    third = signatories.page(listed, "en", after=second.after, size=3)
    shown = [row.name for page in (first, second, third) for row in page.rows]
    assert shown == [sign_on.listed_name for sign_on in made]
    assert (first.before, third.after) == ("", "")
    assert signatories.page(listed, "en", before=third.before, size=3) == second
    assert signatories.page(listed, "en", before=second.before, size=3).rows == first.rows


@pytest.mark.parametrize("cursor", ["0", "999999", "x"])
def test_a_cursor_that_leads_nowhere_begins_anew(statement, cursor):
    accepted(statement=statement)
    listed = SignOn.objects.named().filter(statement=statement)
    assert len(signatories.page(listed, "en", after=cursor).rows) == 1


@pytest.mark.parametrize("signatures", [1, 3])
def test_the_queries_of_a_statement_s_page_do_not_grow_with_its_list(
    client, statement, signatures, django_assert_num_queries
):
    for _number in range(signatures):
        accepted(statement=statement)
    with django_assert_num_queries(14):
        client.get(statement.get_absolute_url())


def test_beyond_the_limit_the_page_shows_countries_with_their_numbers_and_no_names(client, statement, settings):
    settings.NAMES_ON_STATEMENT = 2
    made = [accepted(statement=statement, country=country) for country in ("KE", "KE", "MX")]
    page = client.get(statement.get_absolute_url()).content.decode()
    body = page.partition('class="group-lines"')[2]
    assert made[0].listed_name not in body
    assert f'href="/statements/{statement.slug}/signatories/?country=KE"' in body


def names(client, path):
    page = BeautifulSoup(client.get(path).content, "html.parser")
    return {each.get_text(): each.get("href") for each in page.select("main .name")}


@pytest.mark.parametrize("end", ["", "signatories/"])
def test_a_name_leads_to_its_organization_s_page_and_no_other_does(client, statement, end):
    named = accepted(statement=statement, organization_name="Roses")
    accepted(statement=statement, organization_name="Hidden", listing="country")
    accepted(statement=statement, organization_name="Counted", listing="count", consent_publish=False)
    person = accepted(statement=statement, signer="individual")
    found = names(client, f"/fr{statement.get_absolute_url()}{end}")
    assert found["Roses"] == f"/fr/organizations/{named.organization.slug}/"
    assert client.get(found["Roses"]).status_code == 200
    assert found[person.listed_name] is None
    assert {"Hidden", "Counted"} & set(found) == set()
    assert [href for href in found.values() if href] == [found["Roses"]]


def test_a_convener_s_name_leads_there_too(client, statement):
    convener = accepted(statement=statement, organization_name="Conveners' Union")
    SignOn.objects.filter(pk=convener.pk).update(convener_place=1)
    assert names(client, statement.get_absolute_url())["Conveners' Union"]


@pytest.mark.parametrize("signatures", [1, 3])
def test_the_queries_of_the_list_do_not_grow_with_its_names(client, statement, signatures, django_assert_num_queries):
    for _number in range(signatures):
        accepted(statement=statement)
    with django_assert_num_queries(7):
        client.get(f"{statement.get_absolute_url()}signatories/")


def test_who_said_no_type_is_not_found_as_of_another_type(statement):
    for name, said in (("Said", "other"), ("Unsaid", "")):
        made = accepted(statement=statement, organization_name=name, organization_type=said)
        Organization.objects.filter(pk=made.organization_id).update(organization_type="other")
    assert [each.listed_name for each in signatories.listed(statement, signer_type="other")] == ["Said"]
