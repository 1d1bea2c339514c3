"""Who comes to an event: registered, confirmed, canceled, moved up; places are given exactly."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import ProtectedError
from django.utils import timezone

from campaigns import publishing
from signon import tasks
from signon.events import registering, registration_desk, registration_mail, registration_times
from signon.mail import dispatching, relevance, rendering, samples, senders
from signon.models import Message, Registration
from tests.campaigns.pieces import an_event
from tests.elsewhere import together
from tests.factories import CampaignFactory, UserFactory
from tests.signon.test_constraints import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGINS = datetime(2031, 7, 17, 20, tzinfo=UTC)


def event(texts=None, places=None, **fields):
    return an_event(texts, takes_registrations=True, places=places, **fields)


def register(of, name="Asha", **fields):
    given = {"organization": "", "language": "en", "email": f"{name.lower()}@secret.example"} | fields
    return registering.register(of, name=name, **given)


def confirmed(of, name="Asha", **fields):
    made = register(of, name, **fields)
    registering.confirm(made, version=made.version)
    return made


def kinds(registration):
    return list(registration.messages.order_by("pk").values_list("kind", flat=True))


def states(of):
    return dict(Registration.objects.filter(event=of).order_by("pk").values_list("name", "state"))


def test_a_registration_waits_for_its_confirmation_and_then_has_a_place():
    made = register(event(places=1))
    assert (made.state, kinds(made)) == ("unconfirmed", ["registration"])
    registering.confirm(made, version=made.version)
    assert (made.state, kinds(made)) == ("registered", ["registration", "registered"])
    with pytest.raises(registering.CannotConfirm, match="used"):
        registering.confirm(made, version=made.version)


def test_who_registers_again_replaces_what_waits_and_causes_one_mail_an_hour():
    of = event()
    first = register(of, email="Asha@secret.example")
    again = register(of, "Asha Rao", email="asha@Secret.example".lower(), organization="Kituo", language="fr")
    assert again.pk == first.pk
    assert (again.name, again.organization, again.language) == ("Asha Rao", "Kituo", "fr")
    assert kinds(again) == ["registration"]
    with time_machine.travel(timezone.now() + 2 * HOUR):
        register(of)
    assert kinds(again) == ["registration", "registration"]


def test_nobody_renames_who_has_confirmed_and_the_mail_says_where_they_stand():
    of = event()
    made = confirmed(of)
    with time_machine.travel(timezone.now() + 2 * HOUR):
        register(of, "Somebody Else", email="asha@secret.example")
    made.refresh_from_db()
    assert (made.name, made.state) == ("Asha", "registered")
    assert kinds(made) == ["registration", "registered", "registered"]


def test_who_said_that_it_was_not_them_is_left_alone_for_a_day():
    of = event()
    registering.cancel(register(of))
    again = register(of)
    assert (again.state, kinds(again)) == ("unconfirmed", [])
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert kinds(register(of)) == ["registration"]


def test_strangers_cause_no_flood_of_mail_to_one_mailbox():
    for number in range(8):
        register(event(), email=f"asha+{number}@secret.example")
    assert Message.objects.count() == 5
    assert Registration.objects.count() == 8


@pytest.mark.parametrize(
    "closed",
    [
        {"takes_registrations": False},
        {"published_at": None},
        {"published_at": datetime(2031, 1, 1, tzinfo=UTC)},
        {"starts_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_an_event_that_is_not_open_takes_nobody(closed):
    with pytest.raises(registering.NotOpen):
        register(an_event(**({"takes_registrations": True} | closed)))
    assert not Registration.objects.exists()


def test_a_link_confirms_for_three_days_until_the_event_begins():
    made = register(event())
    with (
        time_machine.travel(timezone.now() + 3 * DAY + HOUR),
        pytest.raises(registering.CannotConfirm, match="expired"),
    ):
        registering.confirm(made, version=made.version)
    soon = register(event(starts_at=timezone.now() + HOUR))
    with time_machine.travel(timezone.now() + 2 * HOUR), pytest.raises(registering.CannotConfirm, match="closed"):
        registering.confirm(soon, version=soon.version)


def test_who_comes_later_waits_and_the_first_in_line_moves_up():
    of = event(places=1)
    asha, bob, carla = (confirmed(of, name) for name in ("Asha", "Bob", "Carla"))
    assert states(of) == {"Asha": "registered", "Bob": "waiting", "Carla": "waiting"}
    assert registering.is_full(of)
    assert registering.cancel(asha)
    assert not registering.cancel(asha)
    assert states(of) == {"Asha": "canceled", "Bob": "registered", "Carla": "waiting"}
    assert kinds(bob) == ["registration", "waiting_list", "place_free"]
    assert kinds(carla) == ["registration", "waiting_list"]
    assert kinds(asha) == ["registration", "registered"]


def test_who_registers_while_others_wait_comes_behind_them():
    of = event(places=1)
    asha, bob = confirmed(of), confirmed(of, "Bob")
    Registration.objects.filter(pk=asha.pk).update(state="canceled", canceled_at=timezone.now())
    confirmed(of, "Carla")
    assert states(of) == {"Asha": "canceled", "Bob": "registered", "Carla": "waiting"}
    assert kinds(bob)[-1] == "place_free"


def test_more_places_move_the_first_up_at_once_and_fewer_take_none_away():
    of = event(places=1)
    names = ["Asha", "Bob", "Carla", "Dora"]
    for name in names:
        confirmed(of, name)
    registration_desk.change(of, by=UserFactory(), places=3)
    assert list(states(of).values()) == ["registered", "registered", "registered", "waiting"]
    registration_desk.change(of, by=UserFactory(), places=1)
    assert list(states(of).values()) == ["registered", "registered", "registered", "waiting"]
    registration_desk.change(of, by=UserFactory(), places=None)
    assert list(states(of).values()) == ["registered"] * 4


def test_places_that_came_free_by_another_way_are_found_by_the_beat():
    of = event(places=1)
    confirmed(of), confirmed(of, "Bob")
    type(of).objects.update(places=2)
    tasks.remind()
    assert states(of) == {"Asha": "registered", "Bob": "registered"}


def test_nobody_moves_up_once_it_has_begun_or_is_not_public():
    of = event(places=1)
    asha = confirmed(of)
    confirmed(of, "Bob")
    with time_machine.travel(BEGINS + HOUR):
        registering.cancel(asha)
        assert registration_times.move_up() == 0
    publishing.take_back(of, by=None)
    assert registration_times.move_up() == 0
    assert states(of)["Bob"] == "waiting"


def test_an_event_that_people_registered_for_is_not_removed_behind_their_backs():
    of = event()
    register(of)
    with pytest.raises(ProtectedError):
        of.delete()


# What the mails say


def words(registration, kind):
    message = registration.messages.filter(kind=kind).last()
    return " ".join(rendering.render(message).body.split())


def test_who_is_registered_reads_when_where_and_by_which_link():
    of = event(place="Church Center", address="777 UN Plaza\nNew York", link="https://meet.example/caucus")
    body = words(confirmed(of), "registered")
    for part in ("17 July 2031, 16:00 to 18:30 (New York time)", "Church Center, 777 UN Plaza, New York",
                 "https://meet.example/caucus", "/calendar.ics", "/events/registrations/"):  # fmt: skip
        assert part in body


def test_who_waits_or_has_not_confirmed_does_not_get_the_link():
    of = event(places=1, link="https://meet.example/caucus")
    confirmed(of)
    bob = confirmed(of, "Bob")
    for kind in ("registration", "waiting_list"):
        assert "meet.example" not in words(bob, kind)


def test_what_staff_see_of_the_mail_to_who_waits_has_no_link_either():
    assert "meet.example" not in samples.render("waiting_list", "en")[1]
    assert "meet.example" in samples.render("place_free", "en")[1]


def test_a_mail_that_is_no_longer_true_is_not_sent():
    of = event(places=1)
    asha, bob = confirmed(of), confirmed(of, "Bob")
    waiting = bob.messages.get(kind="waiting_list")
    assert relevance.is_true(waiting)
    registering.cancel(asha)
    waiting = Message.objects.get(pk=waiting.pk)
    assert not relevance.is_true(waiting)
    free = Message.objects.get(kind="place_free")
    assert relevance.is_true(free)
    publishing.take_back(of, by=None)
    assert not relevance.is_true(Message.objects.get(pk=free.pk))


def test_mail_is_from_the_sender_of_the_event_s_campaign():
    campaign = CampaignFactory(sender_name="The caucus", reply_address="caucus@network.example")
    message = register(event(campaign=campaign)).messages.get()
    assert senders.headers(message)["Reply-To"] == "caucus@network.example"


# Staff


def test_nothing_is_mailed_by_itself_and_one_press_tells_everybody_once():
    of, by = event(places=1, place="Church Center"), UserFactory()
    asha, bob = confirmed(of), confirmed(of, "Bob")
    register(of, "Not confirmed")
    before = Message.objects.count()
    registration_desk.change(of, by=by, address="Salem House")
    assert Message.objects.count() == before
    assert registration_desk.untold(of).count() == 2
    with pytest.raises(registration_desk.Changed):
        registration_desk.tell(of, seen="what stood there before")
    assert registration_desk.tell(of, seen=registration_mail.mark_of(of)) == 2
    assert registration_desk.tell(of, seen=registration_mail.mark_of(of)) == 0
    assert (kinds(asha)[-1], kinds(bob)[-1]) == ("event_changed", "event_changed")
    assert asha.messages.get(kind="event_changed").lane == "bulk"
    assert asha.messages.get(kind="registered").lane == "transactional"
    assert "Salem House" in words(asha, "event_changed")
    assert "You are still on the waiting list." in words(bob, "event_changed")


def test_what_is_changed_back_needs_no_mail_and_words_are_no_change():
    of, by = event(place="Church Center"), UserFactory()
    confirmed(of)
    registration_desk.change(of, by=by, address="Salem House")
    registration_desk.change(of, by=by, address="", places=9)
    assert not registration_desk.untold(of).exists()


def test_an_event_is_called_off_and_takes_place_after_all():
    of, by = event(), UserFactory()
    asha = confirmed(of)
    publishing.take_back(of, by=by)
    assert registration_desk.tell(of, seen=registration_mail.CALLED_OFF) == 1
    assert "called off" in words(asha, "event_called_off")
    assert asha.messages.get(kind="event_called_off").state == "queued"
    publishing.publish(of, by=by)
    assert not relevance.is_true(Message.objects.get(kind="event_called_off"))
    assert registration_desk.tell(of, seen=registration_mail.mark_of(of)) == 1
    publishing.take_back(of, by=by)
    assert registration_desk.tell(of, seen=registration_mail.CALLED_OFF) == 1
    assert Message.objects.filter(kind="event_called_off").count() == 2


def test_staff_enter_who_called_with_or_without_an_address():
    of, by = event(places=1), UserFactory()
    given = {"by": by, "organization": "", "language": "es"}
    asha = registration_desk.enter(of, name="Asha", email="", **given)
    bob = registration_desk.enter(of, name="Bob", email="bob@secret.example", **given)
    assert (asha.state, asha.added_by, kinds(asha)) == ("registered", by, [])
    assert (bob.state, kinds(bob)) == ("waiting", ["waiting_list"])
    with pytest.raises(registration_desk.Taken):
        registration_desk.enter(of, name="Bob II", email="BOB@secret.example", **given)
    registering.cancel(asha, by=by)
    assert states(of) == {"Asha": "canceled", "Bob": "registered"}


def test_who_called_takes_over_what_they_left_unconfirmed():
    of = event()
    made = register(of)
    registration_desk.enter(of, by=UserFactory(), name="Asha Rao", organization="", email=made.email, language="en")
    made.refresh_from_db()
    assert (made.state, made.name) == ("registered", "Asha Rao")


def test_who_is_canceled_by_staff_is_told():
    made = confirmed(event())
    registering.cancel(made, by=UserFactory())
    assert kinds(made)[-1] == "registration_canceled"
    assert relevance.is_true(made.messages.get(kind="registration_canceled"))


def test_who_has_no_address_is_called_and_noted():
    of, by = event(), UserFactory()
    made = registration_desk.enter(of, by=by, name="Asha", organization="", email="", language="en")
    registration_desk.change(of, by=by, address="Salem House")
    assert registration_desk.tell(of, seen=registration_mail.mark_of(of)) == 0
    assert registration_desk.untold(of).get() == made
    registration_desk.told_by_hand(made)
    assert not registration_desk.untold(of).exists()


# Time


def test_who_comes_is_reminded_once_a_day_before():
    of = event(places=2)
    with time_machine.travel(BEGINS - 5 * DAY):
        asha = confirmed(of)
    with time_machine.travel(BEGINS - 30 * HOUR):
        late, waits = confirmed(of, "Late"), confirmed(of, "Waits")
        assert registration_times.remind() == 0
    with time_machine.travel(BEGINS - 23 * HOUR):
        assert registration_times.remind() == 1
        assert registration_times.remind() == 0
        reminder = asha.messages.get(kind="event_reminder")
        assert relevance.is_true(reminder)
    for each in (late, waits):
        assert "event_reminder" not in kinds(each)
    with time_machine.travel(BEGINS - HOUR):
        assert registration_times.remind() == 0
    with time_machine.travel(BEGINS + HOUR):
        assert not relevance.is_true(reminder)


def test_one_that_is_called_off_is_not_reminded_of():
    of = event()
    with time_machine.travel(BEGINS - 5 * DAY):
        confirmed(of)
    publishing.take_back(of, by=None)
    with time_machine.travel(BEGINS - 23 * HOUR):
        assert registration_times.remind() == 0


def test_a_reminder_of_another_day_than_it_is_now_is_not_sent():
    of = event()
    with time_machine.travel(BEGINS - 5 * DAY):
        made = confirmed(of)
    with time_machine.travel(BEGINS - 23 * HOUR):
        registration_times.remind()
        registration_desk.change(of, by=UserFactory(), starts_at=BEGINS + 7 * DAY, ends_at=BEGINS + 8 * DAY)
        assert not relevance.is_true(made.messages.get(kind="event_reminder"))
    with time_machine.travel(BEGINS + 6 * DAY + HOUR):
        assert registration_times.remind() == 1


def test_what_nobody_confirms_goes_after_three_days_or_when_it_begins():
    of, soon = event(), event(starts_at=timezone.now() + HOUR)
    register(of), register(soon), confirmed(of, "Stays")
    assert registration_times.forget() == 0
    with time_machine.travel(timezone.now() + 2 * HOUR):
        assert registration_times.forget() == 1
    with time_machine.travel(timezone.now() + 3 * DAY + HOUR):
        tasks.expire_unconfirmed()
    assert list(states(of)) == ["Stays"]
    assert not states(soon)
    assert not Message.objects.filter(to_address="asha@secret.example").exists()


def test_names_and_addresses_are_erased_thirty_days_after_and_numbers_stay(settings):
    of = event(places=1)
    confirmed(of, organization="Kituo"), registering.cancel(confirmed(of, "Bob"))
    with time_machine.travel(of.ends_at + 29 * DAY):
        assert registration_times.forget() == 0
    with time_machine.travel(of.ends_at + 30 * DAY + HOUR):
        assert registration_times.forget() == 2
        assert registration_times.forget() == 0
    left = Registration.objects.values_list("name", "organization", "email")
    assert set(left) == {("", "", "")}
    assert registration_desk.numbers(of) == {"unconfirmed": 0, "registered": 1, "waiting": 0, "canceled": 1}
    told = Message.objects.values_list("to_address", "mailbox")
    assert [each for each in told if "secret" in each[0] or each[1]] == []


def test_how_long_names_are_kept_is_a_setting(settings):
    settings.REGISTRATION_DAYS = 1
    of = event()
    confirmed(of)
    with time_machine.travel(of.ends_at + 2 * DAY):
        assert registration_times.forget() == 1


# What the database promises


def row(**fields):
    return Registration.objects.create(**({"event": fields.pop("of", None) or event(), "name": "A"} | fields))


def test_an_address_registers_once_for_an_event_in_any_case():
    of, now = event(), timezone.now()
    row(of=of, email="a@secret.example", state="canceled", canceled_at=now)
    row(of=of, email="a@secret.example")
    row(email="a@secret.example")
    with Refused("an_address_registers_once_for_an_event"):
        row(of=of, email="A@secret.example")


def test_a_state_has_its_moments():
    of, address = event(), {"email": "a@secret.example"}
    with Refused("who_stands_has_confirmed"):
        row(of=of, state="waiting", **address)
    with Refused("who_is_registered_got_a_place_once"):
        row(of=of, state="registered", confirmed_at=BEGINS, **address)
    with Refused("what_is_canceled_has_its_moment"):
        row(of=of, state="canceled", **address)
    with Refused("what_is_canceled_has_its_moment"):
        row(of=of, canceled_at=BEGINS, **address)


def test_only_staff_enter_somebody_without_an_address_and_what_is_erased_has_no_words():
    of = event()
    row(of=of, added_by=UserFactory())
    with Refused("who_registers_alone_has_an_address"):
        row(of=of)
    with Refused("an_erased_registration_has_no_words"):
        row(of=of, erased_at=BEGINS, email="a@secret.example")


def test_people_register_here_or_elsewhere():
    with Refused("people_register_here_or_elsewhere"):
        an_event(takes_registrations=True, registration_url="https://register.example/")


# At once


def fresh(each):
    return Registration.objects.get(pk=each.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(2))
def test_of_fifty_who_confirm_at_once_ten_have_a_place_and_forty_wait_in_their_order(again):
    of = event(places=10)
    made = [register(of, f"N{number}") for number in range(50)]
    results = together(*[lambda each=each: registering.confirm(fresh(each), version=1) for each in made])
    assert results == [None] * 50
    by_confirming = Registration.objects.order_by("confirmed_at", "pk").values_list("state", flat=True)
    assert list(by_confirming) == ["registered"] * 10 + ["waiting"] * 40
    assert Message.objects.filter(kind="registered").count() == 10
    assert Message.objects.filter(kind="waiting_list").count() == 40


@pytest.mark.django_db(transaction=True)
def test_while_ten_cancel_and_ten_confirm_no_place_is_given_twice_or_left_empty():
    of = event(places=10)
    have = [confirmed(of, f"A{number}") for number in range(10)]
    for number in range(5):
        confirmed(of, f"B{number}")
    come = [register(of, f"C{number}") for number in range(10)]
    together(
        *[lambda each=each: registering.cancel(fresh(each)) for each in have],
        *[lambda each=each: registering.confirm(fresh(each), version=1) for each in come],
    )
    standing = Registration.objects.standing().order_by("confirmed_at", "pk")
    assert list(standing.values_list("state", flat=True)) == ["registered"] * 10 + ["waiting"] * 5
    assert set(standing.filter(name__startswith="B").values_list("state", flat=True)) == {"registered"}


@pytest.mark.django_db(transaction=True)
def test_twenty_equal_posts_are_one_registration_and_one_mail():
    of = event()
    together(*[lambda: register(of) for _number in range(20)])
    assert (Registration.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_and_a_cancellation_of_one_at_once_leave_one_of_both():
    of = event(places=1)
    made = register(of)
    together(
        lambda: registering.confirm(fresh(made), version=1),
        lambda: registering.cancel(Registration.objects.get(pk=made.pk)),
    )
    made.refresh_from_db()
    assert made.state == "canceled"
    assert dispatching.claim() == []


def test_what_was_removed_at_the_moment_that_its_button_was_pressed_has_expired():
    """The sweep and a late press at once."""
    made = register(event())
    Registration.objects.filter(pk=made.pk).delete()
    with pytest.raises(registering.CannotConfirm, match="expired"):
        registering.confirm(made, version=made.version)
    assert not registering.cancel(made)


# As readers found it


def test_the_button_confirms_what_was_shown_and_nothing_that_was_typed_since():
    of = event()
    shown = register(of)
    register(of, "Mallory", email="asha@secret.example")
    with pytest.raises(registering.TypedAgain):
        registering.confirm(shown, version=1)
    shown.refresh_from_db()
    assert (shown.state, shown.name, shown.version) == ("unconfirmed", "Mallory", 2)
    register(of, "Mallory", email="asha@secret.example")
    registering.confirm(fresh(shown), version=2)
    assert fresh(shown).state == "registered"


def test_who_is_confirmed_corrects_who_comes_and_keeps_the_place():
    of = event(places=1)
    made = confirmed(of)
    before = fresh(made).registered_at
    assert registering.correct(made, name="Asha Rao", organization="Kituo")
    assert (made.name, made.organization, made.state, made.registered_at) == ("Asha Rao", "Kituo", "registered", before)
    registering.cancel(made)
    assert not registering.correct(made, name="X", organization="")


def test_who_has_no_address_and_moves_up_is_to_be_called():
    of, by = event(places=1), UserFactory()
    asha = confirmed(of)
    given = {"by": by, "organization": "", "email": "", "language": "en"}
    bob = registration_desk.enter(of, name="Bob", **given)
    assert not registration_desk.untold(of).exists()
    assert registering.cancel(asha, by=by) == [bob]
    assert registration_desk.untold(of).get() == bob
    registration_desk.told_by_hand(fresh(bob))
    assert not registration_desk.untold(of).exists()


def test_who_was_given_a_place_on_the_telephone_knows_it():
    of = event(places=1)
    given = {"by": UserFactory(), "organization": "", "email": "", "language": "en"}
    assert registration_desk.enter(of, name="Bob", **given).state == "registered"
    assert not registration_desk.untold(of).exists()


def test_a_place_that_was_changed_in_a_translation_is_told_to_those_who_read_it():
    of = event({"en": "A caucus", "fr": "Un caucus"}, place="Here")
    _english, french, _spanish = (confirmed(of, name, language=name) for name in ("en", "fr", "es"))
    text = of.text("fr")
    given = {"title": text.title, "body": text.body, "place": "La salle bleue"}
    publishing.write(of, "fr", by=None, seen=publishing.mark_of(text), **given)
    assert registration_desk.untold(of).get() == french
    seen = registration_mail.mark_of(of)
    assert registration_desk.tell(of, seen=seen) == 1
    assert "La salle bleue" in words(french, "event_changed")
    assert not registration_desk.untold(of).exists()


def test_registration_that_is_closed_takes_nobody_and_keeps_the_link():
    of = event(places=1, link="https://meet.example/caucus")
    confirmed(of)
    bob = confirmed(of, "Bob")
    carla = register(of, "Carla")
    registration_desk.change(of, by=None, registration_closed=True)
    assert (of.is_open_to_register(), of.is_registration_over, of.public_link) == (False, True, "")
    with pytest.raises(registering.NotOpen):
        register(of, "Dora")
    with pytest.raises(registering.CannotConfirm, match="closed"):
        registering.confirm(fresh(carla), version=1)
    registering.cancel(Registration.objects.get(name="Asha"))
    assert fresh(bob).state == "registered"


@pytest.mark.parametrize(("language", "confirms"), [("fr", "inscription"), ("es", "inscripción"), ("ar", "التسجيل")])
def test_the_mail_to_confirm_speaks_of_a_registration(language, confirms):
    message = register(event(), language=language).messages.get()
    mail = rendering.render(message)
    assert confirms in mail.subject
    html = mail.alternatives[0][0]
    for word in (" firma", "la signature", "التوقيع"):
        assert word not in mail.subject + mail.body + html


def test_mails_about_a_registration_lead_to_the_event_s_page():
    of = event()
    made = confirmed(of)
    for kind in ("registration", "registered"):
        mail = rendering.render(made.messages.get(kind=kind))
        for part in (mail.body, mail.alternatives[0][0]):
            assert of.get_absolute_url() in part
