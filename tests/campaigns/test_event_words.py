"""An event's place and what it prepares are said in each language, and told in the original's where one has none."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from icalendar import Calendar

from campaigns import publishing
from campaigns.models import Event, EventWords
from tests.campaigns.pieces import an_event
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PLACES = {"en": "New York", "fr": "New York (États-Unis)"}


@pytest.fixture
def event():
    made = an_event({"en": "Caucus"}, place="New York", prepares="The hearing")
    for language, more in {"fr": {"place": PLACES["fr"], "prepares": "L’audition"}, "es": {}}.items():
        publishing.write(made, language, by=None, seen="new", title="Caucus", body="…", **more)
    return made


@pytest.mark.parametrize(
    ("language", "place", "prepares", "said_in"),
    [("", "New York", "The hearing", "en"), ("/fr", PLACES["fr"], "L’audition", "fr"),
     ("/es", "New York", "The hearing", "en"), ("/ar", "New York", "The hearing", "en")],
)  # fmt: skip
def test_page_list_calendar_and_programs_tell_it_in_the_reader_s_language(
    client, event, language, place, prepares, said_in
):
    page = BeautifulSoup(client.get(f"{language}/events/{event.slug}/").content, "html.parser")
    told = page.select(f'.event-facts bdi[lang="{said_in}"]')
    assert [each.get_text() for each in told] == [place, prepares]
    assert f'"name": "{place}"' in page.select_one('script[type="application/ld+json"]').string
    assert place in BeautifulSoup(client.get(f"{language}/events/").content, "html.parser").main.get_text()
    calendar = Calendar.from_ical(client.get(f"{language}/events/{event.slug}/event.ics").content)
    (entry,) = calendar.walk("VEVENT")
    assert str(entry["location"]) == place
    assert prepares in str(entry["description"])
    feed = client.get(f"{language}/feeds/events.atom").content.decode()
    assert (place in feed, prepares in feed, "16:00" in feed) == (True, True, True)


def test_the_list_of_events_asks_nothing_more_for_it(client, event, django_assert_max_num_queries):
    for _number in range(3):
        an_event({"en": "Other"}, place="Geneva")
    with django_assert_max_num_queries(8):
        client.get("/es/events/")


def test_a_changed_place_is_a_change_that_nobody_saves_over():
    event = an_event({"en": "Caucus"})
    before = publishing.mark_of(event.words.get())
    publishing.write(event, "en", by=None, seen=before, title="Caucus", body="…", place="Geneva")
    with pytest.raises(publishing.Changed):
        publishing.write(event, "en", by=None, seen=before, title="Caucus", body="…", place="Vienna")


def test_words_become_what_they_were_with_their_place():
    event, brenda = an_event({"en": "Caucus"}, place="Geneva"), UserFactory()
    first = publishing.versions(event)[0]
    publishing.write(
        event, "en", by=None, seen=publishing.mark_of(event.words.get()), title="Caucus", body="…", place="Vienna"
    )
    publishing.restore(event, first, by=brenda)
    assert event.words.get().place == "Geneva"


def test_a_draft_s_secret_link_has_its_calendar_under_the_same_secret(client):
    event = an_event(published_at=None)
    page = BeautifulSoup(client.get(f"/fr/drafts/events/{event.draft_key}/").content, "html.parser")
    link = page.find("a", href=lambda href: href and href.endswith(".ics"))["href"]
    assert link == f"/fr/drafts/events/{event.draft_key}/event.ics"
    answer = client.get(link)
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 1
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get("/drafts/events/nobody-s/event.ics").status_code == 404
    Event.objects.update(published_at=timezone.now())
    assert client.get(link)["Location"] == f"/fr/events/{event.slug}/event.ics"


def test_an_ended_draft_offers_no_calendar(client):
    event = an_event(published_at=None)
    Event.objects.update(starts_at="2016-07-17T20:00Z", ends_at="2016-07-17T22:00Z")
    assert ".ics" not in client.get(f"/drafts/events/{event.draft_key}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_migration_leaves_the_words_where_readers_find_them_and_leads_back(event):
    def to(name):
        executor = MigrationExecutor(connection)
        return executor.migrate([("campaigns", name)] if name else executor.loader.graph.leaf_nodes()).apps

    EventWords.objects.exclude(language="en").update(place="", prepares="")
    try:
        old = to("0013_days_that_contacts_are_kept").get_model("campaigns", "Event")
        assert list(old.objects.values_list("place", "prepares")) == [("New York", "The hearing")]
    finally:
        to("")  # the newest of all
    assert set(EventWords.objects.values_list("language", "place", "prepares")) == {
        ("en", "New York", "The hearing"), ("fr", "", ""), ("es", "", ""),
    }  # fmt: skip
