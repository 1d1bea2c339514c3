"""Pictures of the organizer's pages, from a draft to what was delivered; tests.browser.screenshots takes them."""

from pathlib import Path

from playwright.sync_api import Page

from tests.stack import Stack

TEXT = """# Roses for those who care

We call on the General Assembly to hear migrant domestic workers.[^1]

1. Ratify Convention 189.
2. Let nobody’s residence hang on one employer.

[^1]: ILO Convention 189, of 2011.
"""
DESK = "/desk/statements/roses-for-those-who-care/"
CONVENERS = [("Zetkin House", "DE"), ("Anna Network", "KE"), ("Mirabal Circle", "DO")]
GUESTS = """Organization\tCountry\tContact\tE-mail
Kituo cha Sheria\tKenya\tWanjiru Otieno\twanjiru@kituo.example
Red de Mujeres Migrantes\tMexico\tRosa Luna\trosa@red.example
Collectif des Femmes\tSenegal\tAwa Ndiaye\tawa@collectif.example
"""


def organizer(page: Page, stack: Stack, folder: Path) -> None:
    """A statement of staff's own from its first page on; the page is logged in as an administrator's."""

    def shot(name: str, path: str, full_page: bool = False) -> None:
        page.goto(stack.url + path)
        page.screenshot(path=folder / f"{name}.png", full_page=full_page)

    shot("organizing-new", "/desk/statements/new/", full_page=True)
    page.locator("input[name=file]").set_input_files(
        {"name": "roses.md", "mimeType": "text/markdown", "buffer": TEXT.encode()}
    )
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(f"**{DESK}**")
    shot("organizing-checklist", DESK, full_page=True)
    shot("organizing-text", f"{DESK}text/", full_page=True)
    page.goto(f"{stack.url}{DESK}conveners/")
    for name, country in CONVENERS:
        page.locator("[name=name]").fill(name)
        page.locator("[name=email]").fill(f"office@{name.split()[0].lower()}.example")
        if page.locator("[name=country]").count():
            page.locator("[name=country]").select_option(country)
        page.get_by_role("button", name="Add").first.click()
        page.get_by_text(name).first.wait_for()
    shot("organizing-conveners", f"{DESK}conveners/", full_page=True)
    page.goto(f"{stack.url}{DESK}invitations/add/")
    page.locator("textarea[name=text]").fill(GUESTS)
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("Wanjiru Otieno").first.wait_for()
    page.screenshot(path=folder / "organizing-invitations.png", full_page=True)


def delivered(page: Page, stack: Stack, folder: Path) -> None:
    """The letter of 2020, once it is delivered: its overview, a network’s coverage, and the story so far."""
    statement = "/statements/saving-lives-2020/"
    for name, path in (
        ("organizing-overview", f"/desk{statement}"),
        ("coverage", f"/desk{statement}coverage/"),
        ("organizing-delivery", f"/desk{statement}delivery/"),
    ):
        page.goto(stack.url + path)
        page.screenshot(path=folder / f"{name}.png", full_page=name != "coverage")
