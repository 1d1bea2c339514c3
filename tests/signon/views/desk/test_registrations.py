"""Registrations at the desk: how many for whoever edits events, who for whoever may see contacts."""

import csv
import io

import pytest

from campaigns import publishing
from signon.events import registering, registration_desk, registration_mail
from signon.models import Export, Fetch, Membership, Message, Registration
from signon.people import roles
from tests.campaigns.pieces import an_event
from tests.factories import CampaignFactory, UserFactory
from tests.posted import in_column

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    made = an_event({"en": "A caucus"}, takes_registrations=True, places=1, place="Here")
    for name in ("Asha", "Bob"):
        confirmed(made, name)
    return made


def confirmed(event, name, organization="Kituo"):
    given = {"organization": organization, "email": f"{name.lower()}@secret.example", "language": "en"}
    made = registering.register(event, name=name, **given)
    registering.confirm(made, version=made.version)
    return made


def url(event, end=""):
    return f"/desk/site/events/{event.pk}/registrations/{end}"


def act(registration, name):
    return f"/desk/site/registrations/{registration.pk}/{name}/"


def test_an_editor_reads_how_many_and_not_who(client, staff, event):
    staff("editor")
    page = client.get(url(event)).content.decode()
    assert "On the waiting list" in page
    assert "for colleagues who may see contacts" in page
    for word in ("Asha", "asha@secret.example", "Kituo"):
        assert word not in page
    assert "secret.example" not in client.get(f"{url(event)}?q=Asha").content.decode()
    made = Registration.objects.first()
    assert client.post(url(event, "csv/")).status_code == 403
    assert client.post(url(event, "add/"), {"name": "X", "language": "en"}).status_code == 403
    assert client.post(act(made, "cancel")).status_code == 403


@pytest.mark.parametrize("role", ["verifier", "exporter"])
def test_who_does_not_look_after_events_does_not_come_here(client, staff, event, role):
    staff(role)
    assert client.get(url(event)).status_code == 403


def test_an_auditor_looks_and_changes_nothing(client, staff, event):
    staff("auditor")
    page = client.get(url(event)).content.decode()
    assert "asha@secret.example" in page
    assert "Cancel this registration" not in page
    assert "Download" not in page
    assert client.post(act(Registration.objects.first(), "cancel")).status_code == 403


def test_strangers_are_asked_to_sign_in(client, event):
    assert "/accounts/login/" in client.get(url(event))["Location"]


def test_a_manager_sees_those_of_their_own_campaigns_alone(client, staff):
    user, own, other = staff("campaign_manager"), CampaignFactory(), CampaignFactory()
    Membership.objects.create(user=user, campaign=own)
    mine, theirs = (an_event(takes_registrations=True, campaign=each) for each in (own, other))
    made = confirmed(mine, "Asha"), confirmed(theirs, "Bob")
    assert "asha@secret.example" in client.get(url(mine)).content.decode()
    for path in (url(theirs),):
        assert client.get(path).status_code == 404
    for path in (url(theirs, "csv/"), url(theirs, "tell/"), url(theirs, "add/"), act(made[1], "cancel")):
        assert client.post(path, {"name": "X", "language": "en"}).status_code == 404
    assert Message.objects.for_user(user).filter(registration__event=mine).exists()
    assert not Message.objects.for_user(user).filter(registration__event=theirs).exists()


def test_it_is_searched_and_filtered(client, staff, event):
    staff("administrator")
    page = client.get(f"{url(event)}?q=asha+kituo").content.decode()
    assert ("asha@secret.example" in page, "bob@secret.example" in page) == (True, False)
    page = client.get(f"{url(event)}?state=waiting").content.decode()
    assert ("asha@secret.example" in page, "bob@secret.example" in page) == (False, True)
    assert client.get(f"{url(event)}?state=nonsense&page=99").status_code == 200


def test_the_list_leaves_as_csv_harmless_and_on_record(client, staff, event):
    user = staff("administrator")
    confirmed(event, "Carla", organization="=1+1")
    answer = client.post(url(event, "csv/"), {"state": "", "q": ""})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Name"] for row in rows] == ["Asha", "Bob", "Carla"]
    assert rows[2]["Organization"] == "'=1+1"
    assert [row["State"] for row in rows] == ["Registered", "On the waiting list", "On the waiting list"]
    export = Export.objects.get()
    assert (export.by, export.rows, export.with_contacts, export.way) == (user, 3, True, "at_once")
    assert export.choice == {"event": event.slug, "state": ""}
    assert export.file_name.startswith(f"{event.slug}-")
    assert Fetch.objects.get().by == user
    client.post(url(event, "csv/"), {"q": "asha"})
    assert Export.objects.first().choice["query"] == "…"
    assert client.get(url(event, "csv/")).status_code == 405
    assert event.slug in client.get("/desk/exports/").content.decode()


def test_staff_cancel_one_and_the_next_moves_up(client, staff, event):
    user = staff("administrator")
    asha, bob = Registration.objects.order_by("pk")
    assert client.get(act(asha, "cancel")).status_code == 405
    answer = client.post(act(asha, "cancel"), follow=True).content.decode()
    assert "Asha: canceled." in answer
    asha.refresh_from_db(), bob.refresh_from_db()
    assert (asha.state, asha.canceled_by, bob.state) == ("canceled", user, "registered")
    assert client.post(act(bob, "nonsense")).status_code == 404


def test_staff_enter_somebody_who_called(client, staff, event):
    staff("administrator")
    given = {"name": "Dora", "organization": "", "email": "", "language": "es"}
    page = client.post(url(event, "add/"), given, follow=True).content.decode()
    assert "Dora: On the waiting list." in page
    assert "no e-mail address" in page
    again = client.post(url(event, "add/"), given | {"email": "ASHA@secret.example"})
    assert again.status_code == 422
    assert "This address is registered already." in again.content.decode()
    assert client.post(url(event, "add/"), given | {"name": ""}).status_code == 422
    assert Registration.objects.count() == 3


def test_a_changed_place_is_told_by_one_press_and_never_by_itself(client, staff, event):
    staff("administrator")
    particulars = f"/desk/site/events/{event.pk}/particulars/"
    given = {"zone": "America/New_York", "starts_at": "2031-07-17T16:00", "ends_at": "2031-07-17T18:30",
             "address": "Salem House", "takes_registrations": "on", "places": "1", "slug": event.slug}  # fmt: skip
    before = Message.objects.count()
    page = client.post(particulars, given, follow=True).content.decode()
    assert "2 people registered and do not know of this yet." in page
    assert Message.objects.count() == before
    page = client.get(url(event)).content.decode()
    assert "Tell 2 people when and where it is now" in " ".join(page.split())
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert "Nothing was sent" in client.post(url(event, "tell/"), {"seen": "x"}, follow=True).content.decode()
    assert Message.objects.count() == before
    answer = client.post(url(event, "tell/"), {"seen": seen}, follow=True).content.decode()
    assert "2 e-mails are on their way." in answer
    assert Message.objects.filter(kind="event_changed").count() == 2
    assert "when and where it is now" not in answer


def test_an_event_that_is_taken_back_asks_to_tell_who_registered(client, staff, event):
    staff("editor")
    page = client.post(f"/desk/site/events/{event.pk}/act/take-back/", follow=True).content.decode()
    assert "2 people registered and do not know of this yet." in page
    page = client.get(url(event)).content.decode()
    assert "Tell 2 people that it is called off" in " ".join(page.split())
    client.post(url(event, "tell/"), {"seen": "called off"})
    assert Message.objects.filter(kind="event_called_off").count() == 2


def test_people_register_here_or_elsewhere_and_more_places_move_them_up(client, staff, event):
    staff("editor")
    given = {"zone": "America/New_York", "starts_at": "2031-07-17T16:00", "ends_at": "2031-07-17T18:30",
             "place": "Here", "takes_registrations": "on", "places": "2", "slug": event.slug}  # fmt: skip
    path = f"/desk/site/events/{event.pk}/particulars/"
    wrong = client.post(path, given | {"registration_url": "https://register.example/"})
    assert wrong.status_code == 422
    assert "People register here or on another site, not both." in wrong.content.decode()
    assert client.post(path, given | {"places": "0"}).status_code == 422
    assert client.post(path, given).status_code == 302
    assert set(Registration.objects.values_list("state", flat=True)) == {"registered"}


def test_the_administration_shows_them_and_changes_nothing(client, event):
    user = UserFactory()
    roles.give(user, "administrator")
    client.force_login(user)
    made = Registration.objects.first()
    page = client.get(f"/admin/signon/registration/{made.pk}/change/")
    assert page.status_code == 200
    assert "_save" not in page.content.decode()
    assert client.get("/admin/signon/registration/add/").status_code == 403
    editor = UserFactory()
    roles.give(editor, "editor")
    client.force_login(editor)
    assert client.get("/admin/signon/registration/").status_code == 403


def test_whose_mail_does_not_arrive_is_marked(client, staff, event):
    staff("administrator")
    assert "does not arrive" not in client.get(url(event)).content.decode()
    Message.objects.filter(to_address="bob@secret.example", kind="waiting_list").update(state="bounced")
    assert client.get(url(event)).content.decode().count("does not arrive") == 1


def test_a_place_that_was_changed_in_its_words_is_to_be_told_too(client, staff, event):
    staff("administrator")
    text = event.text()
    given = {"title": text.title, "body": text.body, "excerpt": "", "prepares": "", "place": "Salem House"}
    given = in_column("en", **given, seen=publishing.mark_of(text))
    page = client.post(f"/desk/site/events/{event.pk}/", given, follow=True).content.decode()
    assert "2 people registered and do not know of this yet." in page
    assert "Tell 2 people" in " ".join(client.get(url(event)).content.decode().split())


def test_who_has_no_address_is_to_be_called(client, staff, event):
    user = staff("administrator")
    given = {"by": user, "organization": "", "email": "", "language": "en"}
    made = registration_desk.enter(event, name="Dora", **given)
    registration_desk.change(event, by=user, address="Salem House")
    page = client.get(url(event)).content.decode()
    assert "1 person has no address: please call." in " ".join(page.split())
    client.post(url(event, "tell/"), {"seen": registration_mail.mark_of(event)})
    page = client.post(act(made, "told"), follow=True).content.decode()
    assert "Noted: Dora knows." in page
    assert "please call" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_database_as_much_for_three_as_for_one(client, staff, django_assert_max_num_queries, number):
    staff("administrator")
    event = an_event(takes_registrations=True)
    for name in ("Asha", "Bob", "Carla")[:number]:
        confirmed(event, name)
    client.get(url(event))
    with django_assert_max_num_queries(22):
        client.get(url(event))


def test_an_event_without_registrations_says_where_to_switch_them_on(client, staff):
    staff("administrator")
    page = client.get(url(an_event())).content.decode()
    assert "People do not register here for this event." in page
    assert "How many" not in page
    assert "Who comes" not in page


# As readers found it


def particulars(event, **changes):
    return {"zone": "America/New_York", "starts_at": "2031-07-17T16:00", "ends_at": "2031-07-17T18:30",
            "takes_registrations": "on", "places": "1", "slug": event.slug} | changes  # fmt: skip


def test_a_link_that_was_promised_to_those_who_registered_is_not_published(client, staff, event):
    staff("editor")
    path = f"/desk/site/events/{event.pk}/particulars/"
    link = {"link": "https://meet.example/caucus"}
    assert client.post(path, particulars(event, **link)).status_code == 302
    without = {name: value for name, value in particulars(event, **link).items() if name != "takes_registrations"}
    refused = client.post(path, without)
    assert refused.status_code == 422
    assert "To take no more registrations, tick “Registration is closed” instead." in refused.content.decode()
    assert client.post(path, particulars(event, registration_closed="on", **link)).status_code == 302
    event.refresh_from_db()
    assert (event.registration_closed, event.public_link) == (True, "")
    assert "meet.example" not in client.get(event.get_absolute_url()).content.decode()
    Registration.objects.update(state="canceled", canceled_at="2026-01-01T00:00Z")
    assert client.post(path, without).status_code == 302


@pytest.mark.parametrize("year", ["9999", "0001", "1969", "2101"])
def test_a_year_that_is_a_slip_of_the_hand_is_refused_in_words(client, staff, event, year):
    staff("editor")
    path = f"/desk/site/events/{event.pk}/particulars/"
    for name in ("starts_at", "ends_at"):
        answer = client.post(path, particulars(event, **{name: f"{year}-12-31T23:59"}))
        assert answer.status_code == 422
        assert "Write a year from 1970 to 2100." in answer.content.decode()


def test_the_desk_says_who_moved_up_and_whom_to_call(client, staff, event):
    user = staff("administrator")
    registration_desk.enter(event, name="Dora", by=user, organization="", email="", language="en")
    asha, bob = Registration.objects.get(name="Asha"), Registration.objects.get(name="Bob")
    waits = client.post(act(Registration.objects.get(name="Dora"), "cancel"), follow=True).content.decode()
    assert "Dora: canceled." in waits
    assert "moved up" not in waits
    assert "the next in line" not in waits
    eva = registration_desk.enter(event, name="Eva", by=user, organization="", email="", language="en")
    page = client.post(act(asha, "cancel"), follow=True).content.decode()
    assert "Bob moved up and gets an e-mail." in page
    page = client.post(act(bob, "cancel"), follow=True).content.decode()
    assert "Eva moved up and has no e-mail address: please call." in page
    assert "1 person on the waiting list has a place now and does not know it: please call." in " ".join(page.split())
    assert "The time or the place was changed" not in page
    page = client.post(act(eva, "told"), follow=True).content.decode()
    assert "does not know it" not in page


def test_who_reads_an_address_that_is_posted_to_comes_to_its_form(client, staff, event):
    staff("administrator")
    for language in ("", "/fr"):
        answer = client.get(f"{language}{url(event, 'add/')}")
        assert (answer.status_code, answer["Location"]) == (302, f"{language}{url(event)}")
    assert client.put(url(event, "add/")).status_code == 405
