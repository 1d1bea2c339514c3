"""The desk in Chromium: a queue cleared by keyboard alone, the same without JavaScript, and every page under axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looks import DESK, look_named
from tests.posted import typed
from tests.smtp import links
from tests.stack import wait_for

STATEMENT = "/statements/initial-elements-2016/"
STAFF = "staff@network.example"


def sign_and_confirm(stack, number, **fields):
    """An organization's sign-on, confirmed by the link in its mail."""
    address = f"representative{number}@organization{number}.example"
    stack.post(
        f"{STATEMENT}sign/", typed(organization_name=f"Organization {number}", acronym="", email=address, **fields)
    )
    mail = wait_for(lambda: stack.mail.to(address), 60, "the verification mail")[0]
    stack.post(next(link for link in links(mail) if "/confirm/" in link), {"version": "1"})


@pytest.fixture(scope="module")
def password(stack):
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


def sign_in(stack, page, password):
    page.goto(f"{stack.url}/accounts/login/?next=/desk/")
    page.locator("input[name=login]").fill(STAFF)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")


def states(stack):
    found = stack.query("SELECT organization_name, state FROM signon_signon WHERE email <> '' ORDER BY id")
    return {name: state for name, state in found if name.startswith("Organization ")}


def test_a_queue_of_ten_is_cleared_by_keyboard_alone(stack, page, password):
    for number in range(10):
        sign_and_confirm(stack, number)
    sign_in(stack, page, password)

    def press(key):
        page.wait_for_load_state()  # with the script that listens
        page.keyboard.press(key)

    def told(words):
        page.get_by_role("status").get_by_text(words).wait_for()

    # Along the list and into the oldest
    page.goto(f"{stack.url}/desk/sign-ons/")
    press("j")
    press("j")
    press("k")
    press("Enter")
    page.get_by_role("heading", name="Organization 0").wait_for()

    # The help opens and closes
    press("?")
    expect(page.get_by_text("undo the decision that is told of above")).to_be_visible()
    press("Escape")

    # Accepted, and the next stands there at once; then declined with a reason from the list
    press("a")
    told("Accepted: “Organization 0”.")
    page.get_by_role("heading", name="Organization 1").wait_for()
    press("d")
    press("ArrowDown")
    press("Enter")
    told("Declined: “Organization 1”.")

    # Undone
    page.get_by_role("heading", name="Organization 2").wait_for()
    press("u")
    told("Taken back: “Organization 1”. No mail goes out.")
    assert states(stack)["Organization 1"] == "confirmed"

    # A note is typed, with letters that are keys elsewhere
    page.get_by_role("heading", name="Organization 1").wait_for()
    press("n")
    page.keyboard.type("adjuk")
    press("Tab")
    press("Enter")
    told("Noted.")

    for _number in range(9):
        heading = page.locator("h1").inner_text()
        press("a")
        told(f"Accepted: “{heading}”.")
    page.get_by_text("Nothing stands here.").wait_for()
    assert set(states(stack).values()) == {"accepted"}
    assert len(states(stack)) == 10


def test_a_case_is_decided_without_javascript(stack, open_page, password):
    sign_and_confirm(stack, 20)
    page = open_page(java_script_enabled=False)
    sign_in(stack, page, password)
    page.get_by_role("link", name="Begin with the oldest").click()
    page.get_by_role("heading", name="Organization 20").wait_for()
    page.get_by_text("Decline…").click()
    page.get_by_label("The organization could not be found").check()
    page.get_by_role("button", name="Decline", exact=True).click()
    expect(page.get_by_text("Declined: “Organization 20”.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back: “Organization 20”. No mail goes out.")).to_be_visible()


@pytest.mark.parametrize(("language", "look"), DESK, ids=look_named)
def test_every_page_of_the_desk_fits_and_is_accessible(stack, open_page, password, language, look):
    if "Organization 30" not in states(stack):
        sign_and_confirm(stack, 30, country="MX")
    number = stack.query("SELECT id FROM signon_signon WHERE organization_name = 'Organization 30'")[0][0]
    first, second = (row[0] for row in stack.query("SELECT id FROM signon_organization ORDER BY id LIMIT 2"))
    page = open_page(**look)
    sign_in(stack, page, password)
    for path in [
        "/desk/", "/desk/sign-ons/", "/desk/sign-ons/?part=decided", "/desk/sign-ons/?part=withdrawn",
        f"/desk/sign-ons/{number}/",
        f"/desk/sign-ons/decide/accept/?chosen={number}", "/desk/rules/", "/desk/me/", "/desk/mail/",
        "/desk/mail/kinds/",
        "/desk/mail/kinds/question/", "/desk/mailings/", "/desk/mailings/new/", "/desk/organizations/",
        f"/desk/organizations/{first}/", f"/desk/organizations/{first}/merge/{second}/", "/desk/statements/",
        "/desk/statements/saving-lives-2020/export/", "/desk/exports/",
    ]:  # fmt: skip
        page.goto(stack.url + language + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
