"""A statement's public numbers, their pictures, and its share image."""

from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.utils import timezone
from PIL import Image

from campaigns.models import Statement
from signon.figures import pictures, public_numbers
from signon.models import Organization
from tests.factories import StatementFactory, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["redis"].clear()


@pytest.fixture
def statement():
    made = StatementFactory(texts={"en": "Bread & Roses for all", "ar": "الخبز والورد للجميع"})
    for country in ("KE", "CL", "FR", "FR"):
        accepted(statement=made, country=country)
    return made


def test_every_picture_has_a_table_that_says_the_same(client, statement):
    accepted(statement=statement, organization_type="union", country="KE")
    page = BeautifulSoup(client.get(f"/statements/{statement.slug}/numbers/").content, "html.parser")
    tables = [[cell.get_text(strip=True) for cell in table.select("tbody td")] for table in page.select("table")]
    assert page.select_one(".country-map svg")
    assert tables == [["2", "2", "1"], ["2", "2", "1"], ["4", "1"]]


def test_every_part_adds_up_and_a_name_that_is_kept_back_has_no_type(statement):
    accepted(statement=statement, listing="country", country="BH", organization_type="faith")
    accepted(statement=statement, listing="count", consent_publish=False, country="BH", organization_type="faith")
    told = public_numbers.numbers(statement)
    assert told.total == 6
    assert sum(number for _name, number in told.types) == 6
    assert sum(number for _name, number in told.regions) == 6
    assert dict(told.types) == {"Non-governmental organization": 4, "Without a name": 2}
    assert told.countries == {"KE": 1, "CL": 1, "FR": 2, "BH": 1}
    assert told.days[-1].standing == 6


def test_there_is_no_map_of_two_countries(client):
    statement = StatementFactory()
    for country in ("KE", "CL"):
        accepted(statement=statement, country=country)
    for path in ("", "numbers/"):
        page = BeautifulSoup(client.get(f"/statements/{statement.slug}/{path}").content, "html.parser")
        assert page.select(".country-map") == []
    assert client.get(f"/statements/{statement.slug}/numbers/map.png").status_code == 404


@pytest.mark.parametrize("name", ["map", "regions"])
@pytest.mark.parametrize("language", ["", "/ar"])
def test_a_picture_is_an_image(client, statement, name, language):
    answer = client.get(f"{language}/statements/{statement.slug}/numbers/{name}.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    picture = Image.open(BytesIO(answer.content)).convert("RGB")
    assert picture.width == 1200
    colors = {color for _number, color in picture.getcolors(10**6)}
    assert {"map": (0xD9, 0xCA, 0xDB), "regions": (0x66, 0x28, 0x8C)}[name] in colors


def test_the_share_image_is_as_platforms_want_it_and_is_not_sent_twice(client, statement):
    path = f"/statements/{statement.slug}/share.png"
    answer = client.get(path)
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/ar{path}")["ETag"] != answer["ETag"]
    accepted(statement=statement)
    assert client.get(path)["ETag"] != answer["ETag"]


def test_it_is_what_the_statement_s_page_names(client, statement):
    page = BeautifulSoup(client.get(f"/ar/statements/{statement.slug}/").content, "html.parser")
    image = page.find("meta", property="og:image")["content"]
    assert image.endswith(f"/ar/statements/{statement.slug}/share.png")
    assert page.find("meta", property="og:image:alt")["content"] == "الخبز والورد للجميع"


@pytest.mark.parametrize("title", ["Word " * 59, "ويمتد " * 50, "X" * 300])
def test_a_long_title_fits(title):
    statement = StatementFactory(texts={"en": title.strip()})
    picture = Image.open(BytesIO(pictures.png(pictures.of_statement(statement, statement.text()))))
    assert picture.size == (1200, 630)


@pytest.mark.parametrize("path", ["numbers/", "numbers/map.png", "share.png", "revisions/"])
def test_nothing_is_told_under_embargo_or_once_it_is_withdrawn(client, statement, path):
    assert client.get(f"/statements/{statement.slug}/{path}").status_code == 200
    Statement.objects.filter(pk=statement.pk).update(embargo_until=timezone.now() + timedelta(hours=1))
    assert client.get(f"/statements/{statement.slug}/{path}").status_code == 404
    Statement.objects.filter(pk=statement.pk).update(embargo_until=None, state="withdrawn")
    assert client.get(f"/statements/{statement.slug}/{path}").status_code == 404
    Statement.objects.filter(pk=statement.pk).update(state="draft")
    assert client.get(f"/statements/{statement.slug}/{path}").status_code == 404


def test_a_picture_is_made_once(statement, monkeypatch):
    data = pictures.of_statement(statement, statement.text())
    first = pictures.png(data)
    monkeypatch.setattr(pictures, "_made", lambda data: pytest.fail("it was kept"))
    assert pictures.png(data) == first


def test_who_said_no_type_stands_apart_from_those_of_another_type(statement):
    for said in ("other", "", ""):
        made = accepted(statement=statement, organization_type=said)
        Organization.objects.filter(pk=made.organization_id).update(organization_type="other")
    told = dict(public_numbers.numbers(statement).types)
    assert told == {"Non-governmental organization": 4, "Not said": 2, "Other": 1}


def test_a_type_that_staff_found_out_counts_though_nobody_said_it():
    statement = StatementFactory()
    made = accepted(statement=statement, organization_type="")
    Organization.objects.filter(pk=made.organization_id).update(organization_type="union")
    assert [name for name, _number in public_numbers.numbers(statement).types] == ["Trade union"]


def test_a_statement_links_to_its_numbers_once_it_has_some(client, statement):
    bare = StatementFactory()
    assert f"{bare.get_absolute_url()}numbers/" not in client.get(bare.get_absolute_url()).content.decode()
    assert f"{statement.get_absolute_url()}numbers/" in client.get(statement.get_absolute_url()).content.decode()
