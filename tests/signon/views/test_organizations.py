"""The public directory: who stands by name on what strangers may read, and nobody else."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns.models import Statement
from signon import signing
from signon.casework import merging
from signon.finding import directory
from signon.models import Organization, SignOn
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db


def slug_of(sign_on):
    return Organization.objects.get(pk=SignOn.objects.get(pk=sign_on.pk).organization_id).slug


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def names_on(client, query=""):
    return [each.get_text() for each in page(client, f"/organizations/{query}").select(".rows .name")]


def test_the_directory_has_those_that_stand_by_name_sorted_as_people_sort(client):
    statement = StatementFactory()
    for name in ("Zeta", "Écho", "alpha"):
        accepted(statement=statement, organization_name=name)
    assert names_on(client) == ["alpha", "Écho", "Zeta"]


@pytest.mark.parametrize("listing", ["country", "count"])
def test_an_organization_with_a_hidden_listing_is_as_one_that_is_not_there(client, listing):
    hidden = accepted(organization_name="Hidden House", listing=listing, consent_publish=listing != "count")
    assert "Hidden" not in client.get("/organizations/").content.decode()
    assert "Hidden" not in client.get("/organizations/?q=hidden&country=KE").content.decode().replace("hidden", "")
    there, nowhere = client.get(f"/organizations/{slug_of(hidden)}/"), client.get("/organizations/nowhere/")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content.replace(b"nowhere", slug_of(hidden).encode())


def test_an_individual_is_no_organization(client):
    accepted(
        individual=True,
        representative_name="Asha Rao",
        listed_name="Asha Rao",
        statement=StatementFactory(accepts_individuals=True),
    )
    assert names_on(client) == []


def test_what_waits_or_was_declined_is_not_there(client):
    SignOnFactory(confirmed=True, organization_name="Waiting")
    SignOnFactory(organization_name="Unconfirmed")
    assert names_on(client) == []


def test_nothing_tells_of_a_statement_under_embargo_or_withdrawn(client):
    embargoed = StatementFactory(embargo_until=timezone.now() + timedelta(days=1))
    kept = accepted(statement=embargoed, organization_name="Early Signer")
    gone = accepted(statement=StatementFactory(), organization_name="Taken Back")
    Statement.objects.filter(pk=gone.statement_id).update(state="withdrawn")
    assert names_on(client) == []
    assert client.get(f"/organizations/{slug_of(kept)}/").status_code == 404
    assert client.get(f"/organizations/{slug_of(gone)}/").status_code == 404


def test_one_that_withdraws_is_gone_at_once(client):
    sign_on = accepted(organization_name="Passing By")
    path = f"/organizations/{slug_of(sign_on)}/"
    assert client.get(path).status_code == 200
    signing.withdraw(SignOn.objects.get(pk=sign_on.pk), reason="")
    assert client.get(path).status_code == 404
    assert names_on(client) == []


def test_a_profile_shows_the_public_sign_ons_alone(client):
    first, second, hidden = (StatementFactory(texts={"en": title}) for title in ("Bread", "Roses", "Secret plan"))
    by = {"organization_name": "Wide Network", "website": "https://wide.example/"}
    sign_on = accepted(statement=first, **by)
    organization = SignOn.objects.get(pk=sign_on.pk).organization
    from signon import verifying

    for statement, more in ((second, {}), (hidden, {"listing": "country"})):
        other = SignOnFactory(confirmed=True, statement=statement, **by, **more)
        verifying.accept(other, by=UserFactory(), organization=organization)
    found = page(client, f"/organizations/{organization.slug}/")
    assert found.h1.get_text() == "Wide Network"
    assert sorted(each.get_text().strip() for each in found.select(".found-list h3")) == ["Bread", "Roses"]
    assert "Secret plan" not in found.get_text()
    link = found.select_one(".facts a")
    assert link["href"] == "https://wide.example/"
    assert {"nofollow", "noopener"} <= set(link["rel"])
    data = json.loads(found.find("script", type="application/ld+json").string)
    assert (data["@type"], data["name"], data["address"]["addressCountry"]) == ("Organization", "Wide Network", "KE")


def test_a_website_that_came_with_a_hidden_name_is_not_shown(client):
    from signon import verifying

    hidden = accepted(organization_name="Quiet", website="https://quiet.example/", listing="country")
    organization = SignOn.objects.get(pk=hidden.pk).organization
    named = SignOnFactory(confirmed=True, organization_name="Quiet", email="b@b.example")
    verifying.accept(named, by=UserFactory(), organization=organization)
    assert "quiet.example" not in client.get(f"/organizations/{organization.slug}/").content.decode()


def test_it_is_found_by_name_country_and_type(client):
    statement = StatementFactory()
    accepted(statement=statement, organization_name="Women of Kenya")
    accepted(statement=statement, organization_name="Wömen of Chile", country="CL", organization_type="union")
    accepted(statement=statement, organization_name="World Wide", country="", scope="international")
    assert names_on(client, "?q=women") == ["Wömen of Chile", "Women of Kenya"]
    assert names_on(client, "?country=cl") == ["Wömen of Chile"]
    assert names_on(client, "?country=international") == ["World Wide"]
    assert names_on(client, "?type=union&q=chile") == ["Wömen of Chile"]
    assert names_on(client, "?q=%00&country=zzz&type=x&after=%F0%9F&before=") == names_on(client)


def test_pages_go_forward_and_back_by_key():
    statement = StatementFactory()
    for number in range(7):
        accepted(statement=statement, organization_name=f"Entry {number}")
    found = directory.listed()
    first = directory.page(found, "en", size=3)
    second = directory.page(found, "en", after=first.after, size=3)
    third = directory.page(found, "en", after=second.after, size=3)
    assert [row.name[-1] for page in (first, second, third) for row in page.rows] == list("0123456")
    assert (first.before, third.after) == ("", "")
    assert directory.page(found, "en", before=third.before, size=3).rows == second.rows


def test_the_old_address_of_a_merged_one_leads_to_the_survivor(client):
    kept = accepted(organization_name="Third World Network")
    merged = accepted(organization_name="TWN Network")
    ends = [SignOn.objects.get(pk=each.pk).organization for each in (kept, merged)]
    merging.merge(*ends, by=UserFactory())
    answer = client.get(f"/organizations/{ends[1].slug}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/organizations/{ends[0].slug}/")


def test_a_merge_tells_nothing_of_a_name_that_was_kept_back(client):
    kept = accepted(organization_name="Open House")
    hidden = accepted(organization_name="Hidden House", listing="country")
    ends = [SignOn.objects.get(pk=each.pk).organization for each in (kept, hidden)]
    merging.merge(*ends, by=UserFactory())
    assert client.get(f"/organizations/{ends[1].slug}/").status_code == 404
    assert client.get(f"/organizations/{ends[0].slug}/").status_code == 200


def test_names_in_any_script_have_an_address(client):
    sign_on = accepted(organization_name="شبكة النساء")
    slug = slug_of(sign_on)
    assert client.get(f"/organizations/{quote(slug)}/").status_code == 200
    assert client.get(f"/ar/organizations/{quote(slug)}/").status_code == 200


def test_a_page_of_many_costs_as_many_queries_as_a_page_of_few(client, django_assert_max_num_queries):
    statement = StatementFactory()
    for number in range(12):
        accepted(statement=statement, organization_name=f"Entry {number}", country="KE" if number % 2 else "CL")
    with django_assert_max_num_queries(6):
        client.get("/organizations/")
    with django_assert_max_num_queries(9):
        client.get("/organizations/entry-1/")
