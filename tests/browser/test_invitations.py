"""From a pasted list to a signatory in Chromium: the organizer's pages and the invited one's, under axe."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import look
from tests.smtp import links
from tests.stack import wait_for

STAFF, SLUG = "organizer@network.example", "initial-elements-2016"
LIST = """Organization\tCountry\tContact\tE-mail
Kituo cha Sheria\tKenya\tWanjiru Otieno\twanjiru@kituo.example
Red de Mujeres Migrantes\tMexico\tRosa Luna\trosa@red.example
Without Address\tKenya\t\t
In Doubt\tCongo\tAimée\taimee@doubt.example
"""


@pytest.fixture(scope="module")
def password(stack):
    told = stack.manage("make_staff", STAFF, "campaign_manager").split("Password: ")[1].strip()
    stack.query(
        "INSERT INTO signon_membership (user_id, campaign_id)"
        " SELECT u.id, c.id FROM signon_user u, campaigns_campaign c"
        f" WHERE u.email = '{STAFF}' RETURNING id"
    )
    return told


@pytest.fixture(scope="module")
def administrator(stack):
    return stack.manage("make_staff", f"a.{STAFF}", "administrator").split("Password: ")[1].strip()


def sign_in(stack, page, password, email=STAFF):
    page.goto(f"{stack.url}/accounts/login/?next=/desk/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")


def test_an_organization_is_invited_signs_by_its_link_and_shows_as_signed(stack, page, open_page, password):
    desk = f"{stack.url}/desk/statements/{SLUG}/invitations"
    sign_in(stack, page, password)
    page.goto(f"{desk}/")
    look(page, "nobody")
    page.get_by_role("link", name="Choose whom to invite").first.click()
    page.wait_for_url("**/add/")
    look(page, "add")
    page.get_by_label("Or paste the list").fill(LIST)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Look at the rows").wait_for()
    look(page, "columns")
    page.get_by_role("button", name="Look at the rows").click()
    page.get_by_role("button", name="Send 2 invitations").wait_for()
    look(page, "planned")
    page.get_by_role("link", name="In Doubt").click()
    page.wait_for_url("**/desk/invitations/*/")
    look(page, "mend")
    page.get_by_label("Country").select_option("CD")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/planned/")
    page.goto(f"{desk}/words/")
    page.get_by_role("textbox", name="Your own words").first.fill("We met **in Nairobi**.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    look(page, "words")
    page.goto(f"{desk}/planned/")
    page.get_by_role("button", name="Send 3 invitations").click()
    page.get_by_text("3 invitations go out.").wait_for()
    mail = wait_for(lambda: stack.mail.to("wanjiru@kituo.example"), 90, "the invitation")[0]
    link = next(each for each in links(mail) if "/invitations/" in each).partition("#")[0]

    invited = open_page(viewport={"width": 375, "height": 800})
    invited.goto(stack.url + link if link.startswith("/") else link.replace("http://localhost:8000", stack.url))
    look(invited, "invited")
    assert not invited.get_by_label("I may sign for this organization.").is_checked()
    assert invited.get_by_label("Name of the organization").input_value() == "Kituo cha Sheria"
    invited.get_by_label("I may sign for this organization.").check()
    invited.get_by_label("The name may stand in the public list").check()
    invited.get_by_label("Type of organization").select_option("ngo")
    invited.get_by_role("button", name="Sign on").click()
    invited.get_by_role("heading", name="Kituo cha Sheria has signed").wait_for()
    expect(invited.get_by_text("It is signed and confirmed")).to_be_visible()
    invited.goto(invited.url)
    invited.get_by_role("heading", name="Kituo cha Sheria has signed").wait_for()
    look(invited, "signed")

    says_no_asks_and_comes_back(stack, open_page(viewport={"width": 375, "height": 800}))
    wants_no_more(stack, open_page(viewport={"width": 375, "height": 800}))

    page.goto(f"{desk}/?state=signed")
    look(page, "list")
    page.get_by_role("link", name="Kituo cha Sheria").click()
    page.wait_for_url("**/desk/invitations/*/")
    look(page, "one")
    expect(page.get_by_text("by the personal link")).to_be_visible()
    page.locator("dd").get_by_role("link", name="Kituo cha Sheria").click()
    page.get_by_role("link", name="Its invitation").wait_for()
    look(page, "case")


def opened(stack, page, address, language=""):
    mail = wait_for(lambda: stack.mail.to(address), 90, "the invitation")[0]
    link = next(each for each in links(mail) if "/invitations/" in each).partition("#")[0]
    path = link.replace("http://localhost:8000", "").replace(stack.url, "")
    page.goto(f"{stack.url}{language}{path}")


def says_no_asks_and_comes_back(stack, page):
    opened(stack, page, "rosa@red.example")
    page.get_by_label("Why? (optional").fill("Our assembly meets in May.")
    page.get_by_role("button", name="We will not sign").click()
    page.get_by_role("heading", name="You told us that Red de Mujeres Migrantes will not sign").wait_for()
    assert page.locator("#sign-on-form").count() == 0
    look(page, "refused")
    page.goto(page.url.replace("/invitations/", "/ar/invitations/"))
    look(page, "refused-ar")
    page.goto(page.url.replace("/ar/", "/"))
    page.get_by_label("Your question").fill("May we sign in May?")
    page.get_by_role("button", name="Send the question").click()
    page.get_by_role("heading", name="We have your question").wait_for()
    look(page, "refused-asks")
    page.get_by_role("button", name="We changed our mind: show the form").click()
    page.locator("#sign-on-form").wait_for()
    look(page, "back-asks")


def wants_no_more(stack, page):
    opened(stack, page, "aimee@doubt.example")
    page.get_by_role("link", name="No more invitations from us").click()
    page.get_by_role("button", name="No more invitations").wait_for()
    look(page, "opt-out")
    page.get_by_role("button", name="No more invitations").click()
    page.get_by_role("heading", name="We do not invite you any more").wait_for()
    look(page, "opted-out")
    opened(stack, page, "aimee@doubt.example")
    look(page, "opted-out-invitation")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375)])
def test_the_organizer_s_pages_are_good_to_look_at(stack, open_page, administrator, scheme, width):
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    sign_in(stack, page, administrator, f"a.{STAFF}")
    at = f"{stack.url}/desk/statements/{SLUG}"
    for language in ("", "/ar") if width == 375 else ("",):
        for name, path in [
            ("list", "invitations/"),
            ("add", "invitations/add/?q=action"),
            ("overview", ""),
            ("deadline", "deadline/"),
            ("sources", "sources/"),
            ("coverage", "../saving-lives-2020/coverage/"),
        ]:
            page.goto(f"{at.replace('/desk', f'{language}/desk')}/{path}")
            look(page, f"{name}{language.replace('/', '-')}-{width}-{scheme}")
        for name, path in [("networks", "networks/"), ("network", "networks/1/")]:
            page.goto(f"{stack.url}{language}/desk/{path}")
            look(page, f"{name}{language.replace('/', '-')}-{width}-{scheme}")
