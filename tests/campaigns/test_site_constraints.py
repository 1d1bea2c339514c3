"""What the database itself keeps of the public site."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import (
    Event,
    EventWords,
    FormerSlug,
    Page,
    PageWords,
    Photo,
    PhotoWords,
    Post,
    PostWords,
    Publisher,
)
from campaigns.models import PublisherWords as NetworkWords
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db


def an_event(**fields):
    now = timezone.now()
    return Event.objects.create(**{"slug": "caucus", "starts_at": now, "ends_at": now + timedelta(hours=2)} | fields)


def test_an_event_begins_before_it_ends():
    with Refused("an_event_begins_before_it_ends"):
        an_event(ends_at=timezone.now() - timedelta(hours=1))


def test_a_post_has_its_words_once_a_language():
    post = Post.objects.create(slug="five-years")
    with Refused("a_post_has_its_words_once_a_language"):
        for _twice in range(2):
            PostWords.objects.create(piece=post, language="en", title="Five years")


def test_an_event_has_its_words_once_a_language():
    event = an_event()
    with Refused("an_event_has_its_words_once_a_language"):
        for _twice in range(2):
            EventWords.objects.create(piece=event, language="en", title="Caucus")


def test_a_page_has_its_words_once_a_language():
    page = Page.objects.create(slug="about")
    with Refused("a_page_has_its_words_once_a_language"):
        for _twice in range(2):
            PageWords.objects.create(piece=page, language="en", title="About")


def test_a_photo_has_its_words_once_a_language_and_says_what_it_shows():
    photo = Photo.objects.create(width=10, height=10, widths=[10])
    with Refused("a_photo_has_its_words_once_a_language"):
        for _twice in range(2):
            PhotoWords.objects.create(photo=photo, language="en", alt="A march")
    with Refused("a_photo_says_what_it_shows"):
        PhotoWords.objects.create(photo=photo, language="fr", alt="")


def test_there_is_one_publisher_with_its_words_once_a_language():
    with Refused("there_is_one_publisher"):
        Publisher.objects.create(pk=2)
    publisher, _made = Publisher.objects.get_or_create(pk=1)
    with Refused("a_publisher_has_its_words_once_a_language"):
        for _twice in range(2):
            NetworkWords.objects.create(publisher=publisher, language="en", tagline="Women")


def test_a_former_address_leads_to_one_piece():
    with Refused("a_former_address_leads_to_one_piece"):
        for piece in (1, 2):
            FormerSlug.objects.create(kind="post", slug="five-years", piece=piece)
