"""Somebody comes to an event, in Chromium and through real mail; every page on the way in every look."""

import icalendar
import pytest
from playwright.sync_api import expect

from tests.browser.looks import DESK, LOOKS, SHOTS, findings, look_named, picture
from tests.browser.test_desk import STAFF, sign_in
from tests.smtp import links
from tests.stack import wait_for

EVENT = "/events/womens-caucus/"
FORM = f"{EVENT}register/"


@pytest.fixture(scope="module")
def password(stack):
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


def mail(stack, address, words):
    """The first mail to an address with these words in its subject."""

    def found():
        return next((each for each in stack.mail.to(address) if words in each["Subject"]), None)

    return wait_for(found, 60, f"{words} to {address}")


def link(of, part):
    return next(address for address in links(of) if part in address)


def places(stack, number):
    stack.query("UPDATE campaigns_event SET places = %s WHERE slug = 'womens-caucus' RETURNING id", number)


def registered(stack, name, language=""):
    """Somebody who registered and confirmed without a browser; their address."""
    address = f"{name.lower()}@organization.example"
    stack.post(f"{language}{FORM}", {"name": name, "organization": f"{name} & Sisters", "email": address})
    asked = wait_for(lambda: stack.mail.to(address), 60, f"the mail to {address}")[0]
    stack.post(link(asked, "/confirm/"), {"version": "1"})
    return address


def test_from_the_event_s_page_to_the_calendar_and_the_place_goes_to_the_next(stack, page):
    places(stack, 1)
    page.goto(stack.url + EVENT)
    page.get_by_text("There are places left.").wait_for()
    page.emulate_media(media="print")
    assert [page.locator(each).is_visible() for each in (".register-row", ".calendar-row", ".printed-from")] == [
        False, False, True
    ]  # fmt: skip
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Register", exact=True).click()
    page.get_by_label("Your name").fill("Asha Rao")
    page.get_by_label("Your e-mail address").fill("asha@organization.example")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/register/sent/")

    page.goto(link(mail(stack, "asha@organization.example", "Please confirm"), "/confirm/"))
    page.get_by_role("button", name="Confirm your registration").click()
    page.get_by_role("heading", name="You are registered").wait_for()
    told = mail(stack, "asha@organization.example", "You are registered")
    calendar = stack.get(link(told, "/calendar.ics"))
    entry = icalendar.Calendar.from_ical(calendar.body).walk("VEVENT")[0]
    assert "New York" in str(entry["location"])
    assert "(New York time)" in told.get_body(("plain",)).get_content()

    bob = registered(stack, "Bob", language="/fr")
    wait_for(lambda: len(stack.mail.to(bob)) == 2, 60, "the mail that he waits")
    assert stack.query("SELECT state FROM signon_registration WHERE name = 'Bob'") == [("waiting",)]
    page.goto(stack.url + EVENT)
    page.get_by_text("All places are taken. The waiting list is open.").wait_for()

    own = next(address for address in links(told) if "/events/registrations/" in address and ".ics" not in address)
    page.goto(own)
    page.get_by_text("Cancel my registration", exact=True).click()
    page.get_by_role("button", name="Yes, cancel my registration").click()
    page.get_by_role("heading", name="Your registration is canceled").wait_for()
    wait_for(lambda: len(stack.mail.to(bob)) == 3, 60, "the mail that a place is free")
    assert stack.query("SELECT state FROM signon_registration WHERE name = 'Bob'") == [("registered",)]
    # One that was confirmed by its mail, one that waited and moved up; nobody got a mail twice.
    assert len(stack.mail.to("asha@organization.example")) == 2


def test_the_form_works_without_javascript_and_keeps_what_was_typed(stack, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(stack.url + FORM)
    page.get_by_label("Your name").fill("Dora")
    page.get_by_label("Your e-mail address").fill("dora at home")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("link", name="Enter an e-mail address like name@example.org.").click()
    assert page.get_by_label("Your name").input_value() == "Dora"
    page.get_by_label("Your e-mail address").fill("dora@organization.example")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/register/sent/")
    mail(stack, "dora@organization.example", "Please confirm")


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize("options", LOOKS, ids=look_named)
def test_every_page_of_a_registration_is_calm_and_accessible(stack, open_page, language, options):
    page = open_page(**options)
    name = f"{look_named(options)}-{look_named(language)}"

    def check(title):
        picture(page, f"{title}-{name}")
        assert findings(page) == [], title
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), title

    places(stack, 60)
    page.goto(f"{stack.url}{language}{EVENT}")
    check("event")
    page.goto(f"{stack.url}{language}{FORM}")
    check("form")
    page.locator("form.form button[type=submit]").click()
    page.locator(".error-summary").wait_for()
    check("faults")
    page.goto(f"{stack.url}{language}{FORM}sent/")
    check("sent")
    address = f"look-{name}@organization.example"
    stack.post(f"{language}{FORM}", {"name": "Wanjiru Otieno", "organization": "Kituo cha Sheria", "email": address})
    asked = wait_for(lambda: stack.mail.to(address), 60, "the mail that asks")[0]
    page.goto(link(asked, "/confirm/"))
    check("confirm")
    page.locator(".confirm-action button").click()
    check("done")
    told = wait_for(lambda: stack.mail.to(address)[1:], 60, "the mail that says where and when")[0]
    if SHOTS:
        shown = open_page(**options)
        for number, each in enumerate((asked, told)):
            shown.set_content(each.get_body(("html",)).get_content())
            picture(shown, f"mail-{number}-{name}")
    page.goto(next(each for each in links(told) if "/events/registrations/" in each and ".ics" not in each))
    check("own")
    for summary in page.locator("main summary").all():
        summary.click()
    check("own-open")
    page.locator("main form:has([value=cancel]) button").click()
    check("canceled")
    places(stack, 0)
    page.goto(f"{stack.url}{language}{FORM}")
    check("full")
    places(stack, 60)


@pytest.mark.parametrize(("language", "options"), DESK, ids=look_named)
def test_the_desk_s_page_of_registrations_is_calm_and_accessible(stack, open_page, password, language, options):
    page = open_page(**options)
    places(stack, 60)
    for name in ("Carla", "Esther", "Farida"):
        if not stack.query("SELECT 1 FROM signon_registration WHERE name = %s", name):
            registered(stack, name)
    sign_in(stack, page, password)
    [(event,)] = stack.query("SELECT id FROM campaigns_event WHERE slug = 'womens-caucus'")
    path = f"{stack.url}{language}/desk/site/events/{event}/"
    page.goto(f"{path}registrations/")
    name = f"{look_named(options)}-{look_named(language)}"
    picture(page, f"desk-{name}")
    assert findings(page) == []
    page.locator(".people details summary").first.click()
    picture(page, f"desk-open-{name}")
    page.goto(f"{path}particulars/")
    page.locator("[name=address]").fill(f"Church Center {name}")
    page.locator("form.form button[type=submit]").click()
    page.locator(".told-warning").wait_for()
    picture(page, f"desk-warned-{name}")
    page.goto(f"{path}registrations/")
    page.locator("#to-tell").wait_for()
    picture(page, f"desk-untold-{name}")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    told = "SELECT count(*) FROM signon_message WHERE kind = 'event_changed' AND state = 'sent'"
    before = stack.query(told)
    page.locator("section.notice button").click()
    page.locator(".told-success").wait_for()
    expect(page.locator("#to-tell")).to_have_count(0)
    wait_for(lambda: stack.query(told) > before, 60, "the mails that tell of it")
