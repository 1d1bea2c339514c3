"""Administrators say what the network is called, how it looks, and what it calls countries; every page follows."""

import re

import pytest

from campaigns import colors, network
from campaigns.models import Publisher
from signon.geography import countries
from signon.mail import sender_records
from signon.models import Message
from tests.factories import CampaignFactory, accepted
from tests.posted import in_column

pytestmark = pytest.mark.django_db
GENERAL = {"name": "Roses Network", "zone": "Africa/Nairobi"}


@pytest.fixture
def administrator(staff):
    return staff("administrator")


def test_the_name_is_on_every_page(client, administrator):
    client.post("/desk/site/network/", GENERAL | {"contact": "hello@roses.example"})
    assert Publisher.objects.get().contact == "hello@roses.example"
    for path in ("/", "/news/", "/desk/"):
        assert "Roses Network" in client.get(path).content.decode()


def test_colors_come_from_a_style_sheet_that_can_be_kept(client, administrator):
    assert "style/colors.css" not in client.get("/").content.decode()
    client.post("/desk/site/network/", GENERAL | {"accent": "#00558c", "accent_dark": "#9fd0ff"})
    digest = network.current().css_digest
    assert f"/style/colors.css?v={digest}" in client.get("/ar/").content.decode()
    kept = client.get(f"/style/colors.css?v={digest}")
    assert (kept["Content-Type"], "immutable" in kept["Cache-Control"]) == ("text/css; charset=utf-8", True)
    assert "--accent: #00558c" in kept.content.decode()
    assert not kept.cookies
    assert client.get("/style/colors.css")["Cache-Control"] == "public, max-age=60"


def test_colors_that_only_another_process_knows_yet_are_asked_for_again(client):
    """A page comes from the one that saved them, its style sheet from one that has read the settings before."""
    network.remember(network.Network("Roses", accent="#00558c"))
    newer = network.Network("Roses", accent="#8a1c1c").css_digest
    answer = client.get(f"/style/colors.css?v={newer}")
    assert ("--accent: #00558c" in answer.content.decode(), answer["Cache-Control"]) == (True, "no-cache")


@pytest.mark.parametrize(
    ("field", "color", "papers"), [("accent", "#ffcc00", colors.DAY), ("accent_dark", "#66288c", colors.NIGHT)]
)
def test_a_color_that_cannot_be_read_is_refused_with_its_contrast_and_one_that_can(
    client, administrator, field, color, papers
):
    answer = client.post("/desk/site/network/", GENERAL | {field: color})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"contrast of {int(colors.least(color, papers) * 10) / 10:g} : 1" in page
    assert colors.passing(color, papers) in page
    assert "is near it, and can be read" in page
    assert client.post("/desk/site/network/", GENERAL | {field: "red; } body {"}).status_code == 422
    assert network.current().css == ""


def test_settings_are_not_saved_over_another_administrator_s_change(client, administrator):
    for address, one, other in (
        ("/desk/site/network/", GENERAL | {"contact": "one@roses.example"}, GENERAL | {"accent": "#00558c"}),
        ("/desk/site/network/countries/", rows({"code": "KE", "en": "One"}), rows({"code": "KE", "en": "Two"})),
    ):
        page = client.get(address).content.decode()
        seen = {"seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}
        assert client.post(address, one | seen).status_code == 302
        answer = client.post(address, other | seen)
        assert answer.status_code == 422
        assert "Yours is not saved yet" in answer.content.decode()
    found = Publisher.objects.get()
    assert (found.contact, found.accent, found.country_names) == ("one@roses.example", "", {"KE": {"en": "One"}})


@pytest.mark.parametrize("field", ["accent", "accent_dark"])
@pytest.mark.parametrize("typed", ["red", "#gggggg", "٣", "#٣٣٣", "#12345", "#", "rgb(1, 2, 3)"])
def test_what_is_no_color_is_told_with_the_form_that_is_meant(client, administrator, field, typed):
    answer = client.post("/desk/site/network/", GENERAL | {field: typed})
    assert answer.status_code == 422
    assert f"“{typed}” is no color" in answer.content.decode()


@pytest.mark.parametrize("typed", ["#00558C", "00558c", " #00558c "])
def test_a_color_is_read_as_people_type_it(client, administrator, typed):
    assert client.post("/desk/site/network/", GENERAL | {"accent": typed}).status_code == 302
    assert Publisher.objects.get().accent == "#00558c"
    client.post("/desk/site/network/", GENERAL | {"accent": "#05A"})
    assert Publisher.objects.get().accent == "#0055aa"
    assert 'fill="#0055aa"' in client.get("/desk/site/network/").content.decode()


def test_its_own_words_are_on_the_front_page_in_each_language(client, administrator):
    client.post("/desk/site/network/words/", in_column("fr", tagline="Du pain", about="**Des** roses."))
    english = in_column("en", tagline="Bread", about="Roses.")
    spanish = in_column("es", saved=False, tagline="Pan", about="")
    page = client.post("/desk/site/network/words/", english | spanish).content.decode()
    assert 'value="Pan"' in page
    assert "Not saved yet: Spanish" in page
    assert "Du pain" in client.get("/fr/").content.decode()
    assert "Bread" in client.get("/").content.decode()


def rows(*names):
    posted = {"form-TOTAL_FORMS": len(names), "form-INITIAL_FORMS": 0}
    for number, fields in enumerate(names):
        posted |= {f"form-{number}-{name}": value for name, value in fields.items()}
    return posted


def test_countries_are_named_as_the_network_does_and_found_by_cldr_s_name_too(client, administrator):
    sign_on = accepted(country="KE", organization_name="Roses")
    client.post("/desk/site/network/countries/", rows({"code": "KE", "en": "Kenya Republic"}, {}))
    assert Publisher.objects.get().country_names == {"KE": {"en": "Kenya Republic"}}
    listed = f"/statements/{sign_on.statement.slug}/signatories/"
    assert "Kenya Republic" in client.get(listed).content.decode()
    assert ("KE", "Kenya Republic") in countries.choices("en")
    assert countries.name("KE", "fr") == "Kenya"
    assert "Kenya" in countries.other_names("KE", "en")
    assert countries.resolve("Kenya").code == "KE"
    client.post("/desk/site/network/countries/", rows({"code": "KE", "en": ""}))
    assert countries.name("KE", "en") == "Kenya"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (rows({"code": "", "en": "Nowhere"}), "Choose the country that is called so."),
        (rows({"code": "QQ", "en": "Nowhere"}), "Select a valid choice"),
        (rows({"code": "KE", "en": "One"}, {"code": "KE", "fr": "Deux"}), "Named twice"),
    ],
)
def test_names_of_no_country_and_names_twice_are_told(client, administrator, given, words):
    answer = client.post("/desk/site/network/countries/", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert network.current().country_names == {}


@pytest.mark.parametrize("role", ["editor", "campaign_manager", "verifier"])
def test_the_network_is_the_administrators_alone(client, staff, role):
    staff(role)
    for end in ("", "words/", "countries/", "senders/"):
        assert client.get(f"/desk/site/network/{end}").status_code == 403


def test_a_campaign_s_sender_is_chosen_and_tried(client, administrator):
    campaign = CampaignFactory()
    page = f"/desk/site/network/senders/{campaign.slug}/"
    given = {"sender_name": "Roses", "sender_address": "roses@c.example", "reply_address": "us@c.example"}
    client.post(page, given)
    campaign.refresh_from_db()
    assert (campaign.sender_name, campaign.sender_address, campaign.reply_address) == tuple(given.values())
    bad = given | {"sender_address": "roses@c.example\r\nBcc: x@y.example"}
    assert client.post(page, bad).status_code == 422
    client.post(f"{page}test/")
    assert Message.objects.get().to_address == administrator.email
    assert client.get("/desk/site/network/senders/").status_code == 200


def test_what_the_domain_name_system_says_is_told_and_a_bad_selector_asks_nothing(client, administrator, monkeypatch):
    asked = []

    def records(domain, selector):
        asked.append((domain, selector))
        return [sender_records.Record("SPF", "missing", "Nothing there.", line="write this")]

    monkeypatch.setattr(sender_records, "records", records)
    campaign = CampaignFactory(sender_address="roses@c.example")
    page = f"/desk/site/network/senders/{campaign.slug}/"
    assert "write this" not in client.get(page).content.decode()
    assert "write this" in client.get(f"{page}?selector=s1").content.decode()
    assert "letters, numbers" in client.get(f"{page}?selector=a b").content.decode()
    assert asked == [("c.example", "s1")]
