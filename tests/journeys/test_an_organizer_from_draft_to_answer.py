"""One organizer takes a statement from an empty database to an answered one; at each step a stranger looks."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.find_chromium import executable
from tests.posted import typed
from tests.smtp import links
from tests.stack import running, wait_for

SLUG, TITLE, SENTENCE = "bread-and-roses", "Bread and Roses", "We call on the Assembly to hear migrant women."
TEXT = f"""# {TITLE}

{SENTENCE}[^1]

1. End detention.
2. Ratify the conventions.

[^1]: Universal Declaration of Human Rights, article 2.
"""
ZONE = ZoneInfo("America/New_York")
CONVENERS = ["Zetkin House", "Anna Network", "Mirabal Circle"]
PUBLIC = ["/", "/fr/", "/statements/", "/feeds/statements.atom", "/sitemap.xml",
          f"/statements/{SLUG}/", f"/statements/{SLUG}/signatories/", f"/embed/statements/{SLUG}/",
          "/api/v1/statements", f"/api/v1/statements/{SLUG}", f"/api/v1/statements/{SLUG}/signatories",
          f"/ar/statements/{SLUG}/sign/"]  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("organizer"), is_demo=False) as made:
        yield made


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
        page.set_default_timeout(20_000)
        yield page
        browser.close()


class Organizer:
    """What the organizer does in Chromium, by the words on the screen."""

    def __init__(self, stack, page):
        self.stack, self.page = stack, page
        self.desk = f"{stack.url}/desk/statements/{SLUG}/"

    def log_in(self, address):
        password = self.stack.manage("make_staff", address, "administrator").split("Password: ")[1].strip()
        self.page.goto(f"{self.stack.url}/desk/")
        self.page.locator("input[name=login]").fill(address)
        self.page.locator("input[name=password]").fill(password)
        self.press("Sign in")

    def press(self, name, exact=True):
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def go(self, part=""):
        self.page.goto(self.desk + part)

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]").first
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value, force=True)
            else:
                field.fill(value)

    def says(self, words):
        self.page.get_by_text(words).first.wait_for()

    def accept_all(self):
        """Every case that waits, one after the other, as a verifier does."""
        while True:
            self.page.goto(f"{self.stack.url}/desk/sign-ons/")
            waiting = re.findall(r"/desk/sign-ons/(\d+)/", self.page.content())
            if not waiting:
                return
            self.page.goto(f"{self.stack.url}/desk/sign-ons/{waiting[0]}/")
            new = self.page.locator("input[name=organization][value=new]")
            if new.count():
                new.check(force=True)
            self.press("Accept", exact=False)
            self.says("Accepted:")


def public(stack):
    """Everything that a stranger can read of it, in one text; what is not there reads as nothing."""
    answers = [stack.get(path) for path in PUBLIC]
    assert all(answer.status < 500 for answer in answers)
    assert all("Set-Cookie" not in answer.headers for answer in answers)
    return "\n".join(answer.text for answer in answers if answer.status == 200)


def hidden(stack, *words):
    told = public(stack)
    for each in (TITLE, SENTENCE, *CONVENERS, *words):
        assert each not in told, each


def mail_to(stack, address, part, number=1):
    """The newest link of this kind in the mails to an address, once there are so many of them."""

    def found():
        there = [link.partition("#")[0] for mail in stack.mail.to(address) for link in links(mail) if part in link]
        return there[-1] if len({*there}) >= 1 and len(there) >= number else None

    return wait_for(found, 60, f"{part} to {address}")


def at(moment):
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def test_from_an_empty_database_to_an_answered_statement(stack, page):
    organizer, now = Organizer(stack, page), datetime.now(ZONE)
    organizer.log_in("organizer@network.example")

    # The text: from a file that somebody wrote
    page.goto(f"{stack.url}/desk/statements/new/")
    page.locator("input[name=file]").set_input_files(
        {"name": "call.md", "mimeType": "text/markdown", "buffer": TEXT.encode()}
    )
    organizer.press("Begin")
    assert f"/desk/statements/{SLUG}/" in page.url, page.content()
    hidden(stack)

    # What is missing before it opens, in the order in which it is done
    organizer.go()
    organizer.says("things are missing before it can open")
    organizer.go("particulars/")
    organizer.fill(addressee="The General Assembly", zone="America/New_York", goal="40",
                   closes_at=at(now + timedelta(days=20)), embargo_until=at(now + timedelta(days=1)))  # fmt: skip
    organizer.press("Save")
    for subject in ("consent", "mails"):
        organizer.go(f"look/{subject}/")
        organizer.press("I looked at it")
    organizer.go("try/")
    organizer.fill(**{name: value for name, value in typed(email="me@network.example").items() if value != "on"})
    for name in ("authorized", "consent_publish"):
        page.locator(f"[name={name}]").check()
    page.locator("#sign-on-form button[type=submit]").click()
    page.goto(mail_to(stack, "organizer@network.example", "/sign-ons/try/"))
    organizer.press("Confirm", exact=False)
    organizer.go()
    organizer.says("Everything is there: it can open")

    # Three conveners read, comment, sign first
    for name in CONVENERS:
        organizer.go("conveners/")
        organizer.fill(name=name, contact_name="Ana López", email=f"{name.split()[0].lower()}@convener.example")
        organizer.press("Add", exact=False)
    organizer.go()
    organizer.press("Circulate", exact=False)
    for name in CONVENERS:
        organizer.go("conveners/")
        organizer.press("Send the private link")
        address = f"{name.split()[0].lower()}@convener.example"
        link = mail_to(stack, address, "/draft/")
        assert SENTENCE in stack.get(link).text
        assert stack.post(f"{link}comment/", {"words": f"{name} would say “listen to”."}).status == 302
        posted = typed(organization_name=name, acronym="", email=address, website="", country="KE")
        assert stack.post(f"{link}sign/", posted).status == 302
        assert stack.post(mail_to(stack, address, "/confirm/"), {"version": "1"}).status == 200
    hidden(stack)
    organizer.go("conveners/")
    organizer.says("Mirabal Circle would say")

    # Open, but under embargo: links work, and nothing is public
    organizer.go()
    page.get_by_text("Open it now").first.click()
    organizer.press("Yes, open it")
    organizer.accept_all()
    hidden(stack)

    # Thirty are invited
    guests = [(f"Guest {number} Society", f"guest{number}@guest{number}.example") for number in range(30)]
    stack.mail.answer = lambda to: "550 5.1.1 No such user" if to == "guest29@guest29.example" else ""
    organizer.go("invitations/add/")
    rows = "\n".join(f"{name}\tUganda\t{address}" for name, address in guests)
    page.locator("textarea[name=text]").fill(f"Organization\tCountry\tE-mail\n{rows}")
    organizer.press("Read it")
    organizer.press("Look at the rows")
    organizer.press("Send 30 invitations")
    wait_for(lambda: len([mail for mail in stack.mail.mails if "@guest" in mail["To"]]) >= 29, 90, "29 invitations")
    hidden(stack, "Guest 1 Society")

    def invited(number, **changed):
        name, address = guests[number]
        link = mail_to(stack, address, "/invitations/")
        told = {"organization_name": name, "acronym": "", "email": address, "website": "", "country": "UG"}
        return stack.post(link, typed(**told | changed))

    for number in range(6):  # by the link: pressing the button is the confirmation
        assert invited(number).status in (200, 302)
    assert invited(6, email="somebody@else.example").status in (200, 302)  # any other address confirms by mail
    link = mail_to(stack, guests[7][1], "/invitations/")
    assert stack.post(f"{link}will-not-sign/", {"reason": "Our board meets in May."}).status in (200, 302)
    link = mail_to(stack, guests[8][1], "/invitations/")
    assert stack.post(f"{link}question/", {"words": "May we translate it?"}).status in (200, 302)
    states = (
        "SELECT state, count(*) FROM signon_signon WHERE organization_name LIKE 'Guest%%' GROUP BY state ORDER BY 1"
    )
    assert stack.query(states) == [("confirmed", 6), ("unconfirmed", 1)]
    wait_for(lambda: stack.query("SELECT 1 FROM signon_invitation WHERE state = 'bounced'"), 60, "the bounce")

    # The embargo ends: the page is there, conveners first, in their order
    stack.query("UPDATE campaigns_statement SET embargo_until = now() - interval '1 second' RETURNING id")
    told = public(stack)
    assert SENTENCE in told
    listed = stack.get(f"/statements/{SLUG}/signatories/").text
    assert sorted(CONVENERS, key=listed.index) == CONVENERS
    assert "Guest 1 Society" not in told  # not accepted yet
    for private in ("@convener.example", "@guest", "Ana López", "would say", "board meets"):
        assert private not in told

    # Some sign without their link; one is entered by hand; the deadline moves, and whom it concerns is told
    for number in (10, 11, 12):
        name, address = guests[number]
        data = typed(organization_name=name, acronym="", email=address, website="", country="UG")
        assert stack.post(f"/statements/{SLUG}/sign/", data).status == 302
        assert stack.post(mail_to(stack, address, "/confirm/"), {"version": "1"}).status == 302
    organizer.go("by-hand/")
    page.locator("[name=channel][value=phone]").check()
    organizer.fill(said_on=now.strftime("%Y-%m-%d"), vouched_by="Carla Neto", organization_name="Casa de Paz",
                   country="PE", organization_type="ngo", representative_name="Luz Mora", email="luz@casa.example",
                   language="es")  # fmt: skip
    for name in ("authorized", "consent_publish"):
        page.locator(f"[name={name}]").check()
    organizer.press("Enter the sign-on")
    organizer.says("It waits at the desk")
    mail_to(stack, "luz@casa.example", "/objection/")
    organizer.go("deadline/")
    organizer.fill(closes_at=at(now + timedelta(days=30)))
    organizer.press("Move", exact=False)
    organizer.says("The deadline is moved.")
    wait_for(lambda: any("deadline" in mail["Subject"].lower() for mail in stack.mail.to("somebody@else.example")), 60,
             "the unconfirmed are told")  # fmt: skip
    wait_for(lambda: any("deadline" in mail["Subject"].lower() for mail in stack.mail.to(guests[20][1])), 60,
             "the invited are told")  # fmt: skip
    organizer.accept_all()
    wait_for(lambda: "Guest 1 Society" in public(stack), 30, "it is public")

    # Closed; one comes late by a personal link
    organizer.go()
    page.get_by_text("Close it now").first.click()
    organizer.press("Yes, close it")
    assert stack.post(f"/statements/{SLUG}/sign/", typed()).headers["Location"] == f"/statements/{SLUG}/"
    organizer.go("late/")
    organizer.fill(name="Slow Post", email="late@slow.example")
    organizer.press("Send", exact=False)
    link = mail_to(stack, "late@slow.example", "/late/")
    data = typed(organization_name="Slow Post", acronym="", email="late@slow.example", website="", country="PE")
    assert stack.post(link, data).status == 302
    assert stack.post(mail_to(stack, "late@slow.example", "/confirm/"), {"version": "1"}).status == 302
    organizer.accept_all()

    # The letter, its delivery, the answer, the thanks
    organizer.go("letters/")
    organizer.press("Make the letter pack")
    made = wait_for(lambda: stack.query("SELECT id FROM signon_letterpack WHERE state = 'made'"), 60, "the letter")
    page.goto(f"{stack.url}/desk/letters/{made[0][0]}/")
    organizer.fill(to="The Assembly’s President")
    organizer.press("Record the delivery")
    organizer.says("Recorded: delivered to")
    organizer.go("delivery/")
    organizer.fill(from_whom="The President’s office", received_on=now.strftime("%Y-%m-%d"), words="We will listen.")
    organizer.press("Publish the answer")
    assert stack.query("SELECT state FROM campaigns_statement") == [("answered",)]
    told = public(stack)
    for each in ("Delivered to The Assembly’s President", "We will listen.", "Slow Post", "Casa de Paz"):
        assert each in told
    assert "Carla Neto" not in told
    organizer.press("Write the thanks")
    # By keyboard: above it stands a frame with the mail's preview, which takes a headless click now and then.
    page.get_by_role("button", name="Send to").press("Enter")
    wait_for(lambda: any("/verify/" in link for mail in stack.mail.to("luz@casa.example") for link in links(mail)), 60,
             "the thanks")  # fmt: skip

    # What stands is what was accepted: 3 conveners, 6 by link, 3 without it, 1 by hand, 1 late
    exported = stack.manage("export_signatories", SLUG)
    rows = list(csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"))))
    assert len(rows) == 14
    assert [row["organization"] for row in rows][:3] == CONVENERS
    assert stack.manage("verify_ledger", SLUG).endswith("chains are intact.\n")
    invitations = dict(stack.query("SELECT state, count(*) FROM signon_invitation GROUP BY state"))
    assert invitations["signed"] == 9
    assert (invitations["bounced"], invitations["refused"], invitations["asks"]) == (1, 1, 1)

    # All of it in one file
    organizer.go("delivery/")
    organizer.press("Make the archive")
    wait_for(
        lambda: stack.query("SELECT 1 FROM signon_export WHERE format = 'zip' AND digest <> ''"), 60, "the archive"
    )
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert {"statement.json", "signatories.csv", "answers/1.md"} <= set(names)
