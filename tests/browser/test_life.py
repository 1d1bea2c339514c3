"""A statement's life at the desk, in Chromium: without JavaScript, and every page under axe in three looks."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looks import DESK, look_named, picture
from tests.browser.test_desk import password, sign_in  # noqa: F401
from tests.smtp import links
from tests.stack import wait_for

MAKE = """
from campaigns.models import Campaign, Revision, RevisionText, Statement
statement = Statement.objects.create(slug="{slug}", campaign=Campaign.objects.first())
revision = Revision.objects.create(statement=statement, number=1, original_language="en")
body = "We call on states to end detention.[^1]\\n\\n1. End it.\\n2. Say so.\\n\\n[^1]: The Universal Declaration.\\n"
RevisionText(revision=revision, language="en").write(title="No one left behind, {slug}", body=body, lead="A lead.")
"""


def make(stack, slug):
    stack.manage("shell", "-c", MAKE.format(slug=slug))
    return f"/desk/statements/{slug}/"


def link_in(stack, address, part):
    found = wait_for(
        lambda: [link for mail in stack.mail.to(address) for link in links(mail) if part in link], 60, part
    )
    return found[-1]


def fill(page, **fields):
    for label, value in fields.items():
        page.locator(f"[name={label}]").fill(value)


def test_a_draft_becomes_open_without_javascript(stack, open_page, password):  # noqa: F811
    page, desk = open_page(java_script_enabled=False), make(stack, "journey")
    sign_in(stack, page, password)
    page.goto(stack.url + desk)
    expect(page.get_by_text("5 things are missing before it can open")).to_be_visible()
    page.get_by_role("link", name="Set it").first.click()
    fill(
        page,
        addressee="The General Assembly",
        zone="America/New_York",
        closes_at=f"{date.today().year + 1}-12-08T17:00",
    )
    page.get_by_role("button", name="Save").click()
    for _time in range(2):
        page.get_by_role("link", name="Look at it").first.click()
        page.get_by_role("button", name="I looked at it").click()
    page.get_by_role("link", name="Make a test sign-on").click()
    fill(page, organization_name="Alpha", representative_name="Asha Rao")
    page.locator("[name=country]").select_option("KE")
    page.locator("[name=organization_type]").select_option("ngo")
    page.locator("[name=authorized]").check()
    page.get_by_role("button", name="Sign on").click()
    page.goto(link_in(stack, "staff@network.example", "/sign-ons/try/"))
    page.get_by_role("button", name="Confirm this sign-on").click()
    expect(page.get_by_text("The test is done.")).to_be_visible()
    page.get_by_role("link", name="Back to the desk").click()
    expect(page.get_by_text("Everything is there: it can open")).to_be_visible()

    page.get_by_role("link", name="Inviting").click()
    for name in ("Alpha", "Beta"):
        fill(page, name=name, email=f"{name.lower()}@organization.example")
        page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Up Beta").click()
    expect(page.locator(".people .name")).to_have_text(["Beta", "Alpha"])
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Circulate it among the conveners").click()
    page.get_by_role("link", name="Inviting").click()
    page.get_by_role("button", name="Send the private link").first.click()

    beta = open_page(java_script_enabled=False)
    beta.goto(link_in(stack, "beta@organization.example", "/draft/"))
    fill(beta, words="The second demand is too weak.")
    beta.get_by_role("button", name="Send the comment").click()
    expect(beta.get_by_text("The second demand is too weak.")).to_be_visible()
    beta.locator("[name=country]").select_option("KE")
    beta.locator("[name=organization_type]").select_option("ngo")
    fill(beta, representative_name="Asha Rao")
    beta.locator("[name=authorized]").check()
    beta.locator("[name=consent_publish]").check()
    beta.get_by_role("button", name="Sign on").click()
    expect(beta.get_by_role("heading", name="Please open your e-mail")).to_be_visible()
    beta.goto(link_in(stack, "beta@organization.example", "/confirm/"))
    beta.get_by_role("button", name="Confirm this sign-on").click()
    expect(beta.get_by_text("Please do not pass it on before it is.")).to_be_visible()
    assert stack.get("/statements/journey/").status == 404

    page.reload()
    page.get_by_text("Settle it", exact=True).click()
    page.locator("[name=answer]").fill("Mended.")
    page.get_by_role("button", name="Settle it, and tell who wrote it").click()
    expect(page.get_by_text("Mended.")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    page.get_by_text("Open it now").click()
    page.get_by_role("button", name="Yes, open it").click()
    expect(page.get_by_text("It is open for signing.")).to_be_visible()
    assert stack.get("/statements/journey/").status == 200


PAGES = ["", "particulars/", "look/consent/", "look/mails/", "try/", "conveners/", "late/", "deadline/"]


@pytest.mark.parametrize(("language", "look"), DESK, ids=look_named)
def test_every_page_of_it_fits_and_is_accessible(stack, open_page, password, language, look):  # noqa: F811
    page, name = open_page(**look), f"{look_named(language)}-{look_named(look)}"
    desk = make(stack, f"looked-at-{name}")
    sign_in(stack, page, password)
    page.goto(stack.url + desk + "conveners/")
    for each in ("Red de Mujeres Migrantes", "Kituo cha Sheria"):
        address = each.split()[0].lower() + f"-{name}@organization.example"
        fill(page, name=each, email=address, contact_name="Asha Rao")
        page.get_by_role("button", name="Add", exact=True).click()
    page.goto(stack.url + desk)
    page.get_by_role("button", name="Circulate it among the conveners").click()
    page.goto(stack.url + desk + "conveners/")
    page.get_by_role("button", name="Send the private link").first.click()
    link = link_in(stack, f"red-{name}@organization.example", "/draft/")
    page.goto(link)
    fill(page, words="The second demand is too weak: it names no convention, and no date.")
    page.locator("form[action*=comment] button").click()
    in_language = link.replace("/statements/", f"{language}/statements/")
    paths = [language + desk + path for path in PAGES] + [in_language]
    paths += [f"{language}/desk/statements/initial-elements-2016/", f"{language}/desk/statements/saving-lives-2020/"]
    for path in paths:
        page.goto(path if path.startswith("http") else stack.url + path)
        where = path.strip("/").split("/")[-1][:20]
        picture(page, f"life-{name}-{where}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
