"""Somebody registers for an event: the form, the mailed links, what they show and what they do not."""

import base64
import json

import altcha
import icalendar
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from campaigns import publishing
from signon import tokens
from signon.abuse import guarding, proofs
from signon.events import registering
from signon.models import Message, Registration
from tests.campaigns.pieces import an_event

pytestmark = pytest.mark.django_db
TYPED = {"name": "Asha Rao", "organization": "Kituo", "email": "asha@secret.example"}
LINK = "https://meet.example/caucus"


@pytest.fixture
def event():
    return an_event({"en": "A caucus", "fr": "Un caucus"}, takes_registrations=True, places=1, place="Here", link=LINK)


def form(event, language=""):
    return f"{language}/events/{event.slug}/register/"


def text(answer):
    return " ".join(BeautifulSoup(answer.content, "html.parser").main.get_text().split())


def link(name, registration, purpose=tokens.OWN_PLACE):
    return reverse(name, args=[tokens.make(registration, purpose)])


def confirmed(event, **changes):
    made = registering.register(event, language="en", **(TYPED | changes))
    registering.confirm(made, version=made.version)
    return made


def test_the_event_s_page_offers_it_and_says_whether_places_are_free(client, event):
    page = client.get(event.get_absolute_url())
    assert f'href="{form(event)}"' in page.content.decode()
    assert "There are places left." in text(page)
    confirmed(event)
    page = text(client.get(event.get_absolute_url()))
    assert "All places are taken. The waiting list is open." in page
    assert "Asha" not in page


def test_without_a_limit_it_says_nothing_of_places(client):
    page = text(client.get(an_event(takes_registrations=True).get_absolute_url()))
    assert "Register" in page
    assert "laces" not in page


def test_nothing_is_offered_by_a_draft_or_once_it_has_begun(client, event):
    with time_machine.travel(event.starts_at):
        assert "Register" not in text(client.get(event.get_absolute_url()))
        assert client.get(form(event))["Location"] == event.get_absolute_url()
    publishing.take_back(event, by=None)
    assert "Register" not in text(client.get(f"/drafts/events/{event.draft_key}/"))
    for path in (form(event), f"{form(event)}sent/"):
        assert client.get(path).status_code == 404
    assert client.post(form(event), TYPED).status_code == 404
    assert not Registration.objects.exists()


def test_an_event_that_registers_elsewhere_has_no_form(client):
    event = an_event(registration_url="https://register.example/")
    for path in (form(event), f"{form(event)}sent/"):
        assert client.get(path)["Location"] == event.get_absolute_url()


def test_a_new_short_name_leads_on(client, event):
    publishing.rename(event, "another", by=None)
    assert client.get("/events/another/register/").status_code == 200
    assert client.get(form(event)).status_code == 200  # the object has its new name
    old = client.get("/events/unheard-of/register/")
    assert old.status_code == 404


def test_who_registers_is_asked_to_open_their_mail_in_their_language(client, event):
    answer = client.post(form(event, "/fr"), TYPED)
    assert (answer.status_code, answer["Location"]) == (302, f"/fr/events/{event.slug}/register/sent/")
    made = Registration.objects.get()
    assert (made.name, made.organization, made.email, made.language) == ("Asha Rao", "Kituo", TYPED["email"], "fr")
    assert client.get(answer["Location"]).status_code == 200


def test_the_answer_is_the_same_whether_or_not_the_address_was_seen_before(client, event):
    first = client.post(form(event), TYPED)
    again = client.post(form(event), TYPED)
    registering.confirm(found := Registration.objects.get(), version=found.version)
    known = client.post(form(event), TYPED)
    told = [(each.status_code, each["Location"], each.content) for each in (first, again, known)]
    assert told[0] == told[1] == told[2]
    pages = {client.get(first["Location"]).content for _number in range(2)}
    assert len(pages) == 1
    assert "asha" not in pages.pop().decode()


def test_what_was_typed_is_kept_with_the_faults_in_words(client, event):
    answer = client.post(form(event), {"name": "Asha Rao", "email": "asha at home"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'value="asha at home"' in html
    assert 'value="Asha Rao"' in html
    assert "Enter an e-mail address like name@example.org." in html
    assert client.post(form(event), {**TYPED, "name": "see https://spam.example/x"}).status_code == 422
    assert not Registration.objects.exists()


def test_a_machine_that_fills_in_every_field_gets_the_same_page_and_is_forgotten(client, event):
    answer = client.post(form(event), TYPED | {"subject": "buy"})
    assert answer["Location"] == f"{form(event)}sent/"
    assert not Registration.objects.exists()
    assert not Message.objects.exists()


def test_no_cookie_is_set_and_posts_of_other_sites_are_refused(client, event):
    page = client.get(form(event))
    assert not page.cookies
    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert client.post(form(event), TYPED, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(form(event), TYPED, headers={"origin": "https://evil.example"}).status_code == 403
    assert not client.post(form(event), TYPED).cookies
    assert "noindex" in page.content.decode()


def test_the_form_says_what_the_data_is_for_and_when_it_goes(client, event, settings):
    settings.REGISTRATION_DAYS = 12
    page = text(client.get(form(event)))
    assert "to keep a place for you, and to write to you about it" in page
    assert "It is erased 12 days after the event." in page


def test_opening_the_mailed_link_changes_nothing_and_the_button_confirms(client, event):
    made = registering.register(event, language="en", **TYPED)
    url = link("registration-confirm", made, tokens.TAKE_PLACE)
    for _scanner in range(2):
        page = client.get(url)
        client.head(url)
    made.refresh_from_db()
    assert made.state == "unconfirmed"
    assert "Asha Rao" in text(page)
    assert LINK not in page.content.decode()
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "strict-origin")
    assert not page.cookies
    done = client.post(url, {"version": made.version})
    assert "You are registered" in text(done)
    assert LINK in done.content.decode()
    made.refresh_from_db()
    assert made.state == "registered"
    assert "You are registered" in text(client.post(url))
    assert "You are registered" in text(client.get(url))


def test_this_was_not_me_ends_it(client, event):
    made = registering.register(event, language="en", **TYPED)
    answer = client.post(link("registration-not-me", made, tokens.TAKE_PLACE))
    assert "This registration was stopped" in text(answer)
    made.refresh_from_db()
    assert made.state == "canceled"
    assert "canceled" in text(client.get(link("registration-confirm", made, tokens.TAKE_PLACE)))
    stays = confirmed(event, email="bob@secret.example")
    client.post(link("registration-not-me", stays, tokens.TAKE_PLACE))
    stays.refresh_from_db()
    assert stays.state == "registered"


def test_who_comes_late_reads_that_they_wait_and_gets_no_link(client, event):
    confirmed(event)
    bob = registering.register(event, language="en", **(TYPED | {"email": "bob@secret.example"}))
    done = client.post(link("registration-confirm", bob, tokens.TAKE_PLACE), {"version": bob.version})
    assert "You are on the waiting list" in text(done)
    own = client.get(link("registration", bob))
    assert "If a place becomes free for you" in text(own)
    assert client.get(link("registration-calendar", bob)).status_code == 410
    for page in (done, own):
        assert LINK not in page.content.decode()


def test_one_s_own_page_shows_and_its_button_cancels(client, event):
    made, bob = confirmed(event), confirmed(event, email="bob@secret.example")
    url = link("registration", made)
    page = client.get(url)
    assert "Asha Rao" in text(page)
    assert page["X-Robots-Tag"] == "noindex"
    made.refresh_from_db()
    assert made.state == "registered"
    assert "Your registration is canceled" in text(client.post(url, {"act": "cancel"}))
    assert "Your registration is canceled" in text(client.get(url))
    bob.refresh_from_db()
    assert bob.state == "registered"
    assert client.get(link("registration-calendar", made)).status_code == 200  # the words that it is canceled
    assert "BEGIN:VCALENDAR" not in client.get(link("registration-calendar", made)).content.decode()


def test_one_s_own_calendar_has_the_link_that_the_public_one_has_not(client, event):
    made = confirmed(event)
    own = client.get(link("registration-calendar", made))
    assert own["Content-Type"] == "text/calendar; charset=utf-8"
    assert own["Cache-Control"] == "no-store"
    entry = icalendar.Calendar.from_ical(own.content).walk("VEVENT")[0]
    assert LINK in str(entry["description"])
    public = client.get(f"/events/{event.slug}/event.ics").content
    assert icalendar.Calendar.from_ical(public).walk("VEVENT")[0]["uid"] == entry["uid"]
    assert b"meet.example" not in public.replace(b"\r\n ", b"")


def test_the_link_to_take_part_stands_nowhere_in_public(client, event):
    for path in (event.get_absolute_url(), "/events/", "/events/calendar.ics", "/feeds/events.atom", form(event)):
        assert "meet.example" not in client.get(path).content.decode().replace("\r\n ", "")
    assert "Who registers gets the link by e-mail." in text(client.get(event.get_absolute_url()))


def test_its_structured_data_say_where_to_register(client, event):
    page = BeautifulSoup(client.get(event.get_absolute_url()).content, "html.parser")
    said = json.loads(page.find("script", type="application/ld+json").string)
    assert said["potentialAction"]["target"].endswith(form(event))
    with time_machine.travel(event.starts_at):
        assert "RegisterAction" not in client.get(event.get_absolute_url()).content.decode()


def test_who_registered_stands_nowhere_that_a_stranger_looks(client, event):
    confirmed(event, name="Wanjiru Secret")
    paths = [
        "/", "/events/", event.get_absolute_url(), form(event), f"{form(event)}sent/", "/feeds/events.atom",
        "/sitemap.xml", f"/events/{event.slug}/event.ics", "/search/?q=Wanjiru", "/organizations/?q=Kituo",
        "/api/v1/statements",
    ]  # fmt: skip
    for path in paths:
        told = client.get(path, follow=True).content.decode().replace('value="Wanjiru"', "")
        assert "Secret" not in told, path
        assert "Kituo</" not in told, path
    assert form(event) not in client.get("/sitemap.xml").content.decode()


def test_links_that_are_broken_expired_or_of_another_kind_say_so(client, event):
    made = registering.register(event, language="en", **TYPED)
    swapped = reverse("registration-confirm", args=[tokens.make(made, tokens.OWN_PLACE)])
    for path in (swapped, "/events/registrations/broken/", "/events/registrations/broken/calendar.ics"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "This link does not work" in text(answer)
    assert client.post("/events/registrations/broken/not-me/").status_code == 404
    url = link("registration-confirm", made, tokens.TAKE_PLACE)
    with time_machine.travel(event.starts_at):
        answer = client.post(url)
        assert (answer.status_code, "Nobody can register any more" in text(answer)) == (410, True)
    publishing.take_back(event, by=None)
    assert client.post(url).status_code == 410


def test_one_s_own_page_says_that_the_event_was_called_off(client, event):
    made = confirmed(event)
    publishing.take_back(event, by=None)
    page = client.get(link("registration", made))
    assert "This event was called off." in text(page)
    assert f'href="{event.get_absolute_url()}"' not in page.content.decode()
    assert LINK not in page.content.decode()
    assert "cannot come" not in text(page)
    entry = icalendar.Calendar.from_ical(client.get(link("registration-calendar", made)).content).walk("VEVENT")[0]
    assert (entry["status"], entry["sequence"] > 0) == ("CANCELLED", True)
    assert LINK not in str(entry)
    assert "canceled" in text(client.post(link("registration", made), {"act": "cancel"}))


@pytest.mark.parametrize("registered", [1, 3])
def test_the_event_s_page_asks_as_much_of_the_database_for_many_as_for_one(
    client, event, registered, django_assert_max_num_queries
):
    for number in range(registered):
        confirmed(event, email=f"a{number}@secret.example")
    client.get(event.get_absolute_url())
    with django_assert_max_num_queries(9):
        client.get(event.get_absolute_url())


# As readers found it


def test_what_was_typed_again_is_shown_before_it_is_confirmed(client, event):
    made = registering.register(event, language="en", **TYPED)
    url = link("registration-confirm", made, tokens.TAKE_PLACE)
    page = client.get(url)
    assert TYPED["email"] in text(page)
    registering.register(event, language="en", **(TYPED | {"name": "Mallory"}))
    again = client.post(url, {"version": "1"})
    assert "This was changed since you opened the page." in text(again)
    assert "Mallory" in text(again)
    made.refresh_from_db()
    assert made.state == "unconfirmed"
    assert "You are registered" in text(client.post(url, {"version": "2"}))


def test_one_asks_twice_before_a_registration_is_canceled(client, event):
    made = confirmed(event)
    url = link("registration", made)
    client.post(url)
    made.refresh_from_db()
    assert made.state == "registered"
    page = BeautifulSoup(client.get(url).content, "html.parser")
    button = page.select_one("details form input[name=act][value=cancel]").find_parent("form").button
    assert button.get_text() == "Yes, cancel my registration"


def test_a_name_is_corrected_on_one_s_own_page(client, event):
    made = confirmed(event)
    url = link("registration", made)
    wrong = client.post(url, {"act": "correct", "name": "", "organization": "Kituo"})
    assert (wrong.status_code, "Enter your name." in text(wrong)) == (422, True)
    page = client.post(url, {"act": "correct", "name": "Asha B. Rao", "organization": "Kituo"})
    assert "Your registration is corrected." in text(page)
    assert "Asha B. Rao" in text(page)
    made.refresh_from_db()
    assert (made.name, made.state) == ("Asha B. Rao", "registered")


def test_while_it_goes_on_nobody_is_promised_the_place(client, event):
    made = confirmed(event)
    with time_machine.travel(event.starts_at):
        page = text(client.get(link("registration", made)))
    assert "somebody else" not in page
    assert "Then we know that you are not there." in page


def test_an_event_that_has_begun_or_is_closed_says_that_registration_is_over(client, event):
    words = "Registration for this event is closed."
    assert words not in text(client.get(event.get_absolute_url()))
    with time_machine.travel(event.starts_at):
        assert words in text(client.get(event.get_absolute_url()))
    publishing.change(event, by=None, registration_closed=True)
    assert words in text(client.get(event.get_absolute_url()))
    assert "meet.example" not in client.get(event.get_absolute_url()).content.decode()
    assert client.get(form(event))["Location"] == event.get_absolute_url()


def test_beyond_the_limit_of_a_network_a_proof_of_work_is_asked_for(client, event, settings):
    settings.NETWORK_LIMIT = "2/hour"
    guarding._made.cache_clear()
    guarding._rest.until = 0
    guarding._limiter().storage.reset()
    peer = {"REMOTE_ADDR": "203.0.113.7"}
    asked = f"{form(event)}challenge/"
    assert client.get(asked, **peer).json() == {"challenge": None}
    for number in range(2):
        assert client.post(form(event), TYPED | {"email": f"a{number}@secret.example"}, **peer).status_code == 302
    refused = client.post(form(event), TYPED, **peer)
    assert refused.status_code == 429
    assert "Very many people register at this moment." in text(refused)
    assert 'value="Asha Rao"' in refused.content.decode()
    assert Registration.objects.count() == 2
    challenge = client.get(asked, **peer).json()["challenge"]
    found = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    solution = {"counter": found.counter, "derivedKey": found.derived_key}
    proof = base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()
    assert not proofs.is_good(proof, an_event(takes_registrations=True))
    assert client.post(form(event), TYPED | {"proof": proof}, **peer).status_code == 302
    assert client.post(form(event), TYPED | {"proof": proof}, **peer).status_code == 429
    guarding._limiter().storage.reset()


def test_who_reads_the_address_of_not_me_comes_to_the_mailed_page(client, event):
    made = registering.register(event, language="en", **TYPED)
    with time_machine.travel(timezone.now(), tick=False):  # a link holds when it was made
        answer = client.get(link("registration-not-me", made, tokens.TAKE_PLACE))
        assert answer["Location"] == link("registration-confirm", made, tokens.TAKE_PLACE)


def test_the_front_page_leads_to_the_form(client, event):
    assert f'href="{form(event)}"' in client.get("/").content.decode()
    publishing.change(event, by=None, registration_closed=True)
    assert f'href="{form(event)}"' not in client.get("/").content.decode()
