"""Feeds, sitemap, robots and JSON-LD, read by programs that others wrote."""

from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import extruct
import feedparser
import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import network, publishing
from campaigns.models import Statement
from tests.campaigns.pieces import a_page, a_photo, a_post, an_event
from tests.factories import CampaignFactory, StatementFactory, accepted

pytestmark = pytest.mark.django_db
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def feed(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def test_the_feed_of_posts_has_excerpt_text_author_and_kind(client, settings):
    post = a_post({"en": ("Bread & roses", "They **marched**.")}, author="Ana", kind="story")
    found = feed(client, "/feeds/posts.atom")
    (entry,) = found.entries
    assert (entry.title, entry.summary, entry.author) == ("Bread & roses", "They marched.", "Ana")
    assert "<strong>marched</strong>" in entry.content[0].value
    assert entry.link == settings.SITE_URL + post.get_absolute_url()
    assert [tag.term for tag in entry.tags] == ["Story"]
    assert entry.published_parsed is not None
    assert found.feed.link == f"{settings.SITE_URL}/news/"
    assert [link.href for link in found.feed.links if link.rel == "self"] == [f"{settings.SITE_URL}/feeds/posts.atom"]


def test_a_feed_speaks_its_language_and_says_where_an_entry_does_not(client):
    a_post({"en": "Bread", "fr": "Du pain"})
    a_post({"en": "Roses"})
    found = feed(client, "/fr/feeds/posts.atom")
    assert [(entry.title, entry.title_detail.language) for entry in found.entries] == [
        ("Roses", "en"),
        ("Du pain", "fr"),
    ]
    assert found.feed.language == "fr"


def test_an_entry_keeps_its_id_when_its_address_and_words_change(client):
    post = a_post({"en": "Bread"})
    before = feed(client, "/feeds/posts.atom").entries[0]
    publishing.change(post, by=None, slug="moved")
    publishing.write(post, "en", by=None, seen=publishing.mark_of(post.words.get()), title="New", body="New")
    after = feed(client, "/feeds/posts.atom").entries[0]
    assert (before.id, before.link != after.link) == (after.id, True)


def test_the_feed_of_statements_has_those_that_strangers_may_see(client):
    StatementFactory(texts={"en": "Open"})
    StatementFactory(texts={"en": "Closed"}, state="closed")
    StatementFactory(texts={"en": "Draft"}, state="draft")
    StatementFactory(texts={"en": "Withdrawn"}, state="withdrawn")
    StatementFactory(texts={"en": "Embargo"}, embargo_until=timezone.now() + timedelta(days=1))
    assert {entry.title for entry in feed(client, "/feeds/statements.atom").entries} == {"Open", "Closed"}


def test_the_feed_of_events_has_the_last_announced_first(client):
    an_event({"en": "First"}, published_at=timezone.now() - timedelta(days=3))
    an_event({"en": "Last"}, starts_at=datetime(2030, 1, 1, tzinfo=UTC))
    an_event({"en": "Draft"}, published_at=None)
    assert [entry.title for entry in feed(client, "/feeds/events.atom").entries] == ["Last", "First"]


def test_pages_tell_of_the_feeds(client):
    page = client.get("/es/news/").content.decode()
    assert 'href="/es/feeds/posts.atom"' in page
    assert client.get("/es/feeds/").status_code == 200


def sitemap(client):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return {each.findtext("m:loc", namespaces=MAP): each for each in tree.findall("m:url", MAP)}


def test_the_sitemap_names_every_language_of_a_page_s_words_and_when_they_changed(client, settings):
    post = a_post({"en": "Bread", "fr": "Du pain"})
    found, path = sitemap(client), post.get_absolute_url()
    english, french = settings.SITE_URL + path, f"{settings.SITE_URL}/fr{path}"
    assert {address for address in found if post.slug in address} == {english, french}
    for address in (english, french):
        links = {link.get("hreflang"): link.get("href") for link in found[address].findall("x:link", MAP)}
        assert links == {"en": english, "fr": french, "x-default": english}
        assert datetime.fromisoformat(found[address].findtext("m:lastmod", namespaces=MAP)) <= timezone.now()


def test_the_sitemap_has_no_draft_no_embargo_and_nothing_withdrawn(client):
    campaign = CampaignFactory()
    a_page({"en": "About"}, slug="about")
    an_event(slug="caucus")
    StatementFactory(slug="open", campaign=campaign)
    for slug, state in (("draft", "draft"), ("circulating", "circulating"), ("withdrawn", "withdrawn")):
        StatementFactory(slug=slug, state=state)
    StatementFactory(slug="embargo", embargo_until=timezone.now() + timedelta(days=1))
    for made in (a_post, an_event, a_page):
        made(slug=f"draft-{made.__name__.replace('_', '-')}", published_at=None)
    told = {address.rstrip("/").rpartition("/")[2] for address in sitemap(client)}
    assert told >= {"about", "caucus", "open", campaign.slug, "statements", "news", "events"}
    assert told & {"draft", "circulating", "withdrawn", "embargo"} == set()
    assert not any(name.startswith("draft") for name in told)
    with_draft = CampaignFactory(slug="quiet")
    Statement.objects.filter(slug="draft").update(campaign=with_draft)
    assert not any("quiet" in address for address in sitemap(client))


def test_every_address_of_the_sitemap_answers(client, settings):
    a_post({"en": "Bread", "ar": "خبز"})
    an_event()
    a_page()
    StatementFactory(texts={"en": "Bread", "ar": "خبز"})
    for address in sitemap(client):
        assert client.get(address.removeprefix(settings.SITE_URL)).status_code == 200


@pytest.mark.parametrize("number", [1, 4])
def test_the_queries_of_the_sitemap_do_not_grow(client, number, django_assert_num_queries):
    for _each in range(number):
        a_post()
        an_event()
        a_page()
        StatementFactory()
    with django_assert_num_queries(11):
        client.get("/sitemap.xml")


def test_robots_are_kept_from_the_desk_accounts_and_personal_links_in_every_language(client, settings):
    rules = RobotFileParser()
    text = client.get("/robots.txt").content.decode()
    rules.parse(text.splitlines())
    kept = ["/desk/", "/accounts/login/", "/admin/", "/sign-ons/confirm/x/", "/fr/sign-ons/manage/x/", "/ar/desk/mail/",
            "/invitations/x/", "/mail/unsubscribe/x/"]  # fmt: skip
    assert not any(rules.can_fetch("Anybody", path) for path in kept)
    assert all(rules.can_fetch("Anybody", path) for path in ("/", "/fr/", "/news/", "/statements/call/", "/media/x"))
    assert rules.site_maps() == [f"{settings.SITE_URL}/sitemap.xml"]
    assert "Disallow: /es/statements/*/draft/" in text


def said(client, path):
    html = client.get(path).content.decode()
    return extruct.extract(html, base_url="https://x.example", syntaxes=["json-ld"])["json-ld"]


def test_a_post_is_an_article_to_programs(client, settings):
    post = a_post({"en": ("</script><b>", "They marched.")}, author="Ana", photo=a_photo())
    (article,) = said(client, post.get_absolute_url())
    assert (article["@type"], article["headline"], article["inLanguage"]) == ("NewsArticle", "</script><b>", "en")
    assert article["author"] == {"@type": "Person", "name": "Ana"}
    assert article["url"] == settings.SITE_URL + post.get_absolute_url()
    assert article["image"].endswith(".webp")
    assert datetime.fromisoformat(article["datePublished"]) == post.published_at


@pytest.mark.parametrize(
    ("where", "mode"),
    [({"place": "New York"}, "Offline"), ({"link": "https://meet.example/"}, "Online"),
     ({"place": "New York", "link": "https://meet.example/"}, "Mixed")],
)  # fmt: skip
def test_an_event_is_an_event_to_programs(client, where, mode):
    event = an_event({"en": "Caucus"}, **where)
    (told,) = said(client, event.get_absolute_url())
    assert (told["@type"], told["name"], told["startDate"]) == ("Event", "Caucus", "2031-07-17T16:00:00-04:00")
    assert told["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"


def test_the_network_is_an_organization_to_programs(client):
    network.change(name="Net & Work")
    network.say("en", tagline="For all", about="")
    (told,) = said(client, "/")
    assert (told["@type"], told["name"], told["description"]) == ("Organization", "Net & Work", "For all")


@pytest.mark.parametrize(
    "path", ["", "sign/", "signatories/?country=KE&q=a", "numbers/", "revisions/", "embed/?show=list", "?via=abc"]
)
def test_every_page_of_a_statement_has_one_address_and_its_other_languages_keep_what_was_asked(client, path):
    statement = StatementFactory(texts={"en": "One", "fr": "Un", "es": "Uno", "ar": "واحد"})
    asked = f"/fr{statement.get_absolute_url()}{path}"
    page = BeautifulSoup(client.get(asked).content, "html.parser")
    (one,) = page.select('link[rel="canonical"]')
    assert one["href"].endswith(asked.split("?")[0])
    others = {each["hreflang"]: each["href"] for each in page.select('link[rel="alternate"][hreflang]')}
    assert others["fr"] == one["href"]
    assert {*others} == {"en", "fr", "es", "ar", "x-default"}
    switch = {each["hreflang"]: each["href"] for each in page.select(".languages a")}
    assert switch == {
        code: asked.replace("/fr/", prefix, 1) for code, prefix in
        {"en": "/", "fr": "/fr/", "es": "/es/", "ar": "/ar/"}.items()
    }  # fmt: skip


def test_a_list_of_one_kind_of_posts_says_so_in_its_title(client):
    a_post()
    page = BeautifulSoup(client.get("/news/?kind=story").content, "html.parser")
    assert page.title.get_text().startswith("Story · News")


def test_a_statement_that_was_signed_leads_to_the_list_in_which_names_are_found(client):
    statement = StatementFactory()
    address = f"{statement.get_absolute_url()}signatories/"
    assert address not in client.get(statement.get_absolute_url()).content.decode()
    accepted(statement=statement)
    assert address in client.get(statement.get_absolute_url()).content.decode()
