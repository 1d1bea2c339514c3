"""The demo's site."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup

from campaigns import demo, demo_site, placeholders
from campaigns.models import Event, Page, Photo, Post, Publisher
from signon.models import User

pytestmark = pytest.mark.django_db


def test_it_is_made_once_and_what_staff_changed_stays():
    demo.load()
    Post.objects.filter(slug="world-health-day").update(author="Changed")
    Page.objects.filter(slug="imprint").delete()
    Photo.objects.filter(front_place=7).update(front_place=None)
    before = (Post.objects.count(), Event.objects.count(), Photo.objects.count(), Page.objects.count())
    demo.load()
    assert (Post.objects.count(), Event.objects.count(), Photo.objects.count(), Page.objects.count() - 1) == before
    assert Post.objects.get(slug="world-health-day").author == "Changed"
    assert Photo.objects.filter(front_place__isnull=False).count() == 6
    assert Publisher.objects.get().featured.slug == "initial-elements-2016"
    assert User.objects.count() == 0


def test_its_photos_say_that_they_are_placeholders_and_differ():
    demo.load()
    texts = [photo.text() for photo in Photo.objects.all()]
    assert len({text.alt for text in texts}) == 7
    assert all(text.alt.startswith("Placeholder for a photo") and text.caption for text in texts)
    assert len({placeholders.draw(number).getvalue() for number in range(7)}) == 7
    assert placeholders.draw(3).getvalue() == placeholders.draw(3).getvalue()


@pytest.mark.parametrize(
    ("now", "day"),
    [("2026-07-17T19:59:00Z", date(2026, 7, 17)), ("2026-07-17T20:01:00Z", date(2027, 7, 17)),
     ("2026-12-31T00:00:00Z", date(2027, 7, 17))],
)  # fmt: skip
def test_its_caucus_lies_ahead(now, day):
    with time_machine.travel(now, tick=False):
        assert demo_site.next_caucus() == day


def test_its_caucus_takes_registrations_with_places():
    demo.load()
    caucus = Event.objects.get()
    assert caucus.is_open_to_register()
    assert caucus.places == 60


def test_texts_that_break_off_say_so_and_their_excerpts_do_not():
    demo.load()
    for post in Post.objects.exclude(slug="initial-elements").with_words():
        for text in post.words.all():
            assert text.excerpt.endswith("…")
            assert text.body.splitlines()[-1].startswith("*")
            assert "*" not in text.excerpt


# What the page of 2016 shows, in its order: captions, then headings.
SHOWN = [
    "WGMWG at Civil Society Days, Istanbul, Turkey",
    "WGMWG members march in New York during UNHLD, October 2013",
    "WGMWG members attend the Violence Against Migrant Women & the Human Rights Framework in 2014",
    "Participants gather for workshop on flawed development strategies, hosted by WGMWG and partners during CSW 2015",
    "WGMWG members march on Bonifacio Day, during World Social Forum on Migration in Manila, November 2012",
    "Initial Elements for Outcome to UNGA Sept. 19 Summit on Refugees and Migrants",
    "Initial Elements for the Outcome Document to the United Nations General Assembly Summit for Large Movements",
    "WIMN is Hosting a Women’s Caucus in New York on July 17",
    "Five Years of Progress for Domestic Workers, But Much Still to be Done",
    "PICUM Expert Roundtable: Access to Sexual and Reproductive Health Services as Part of the Right to Health Care",
    "World Health Day: Uphold Undocumented Migrants’ Sexual and Reproductive Health Rights",
    "Stories of Women in Migration",
    "On International Women’s Day: End Violence Against All Women, Regardless of Migration Status",
    "Aiding Central America’s “Women on the Run”",
    "The Town of Women: A Place Where Wives Don’t See Their Husbands for Years",
    "Plenary presentation of Rapporteur on Women, Carol Barton, United Methodist Women and Women & Global Migration",
]


def test_the_front_page_shows_every_piece_of_the_page_that_it_was_made_from(client):
    demo.load()
    page = BeautifulSoup(client.get("/").content, "html.parser")
    words = " ".join(page.main.get_text(" ").split())
    assert [piece for piece in SHOWN if piece not in words] == []
    assert len(page.select(".carousel-row img")) == 7
