"""What the network's settings say stands where readers and programs look for it: name, logo, address for questions."""

import json
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from PIL import Image

from campaigns import colors, network, photos
from signon.figures import pictures
from tests.campaigns.pieces import a_photo, a_post
from tests.factories import StatementFactory, UserFactory

pytestmark = pytest.mark.django_db


def shown(client, path="/"):
    return BeautifulSoup(client.get(path).content, "html.parser")


def data(page):
    return json.loads(page.select_one('script[type="application/ld+json"]').string)


@pytest.fixture
def roses():
    logo = a_photo(alt="A rose in a fist")
    photos.say(logo, "ar", alt="وردة في قبضة")
    network.change(name="Roses", contact="questions@roses.example", logo=logo)
    return logo


def test_the_logo_stands_in_every_header_with_what_it_shows(client, roses):
    for path, alt in (("/", "A rose in a fist"), ("/ar/news/", "وردة في قبضة")):
        logo = shown(client, path).select_one(".masthead-name img")
        assert (logo["alt"], logo["width"], logo["height"]) == (alt, "60", "40")
        assert b"".join(client.get(logo["src"]).streaming_content).startswith(b"RIFF")


def test_a_logo_that_shows_the_network_s_name_is_not_read_out_beside_it(client):
    network.change(name="Roses", logo=a_photo(alt="roses"))
    assert shown(client).select_one(".masthead-name img")["alt"] == ""


def test_without_a_logo_or_an_address_nothing_stands_in_their_place(client):
    page = shown(client)
    assert page.select(".masthead-name img, .colophon a[href^=mailto]") == []


@pytest.mark.usefixtures("roses")
def test_the_address_for_questions_stands_at_every_foot(client):
    for path in ("/", "/fr/news/"):
        link = shown(client, path).select_one(".colophon a[href^=mailto]")
        assert link["href"] == "mailto:questions@roses.example"


def test_programs_are_told_who_publishes(client, roses):
    statement, post = StatementFactory(), a_post()
    logo = f"https://sign.example{photos.url(roses)}"
    for path in ("/", statement.get_absolute_url(), post.get_absolute_url()):
        said = data(shown(client, path))
        said = said if said["@type"] == "Organization" else said["publisher"]
        assert (said["name"], said["email"]) == ("Roses", "questions@roses.example")
        assert said["logo"].endswith(photos.url(roses)), logo


@pytest.mark.usefixtures("roses")
def test_pages_that_stand_alone_name_the_network_and_its_address(client, settings):
    settings.MAINTENANCE = 30
    page = shown(client)
    assert page.select_one(".kicker").get_text() == "Roses"
    assert page.select_one("a[href^=mailto]").get_text() == "questions@roses.example"
    settings.MAINTENANCE = 0
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post("/sign-ons/link/", {"email": "x" * 2000}, headers={"origin": "http://testserver"})
    assert answer.status_code == 400
    assert "questions@roses.example" in answer.content.decode()


@pytest.mark.usefixtures("roses")
def test_what_broke_says_whom_to_ask(client, monkeypatch):
    monkeypatch.setattr("campaigns.front.photos", lambda: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "questions@roses.example" in answer.content.decode()


@pytest.mark.usefixtures("roses")
def test_the_administration_is_headed_by_the_network_s_name(client):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    client.force_login(staff)
    assert "Roses" in shown(client, "/admin/").select_one("#site-name").get_text()
    network.change(name="Bread")
    assert "Bread" in shown(client, "/admin/").select_one("#site-name").get_text()


def painted(statement):
    made = pictures.png(pictures.of_statement(statement, statement.text()))
    found = Image.open(BytesIO(made)).convert("RGB").getcolors(10**6)
    return {"#{:02x}{:02x}{:02x}".format(*color) for _number, color in found}


def test_the_share_image_has_the_network_s_color_and_its_logo():
    statement = StatementFactory()
    network.change(accent="#00558c", logo=a_photo(color="#00aa00"))
    found = painted(statement)
    assert "#00558c" in found
    assert "#66288c" not in found
    assert any(int(each[3:5], 16) > 0xA0 and int(each[1:3], 16) < 0x18 for each in found)  # WebP keeps about the color


def test_a_color_that_cannot_be_read_is_printed_as_one_near_it_that_can():
    statement = StatementFactory()
    network.change(accent="#ffcc00")
    near = colors.passing("#ffcc00", colors.DAY)
    assert near in painted(statement)
    assert "#ffcc00" not in painted(statement)


def test_a_logo_whose_file_was_lost_holds_up_no_picture():
    logo = a_photo()
    network.change(logo=logo)
    for width in logo.widths:
        default_storage.delete(f"photos/{logo.key}/{width}.webp")
    assert painted(StatementFactory())
