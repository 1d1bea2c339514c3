"""The front page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import photos
from campaigns.models import Page, Publisher, PublisherWords, Statement
from tests.campaigns.pieces import a_page, a_photo, a_post, an_event
from tests.factories import StatementFactory, accepted

pytestmark = pytest.mark.django_db


def front(client, path="/"):
    return BeautifulSoup(client.get(path).content, "html.parser")


def words(element):
    return " ".join(element.get_text().split())


def test_an_empty_site_has_a_front_page(client):
    page = front(client)
    assert words(page.h1) == "Women in Migration Network"
    assert "No statement is open at the moment." in words(page.main)


def test_the_newest_open_statement_stands_first_with_its_lead_its_count_and_where_to_sign(client):
    StatementFactory(texts={"en": "The older"})
    newest = StatementFactory(texts={"en": "The newest"})
    StatementFactory(texts={"en": "Soon"}, opens_at=timezone.now() + timedelta(days=1))
    accepted(statement=newest)
    featured = front(client).select_one(".featured")
    assert words(featured.h2) == "The newest"
    assert "A lead." in words(featured)
    assert "1 organization" in words(featured)
    assert featured.select_one("a.button")["href"] == newest.get_absolute_url()


def test_the_network_chooses_which_statement_stands_first(client):
    chosen = StatementFactory(texts={"en": "Chosen"}, state="closed")
    StatementFactory(texts={"en": "Open"})
    Publisher.objects.create(featured=chosen)
    page = front(client)
    assert words(page.select_one(".featured h2")) == "Chosen"
    assert [words(each) for each in page.select(".statement-card h3")] == ["Open"]


@pytest.mark.parametrize("hidden", [{"state": "draft"}, {"state": "withdrawn"}, {"embargo": True}])
def test_a_statement_that_strangers_may_not_see_stands_nowhere_though_it_was_chosen(client, hidden):
    chosen = StatementFactory(texts={"en": "Hidden"})
    Publisher.objects.create(featured=chosen)
    ends = timezone.now() + timedelta(days=1) if hidden.get("embargo") else None
    Statement.objects.filter(pk=chosen.pk).update(state=hidden.get("state", "open"), embargo_until=ends)
    assert "Hidden" not in front(client).get_text()


def test_the_next_event_stands_there_and_no_past_one(client):
    an_event({"en": "Past"}, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    an_event({"en": "Later"}, starts_at=datetime(2032, 1, 1, tzinfo=UTC))
    an_event({"en": "Next"})
    an_event({"en": "A draft"}, starts_at=datetime(2030, 1, 1, tzinfo=UTC), published_at=None)
    shown = front(client).select_one(".next-event")
    assert words(shown.h3) == "Next"
    assert "17 July 2031, 16:00 to 18:30 (New York time)" in words(shown)


def test_news_and_stories_stand_apart_with_links_whose_names_are_their_own(client):
    a_post({"en": "Some news"})
    a_post({"en": "A story"}, kind="story")
    a_post({"en": "Not yet"}, published_at=timezone.now() + timedelta(days=1))
    page = front(client)
    shown = [
        [words(each) for each in page.select(f"section[aria-labelledby={name}] h3")] for name in ("news", "stories")
    ]
    assert shown == [["Some news"], ["A story"]]
    more = [words(link) for link in page.select(".post-card .more-link a")]
    assert more == ["Continue reading: Some news", "Continue reading: A story"]
    assert "They marched on Monday." in page.get_text()


def test_what_appears_at_a_moment_is_there_from_then_on(client):
    post = a_post({"en": "At noon"}, published_at=timezone.now() + timedelta(hours=1))
    assert "At noon" not in front(client).get_text()
    with time_machine.travel(post.published_at):
        assert "At noon" in front(client).get_text()


def test_photos_stand_in_their_order_the_first_at_once_and_each_says_what_it_shows(client):
    a_photo("Second", front_place=2)
    first = a_photo("First", front_place=1, caption="In Istanbul")
    a_photo("Of a post alone")
    photos.say(first, "fr", alt="La première", caption="À Istanbul")
    images = front(client).select(".carousel img")
    assert [(image["alt"], image.get("loading")) for image in images] == [("First", None), ("Second", "lazy")]
    assert all(image["width"] and image["height"] for image in images)
    french = front(client, "/fr/")
    assert [image["alt"] for image in french.select(".carousel img")] == ["La première", "Second"]
    assert [image.get("lang") for image in french.select(".carousel img")] == [None, "en"]
    assert words(french.select_one("figcaption")) == "À Istanbul"


def test_what_the_network_is_stands_there_in_the_page_s_language_or_in_its_first(client):
    network = Publisher.objects.create(name="Net & Work")
    PublisherWords.objects.create(publisher=network, language="en", tagline="For all", about="We are **many**.")
    PublisherWords.objects.create(publisher=network, language="ar", tagline="للجميع", about="نحن كثيرات.")
    assert words(front(client).h1) == "For all"
    assert words(front(client).select_one(".about .prose")) == "We are many."
    assert words(front(client, "/ar/").h1) == "للجميع"
    spanish = front(client, "/es/")
    assert (words(spanish.h1), spanish.h1["lang"]) == ("For all", "en")


def test_pages_stand_in_the_menu_or_at_the_foot_as_staff_said(client):
    a_page({"en": "About", "fr": "À propos"}, menu=Page.Menu.MAIN)
    a_page({"en": "Imprint"}, menu=Page.Menu.FOOTER)
    a_page({"en": "Nowhere"})
    a_page({"en": "Draft"}, menu=Page.Menu.MAIN, published_at=None)
    page = front(client, "/fr/")
    menu = [words(link) for link in page.select(".masthead-nav a")]
    assert menu[3:] == ["À propos"]
    foot = page.select_one(".colophon")
    assert "Imprint" in foot.get_text()
    assert foot.find("a", string="Imprint")["lang"] == "en"
    assert "Nowhere" not in page.get_text()
    assert "Draft" not in page.get_text()


@pytest.mark.parametrize("number", [1, 4])
def test_the_queries_of_the_front_page_do_not_grow(client, number, django_assert_num_queries):
    Publisher.objects.create()
    for place in range(number):
        StatementFactory(texts={"en": "Bread", "fr": "Pain"})
        a_post()
        a_post(kind="story")
        an_event()
        a_page(menu=Page.Menu.FOOTER)
        a_photo(front_place=place + 1)
    with django_assert_num_queries(15):
        client.get("/fr/")
