"""The page that searches everything."""

import pytest
from bs4 import BeautifulSoup

from tests.campaigns.pieces import a_post
from tests.factories import StatementFactory, accepted

pytestmark = pytest.mark.django_db


def page(client, query, language=""):
    answer = client.get(f"{language}/search/", {"q": query} if query is not None else {})
    assert answer.status_code == 200
    assert not answer.cookies
    return BeautifulSoup(answer.content, "html.parser")


def test_organizations_stand_beside_what_was_written(client):
    accepted(organization_name="Harbor Women", statement=StatementFactory())
    accepted(organization_name="Hidden Harbor", listing="country", statement=StatementFactory())
    a_post({"en": "Harbor news"})
    found = page(client, "harbor")
    assert [each.get_text() for each in found.select(".rows .name")] == ["Harbor Women"]
    assert [each.get_text().strip() for each in found.select(".found-list h3")] == ["Harbor news"]
    assert [each.get_text() for each in found.select("mark")] == ["Harbor"]


def test_who_mistypes_is_offered_the_word_and_who_finds_nothing_a_way_on(client):
    accepted(organization_name="Kituo cha Sheria")
    found = page(client, "Shera kituo")
    assert found.select_one(".search-instead a")["href"] == "/search/?q=sheria%20kituo"
    assert page(client, "xyzzy").select_one('main a[href="/statements/"]')


@pytest.mark.parametrize("query", [None, "", "  ", "\0", "x" * 3000, "<b>", "%", "-", "🙂"])
def test_any_query_is_answered_kindly(client, query):
    assert page(client, query).h1.get_text() == "Search"


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999", "99", "%00"])
def test_any_page_is_answered(client, number):
    assert client.get(f"/search/?q=harbor&page={number}").status_code == 200


def test_what_was_typed_is_not_markup(client):
    assert "<b>x" not in client.get("/search/?q=<b>x").content.decode()


@pytest.mark.parametrize("number", [1, 12])
def test_the_queries_do_not_grow(client, number, django_assert_max_num_queries):
    statement = StatementFactory(texts={"en": "Harbor"})
    for each in range(number):
        a_post({"en": f"Harbor {each}"})
        accepted(organization_name=f"Harbor {each}", statement=statement)
    with django_assert_max_num_queries(13):
        client.get("/search/?q=harbor")
