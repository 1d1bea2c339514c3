"""News: the archive, and each post."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import archive
from tests.campaigns.pieces import a_document, a_photo, a_post
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def get(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return BeautifulSoup(answer.content, "html.parser")


def titles(page):
    return [" ".join(each.get_text().split()) for each in page.select(".post-card h2")]


def test_the_archive_goes_on_by_a_link_to_older_ones_until_there_are_none(client):
    for number in range(archive.SIZE * 2 + 1):
        a_post({"en": f"Number {number}"}, published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number))
    seen, path = [], "/news/"
    while path:
        page = get(client, path)
        seen += titles(page)
        older = page.select_one("a[rel=next]")
        path = older["href"] if older else ""
    assert seen == [f"Number {number}" for number in reversed(range(archive.SIZE * 2 + 1))]


def test_posts_of_one_moment_are_each_shown_once(client):
    for number in range(archive.SIZE + 3):
        a_post({"en": f"Number {number}"}, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    page = get(client, "/news/")
    rest = get(client, page.select_one("a[rel=next]")["href"])
    assert len(set(titles(page) + titles(rest))) == archive.SIZE + 3


def test_the_archive_by_kind_and_by_month(client):
    a_post({"en": "March story"}, kind="story", published_at=datetime(2016, 3, 31, 23, 59, tzinfo=UTC))
    a_post({"en": "March news"}, published_at=datetime(2016, 3, 1, tzinfo=UTC))
    a_post({"en": "April news"}, published_at=datetime(2016, 4, 1, tzinfo=UTC))
    assert titles(get(client, "/news/?kind=story")) == ["March story"]
    march = get(client, "/news/2016/3/")
    assert titles(march) == ["March story", "March news"]
    assert titles(get(client, "/news/2016/3/?kind=news")) == ["March news"]
    assert [" ".join(each.get_text().split()) for each in march.select(".months li")] == [
        "April 2016 1",
        "March 2016 2",
    ]


@pytest.mark.parametrize("query", ["kind=nonsense", "after=gone", "after=%00", "kind=%27&after=--"])
def test_what_makes_no_sense_is_passed_over(client, query):
    a_post({"en": "There"})
    assert titles(get(client, f"/news/?{query}")) == ["There"]


@pytest.mark.parametrize("path", ["/news/2016/13/", "/news/2016/0/", "/news/2016/3/", "/news/99999/1/", "/news/gone/"])
def test_what_is_not_there_is_not_found(client, path):
    a_post(published_at=datetime(2016, 4, 1, tzinfo=UTC))
    get(client, path, 404)


@pytest.mark.parametrize("at", [None, timedelta(minutes=5)])
def test_a_draft_and_what_is_scheduled_stand_nowhere(client, at):
    post = a_post({"en": "Secret"}, published_at=timezone.now() + at if at else None)
    get(client, post.get_absolute_url(), 404)
    for path in ("/", "/news/", "/feeds/posts.atom", "/sitemap.xml"):
        page = client.get(path).content.decode()
        assert "Secret" not in page
        assert post.slug not in page


def test_a_post_says_who_wrote_it_when_and_where_it_came_from(client):
    post = a_post(
        {"en": ("The Town", "There is a **town**.")},
        author="Laeila Adjovi",
        source_name="NACLA",
        source_url="https://nacla.org",
        campaign=CampaignFactory(title="Women & Work"),
        photo=a_photo("A town", caption="Beguedo"),
        published_at=datetime(2016, 1, 7, tzinfo=UTC),
    )
    a_document("Annex", post=post)
    a_document("Draft annex", post=post, published_at=None)
    page = get(client, post.get_absolute_url())
    text = " ".join(page.main.get_text().split())
    for words in (
        "The Town",
        "There is a town.",
        "7 January 2016",
        "Laeila Adjovi",
        "Women & Work",
        "Beguedo",
        "Annex",
    ):
        assert words in text
    assert page.select_one(".piece-source a")["href"] == "https://nacla.org"
    assert "Draft annex" not in text


def test_a_post_leads_to_the_older_and_the_newer_one(client):
    made = [a_post({"en": f"Number {day}"}, published_at=datetime(2016, 1, day, tzinfo=UTC)) for day in (1, 2, 3)]
    a_post(published_at=None)
    page = get(client, made[1].get_absolute_url())
    assert page.select_one("a[rel=prev]")["href"] == made[0].get_absolute_url()
    assert page.select_one("a[rel=next]")["href"] == made[2].get_absolute_url()
    assert get(client, made[2].get_absolute_url()).select_one("a[rel=next]") is None


def test_words_in_another_language_are_marked_and_say_so(client):
    post = a_post({"ar": ("خبز وورد", "نص."), "fr": "Du pain"}, original_language="ar")
    page = get(client, post.get_absolute_url())
    assert (page.h1["lang"], page.h1["dir"]) == ("ar", "rtl")
    assert "You read the original: العربيّة" in " ".join(page.main.get_text().split())
    assert page.select_one("html")["dir"] == "ltr"
    french = get(client, f"/fr{post.get_absolute_url()}")
    assert french.h1.get_text() == "Du pain"
    assert [link["href"] for link in french.select(".page-head a[hreflang]")] == [f"/ar{post.get_absolute_url()}"]


def test_the_head_names_the_languages_that_its_words_are_in(client, settings):
    post = a_post({"en": ("Bread", "They marched."), "fr": "Du pain"}, photo=a_photo("A march"))
    path, whole = post.get_absolute_url(), settings.SITE_URL
    english, arabic = get(client, path), get(client, f"/ar{path}")
    for page in (english, arabic):
        alternates = {link["hreflang"]: link["href"] for link in page.select("head link[hreflang]")}
        assert alternates == {"en": whole + path, "fr": f"{whole}/fr{path}", "x-default": whole + path}
        assert page.select_one("link[rel=canonical]")["href"] == whole + path
    assert get(client, f"/fr{path}").select_one("link[rel=canonical]")["href"] == f"{whole}/fr{path}"
    said = {meta["property"]: meta["content"] for meta in english.select("meta[property]")}
    assert (said["og:title"], said["og:description"], said["og:type"]) == ("Bread", "They marched.", "article")
    assert said["og:image"].startswith(f"{whole}/media/photos/")
    assert said["og:image:alt"] == "A march"
    assert english.select_one("meta[name=description]")["content"] == "They marched."


def test_the_language_switch_stays_on_the_page(client):
    a_post({"en": "There"}, kind="story")
    page = get(client, "/fr/news/?kind=story")
    assert [link["href"] for link in page.select(".languages a")] == [
        f"{prefix}/news/?kind=story" for prefix in ("", "/fr", "/es", "/ar")
    ]


@pytest.mark.parametrize("number", [1, 5])
def test_the_queries_of_the_archive_do_not_grow(client, number, django_assert_num_queries):
    for _each in range(number):
        a_post({"en": "Bread", "fr": "Pain"}, photo=a_photo())
    with django_assert_num_queries(5):
        client.get("/news/")
