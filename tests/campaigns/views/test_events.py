"""Events and their calendars."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns import publishing
from campaigns.models import Statement
from tests.campaigns.pieces import an_event
from tests.factories import StatementFactory

pytestmark = pytest.mark.django_db


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(BeautifulSoup(answer.content, "html.parser").main.get_text().split())


def calendar(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return icalendar.Calendar.from_ical(answer.content)


def test_coming_ones_stand_before_past_ones(client):
    an_event({"en": "Over"}, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    an_event({"en": "Later"}, starts_at=datetime(2032, 1, 1, tzinfo=UTC))
    an_event({"en": "Sooner"})
    an_event({"en": "Going on"}, starts_at=timezone.now() - timedelta(hours=1))
    an_event({"en": "Draft"}, published_at=None)
    page = BeautifulSoup(client.get("/events/").content, "html.parser")
    assert [each.get_text() for each in page.select("[aria-labelledby=coming] h3")] == ["Going on", "Sooner", "Later"]
    assert [each.get_text() for each in page.select("[aria-labelledby=past] h3")] == ["Over"]


def test_an_event_says_when_where_and_what_it_prepares(client):
    event = an_event(
        place="Church Center",
        address="777 UN Plaza\nNew York",
        link="https://meet.example/caucus",
        prepares="Interactive Multi-stakeholder Hearing",
        registration_url="https://register.example/",
    )
    page = text(client, event.get_absolute_url())
    for words in (
        "17 July 2031, 16:00 to 18:30 (New York time)",
        "Church Center",
        "777 UN Plaza",
        "meet.example",
        "Hearing",
    ):
        assert words in page
    html = client.get(event.get_absolute_url()).content.decode()
    assert 'datetime="2031-07-17T20:00:00Z"' in html
    assert 'href="https://register.example/"' in html


def test_one_that_ends_on_another_day_says_both_days(client):
    event = an_event(starts_at=datetime(2031, 7, 18, 3, tzinfo=UTC))
    assert "17 July 2031, 23:00 to 18 July 2031, 01:30 (New York time)" in text(client, event.get_absolute_url())


def test_a_past_one_takes_no_registration(client):
    event = an_event(starts_at=datetime(2020, 1, 1, tzinfo=UTC), registration_url="https://register.example/")
    html = client.get(event.get_absolute_url()).content.decode()
    assert "Past event" in html
    assert "register.example" not in html
    assert ".ics" not in html


def test_a_statement_that_strangers_may_not_see_is_not_named(client):
    statement = StatementFactory(texts={"en": "Under embargo"})
    event = an_event(statement=statement)
    assert "Under embargo" in text(client, event.get_absolute_url())
    Statement.objects.update(embargo_until=timezone.now() + timedelta(days=1))
    assert "Under embargo" not in text(client, event.get_absolute_url())


def test_the_calendar_has_the_moment_in_its_zone_with_the_zone_s_rules(client, settings):
    event = an_event({"en": ("A caucus, and more", "You are invited.")}, place="Church Center", address="New York")
    made = calendar(client, f"{event.get_absolute_url()}event.ics")
    (entry,) = made.walk("VEVENT")
    assert entry["dtstart"].dt == datetime(2031, 7, 17, 16, tzinfo=ZoneInfo("America/New_York"))
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(hours=2, minutes=30)
    assert entry["dtstart"].params["TZID"] == "America/New_York"
    assert [str(zone["tzid"]) for zone in made.walk("VTIMEZONE")] == ["America/New_York"]
    assert (str(entry["summary"]), str(entry["location"])) == ("A caucus, and more", "Church Center, New York")
    assert str(entry["url"]) == settings.SITE_URL + event.get_absolute_url()
    assert "You are invited." in str(entry["description"])
    assert entry["dtstamp"].dt.tzinfo is not None


def test_an_entry_stays_the_same_one_when_it_is_moved_or_called_otherwise(client):
    event = an_event()
    before = calendar(client, f"{event.get_absolute_url()}event.ics").walk("VEVENT")[0]
    publishing.change(event, by=None, slug="moved", ends_at=event.ends_at + timedelta(hours=1))
    publishing.write(event, "en", by=None, seen=publishing.mark_of(event.words.get()), title="New", body="New")
    after = calendar(client, "/events/moved/event.ics").walk("VEVENT")[0]
    assert before["uid"] == after["uid"]
    assert (str(after["summary"]), after["dtstamp"].dt >= before["dtstamp"].dt) == ("New", True)


def test_the_calendar_of_all_has_what_is_published_in_the_reader_s_language(client):
    an_event({"en": "Caucus", "fr": "Caucus des femmes"})
    an_event({"en": "Draft"}, published_at=None)
    an_event({"en": "Long over"}, starts_at=datetime(2016, 7, 17, tzinfo=UTC))
    found = calendar(client, "/fr/events/calendar.ics").walk("VEVENT")
    assert [str(entry["summary"]) for entry in found] == ["Caucus des femmes"]
    assert str(found[0]["url"]).endswith(f"/fr/events/{_slug(found)}/")


def _slug(found):
    return str(found[0]["url"]).rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("path", ["", "event.ics"])
def test_a_draft_has_no_page_and_no_calendar(client, path):
    event = an_event(published_at=None)
    assert client.get(event.get_absolute_url() + path).status_code == 404


# As readers found it


def test_calendars_and_the_feed_learn_that_an_event_was_moved(client):
    event = an_event(place="Here", published_at=timezone.now() - timedelta(days=9))
    path = f"/events/{event.slug}/event.ics"
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        before = calendar(client, path).walk("VEVENT")[0]
        publishing.change(event, by=None, starts_at=event.starts_at, address="")
        assert calendar(client, path).walk("VEVENT")[0]["sequence"] == before["sequence"]
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        publishing.change(event, by=None, ends_at=event.ends_at + timedelta(hours=1))
        moved = timezone.now().replace(microsecond=0)
        after = calendar(client, path).walk("VEVENT")[0]
        assert after["sequence"] == before["sequence"] + 1
        for name in ("last-modified", "dtstamp"):
            assert before[name].dt < after[name].dt
            assert abs(after[name].dt - moved) < timedelta(minutes=1)
        assert f"<updated>{moved:%Y-%m-%dT%H:}" in client.get("/feeds/events.atom").content.decode()
        text = event.text()
        given = {"title": text.title, "body": text.body, "place": "There"}
        publishing.write(event, "en", by=None, seen=publishing.mark_of(text), **given)
        assert calendar(client, path).walk("VEVENT")[0]["sequence"] == before["sequence"] + 2


def test_an_address_without_a_place_is_told_in_lists_and_is_not_online(client):
    an_event(address="777 UN Plaza\nNew York", link="https://meet.example/")
    for path in ("/events/", "/"):
        page = text(client, path)
        assert "777 UN Plaza, New York" in page
        assert "Online" not in page
    assert "777 UN Plaza" in client.get("/feeds/events.atom").content.decode()


def test_older_events_are_a_link_away(client, monkeypatch):
    monkeypatch.setattr("campaigns.views.events.PAST", 2)
    for year in range(2011, 2016):
        an_event({"en": f"Of {year}"}, starts_at=datetime(year, 1, 1, tzinfo=UTC))
    path, seen = "/events/", []
    while path:
        page = BeautifulSoup(client.get(path).content, "html.parser")
        seen.append([each.get_text() for each in page.select("[aria-labelledby=past] h3")])
        older = page.select_one("nav.pager a[rel=next]")
        path = older and older["href"]
    assert seen == [["Of 2015", "Of 2014"], ["Of 2013", "Of 2012"], ["Of 2011"]]
    assert client.get("/events/?after=unheard-of").status_code == 200


def test_an_event_s_page_prints_its_own_address(client):
    event = an_event()
    page = BeautifulSoup(client.get(event.get_absolute_url()).content, "html.parser")
    assert page.select_one(".printed-from").get_text().endswith(event.get_absolute_url())
