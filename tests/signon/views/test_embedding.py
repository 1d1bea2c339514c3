"""What other sites show of a statement."""

import json
import re

import pytest
from django.test import Client

from campaigns.models import Statement
from signon.models import SignOn
from signon.programs import embedding
from tests.factories import SignOnFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db
EMBED = "/embed/statements/bread/"
PAGE = "http://testserver/statements/bread/"
HIDDEN = ("Hidden Women", "Asha Rao", "secret.example", "Waiting Workers")


@pytest.fixture(autouse=True)
def _here(settings):
    settings.SITE_URL = "http://testserver"


@pytest.fixture
def statement():
    made = StatementFactory(slug="bread", texts={"en": "Bread & Roses </script>", "ar": "الخبز والورود"})
    accepted(statement=made, organization_name="Zeta Union", country="MX")
    accepted(statement=made, organization_name="Hidden Women", country="BH", listing="country")
    accepted(statement=made, organization_name="Hidden Women II", listing="count", consent_publish=False)
    SignOnFactory(statement=made, organization_name="Waiting Workers", confirmed=True)
    return made


def everywhere():
    client = Client()
    shown = [client.get(EMBED, {"show": show}) for show in embedding.HEIGHTS]
    return [*shown, client.get("/statements/bread/embed/"), client.get("/oembed", {"url": PAGE})]


def test_no_frame_and_no_answer_holds_a_name_that_is_kept_back_or_waits(statement):
    for answer in [*everywhere(), Client().get("/statements/bread/")]:
        assert answer.status_code == 200
        assert [words for words in HIDDEN if words in answer.content.decode()] == []
        assert not answer.cookies


@pytest.mark.parametrize("state", [Statement.State.DRAFT, Statement.State.CIRCULATING])
def test_what_is_not_published_is_shown_nowhere(statement, state):
    Statement.objects.update(state=state)
    assert {answer.status_code for answer in everywhere()} == {404}


def test_of_what_was_withdrawn_a_frame_says_only_that(statement):
    Statement.objects.update(state=Statement.State.WITHDRAWN)
    frame = Client().get(EMBED, {"show": "list"})
    assert "This statement is withdrawn" in frame.content.decode()
    assert "Zeta Union" not in frame.content.decode()
    assert Client().get("/oembed", {"url": PAGE}).status_code == 404


def test_every_site_may_frame_it_and_the_rest_of_the_policy_stands(statement):
    frame, page = Client().get(EMBED), Client().get("/statements/bread/")
    policy, others = (dict(part.strip().split(" ", 1) for part in each["Content-Security-Policy"].split(";"))
                      for each in (frame, page))  # fmt: skip
    assert "X-Frame-Options" not in frame
    assert policy.pop("frame-ancestors") == "*"
    assert (page["X-Frame-Options"], others.pop("frame-ancestors")) == ("DENY", "'none'")
    assert policy == others
    assert frame.get("Vary") in (None, "Accept-Encoding")
    assert frame["Cache-Control"] == "public, max-age=2"


def test_what_is_shown_is_what_was_asked_for(statement):
    count, button, listed = (
        Client().get(EMBED, {"show": show}).content.decode() for show in ("count", "button", "list")
    )
    assert "organizations" in count
    assert "organizations" not in button
    assert "/statements/bread/sign/" in button
    assert ("Zeta Union" in listed, "Zeta Union" in count) == (True, False)
    arabic = Client().get(EMBED, {"language": "ar"})
    assert 'dir="rtl"' in arabic.content.decode()
    assert 'href="/ar/statements/bread/"' in arabic.content.decode()
    assert arabic["Content-Language"] == "ar"


def test_a_closed_statement_has_no_button(statement):
    Statement.objects.update(state=Statement.State.CLOSED)
    page = Client().get(EMBED, {"show": "button"}).content.decode()
    assert "/sign/" not in page
    assert "Closed for sign-on" in page


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"accent": "red;}body{display:none"}, "accent"),
        ({"accent": "url(//evil.example)"}, "accent"),
        ({"text": "777777", "background": "888888"}, "text"),
        ({"background": "000000"}, "background"),
        ({"accent": "ffff00"}, "accent"),
        ({"font": "Comic Sans"}, "font"),
        ({"size": "4"}, "size"),
        ({"radius": "900"}, "radius"),
        ({"show": "everything"}, "show"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_cannot_be_shown_or_read_is_refused_and_named(statement, query, parameter):
    answer = Client().get(EMBED, query)
    assert answer.status_code == 422
    assert f"<code>{parameter}</code>" in answer.content.decode()
    assert Client().get("/statements/bread/embed/", query).status_code == 422
    if parameter not in ("show", "language"):
        style = Client().get("/embed/style.css", query)
        assert (style.status_code, style.content) == (422, b"")


def test_a_look_is_a_stylesheet_of_checked_values(statement):
    query = {
        "accent": "005ea5",
        "background": "#FFFFFF",
        "text": "111111",
        "font": "system",
        "size": "18",
        "radius": "0",
    }
    page = Client().get(EMBED, query).content.decode()
    assert "style=" not in page
    assert "Bread &amp; Roses &lt;/script&gt;</a>" in page
    address = re.search(r'href="(/embed/style\.css\?[^"]+)"', page)[1].replace("&amp;", "&")
    style = Client().get(address)
    assert style["Content-Type"].startswith("text/css")
    assert style.content.decode().splitlines()[1:-1] == [
        "  --accent: #005ea5;", "  --accent-strong: #005ea5;", "  --on-accent: #ffffff;", "  --paper: #ffffff;",
        "  --ink: #111111;", "  --ink-soft: #111111;", "  --rule: color-mix(in srgb, #111111 25%, #ffffff);",
        "  color-scheme: light;", "  --serif: system-ui, sans-serif;", "  --sans: system-ui, sans-serif;",
        "  --radius: 0px;", "  font-size: 1.125em;",
    ]  # fmt: skip


def test_contrast_is_wcag_s():
    assert embedding.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert embedding.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("signatures", [1, 3])
@pytest.mark.parametrize(("show", "queries"), [("count", 3), ("button", 2), ("list", 4)])
def test_the_queries_of_a_frame_do_not_grow(signatures, show, queries, django_assert_num_queries):
    made = StatementFactory(slug="bread")
    for _number in range(signatures):
        accepted(statement=made)
    with django_assert_num_queries(queries):
        Client().get(EMBED, {"show": show})


def test_what_is_copied_cannot_be_broken_by_a_title(statement):
    page = Client().get("/statements/bread/embed/").content.decode()
    assert "Bread &amp;amp; Roses &amp;lt;/script&amp;gt;" in page
    assert "Bread & Roses </script>" not in page


def test_oembed_offers_the_frame(statement):
    page = Client().get("/statements/bread/").content.decode()
    found = re.search(r'type="application/json\+oembed"\s+href="([^"]+)"', page)[1].replace("&amp;", "&")
    said = Client().get(found)
    assert said["Access-Control-Allow-Origin"] == "*"
    said = said.json()
    assert (said["version"], said["type"], said["title"]) == ("1.0", "rich", "Bread & Roses </script>")
    assert said["html"].startswith('<iframe src="http://testserver/embed/statements/bread/?show=count&amp;language=en"')
    small = Client().get("/oembed", {"url": PAGE, "maxwidth": "300", "maxheight": "100"}).json()
    assert (small["width"], small["height"]) == (300, 100)
    arabic = Client().get("/oembed", {"url": "http://testserver/ar/statements/bread/"}).json()
    assert (arabic["title"], "language=ar" in arabic["html"]) == ("الخبز والورود", True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": PAGE, "language": "a\nb"}, 200),
        ({"url": PAGE, "format": "xml"}, 501),
        ({"url": "https://other.example/statements/bread/"}, 404),
        ({"url": "http://testserver.other.example/statements/bread/"}, 404),
        ({"url": "http://testserver/statements/bread/signatories/"}, 404),
        ({"url": "http://testserver/statements/none/"}, 404),
        ({"url": "http://testserver/desk/"}, 404),
        ({"url": "http://testserver/\x00"}, 404),
        ({}, 404),
        ({"url": PAGE, "maxwidth": "wide"}, 400),
        ({"url": PAGE, "maxheight": "0"}, 400),
    ],
)
def test_oembed_says_what_it_can_do_and_what_not(statement, query, status):
    assert Client().get("/oembed", query).status_code == status


def test_a_statement_s_page_says_to_programs_what_it_is(statement):
    page = Client().get("/ar/statements/bread/").content.decode()
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert (said["@type"], said["headline"], said["inLanguage"]) == ("Article", "الخبز والورود", "ar")
    english = Client().get("/statements/bread/").content.decode()
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', english)[1]
    assert json.loads(data)["headline"] == "Bread & Roses </script>"
    assert "<" not in data
    names = [name for name in SignOn.objects.values_list("listed_name", flat=True) if name in data]
    assert names == []
