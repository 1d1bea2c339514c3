"""Pictures of the product for docs/, taken from the demo: `make screenshots`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.find_chromium import executable
from tests.posted import typed
from tests.servers import own_servers
from tests.smtp import links
from tests.stack import Stack, running, wait_for

STATEMENT = "/statements/initial-elements-2016/"
LETTER = "/statements/saving-lives-2020/"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
PICTURES = {
    "home": ("/", WIDE, "light"),
    "statement": (STATEMENT, WIDE, "light"),
    "statement-dark": (STATEMENT, WIDE, "dark"),
    "statement-phone": (STATEMENT, PHONE, "light"),
    "form": (f"{STATEMENT}sign/", WIDE, "light"),
    "form-phone-dark": (f"{STATEMENT}sign/", PHONE, "dark"),
    "closed": (LETTER, WIDE, "light"),
    "signatories": (f"{LETTER}signatories/", WIDE, "light"),
    "arabic-phone": (f"/ar{STATEMENT}", PHONE, "light"),
}


def main(folder: Path) -> None:
    """Write each picture as PNG into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        own_servers(),
        tempfile.TemporaryDirectory() as place,
        running(Path(place)) as stack,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", "--disable-gpu"])
        for name, (path, size, look) in PICTURES.items():
            page = browser.new_page(viewport=size, color_scheme=look)
            page.goto(stack.url + path)
            page.screenshot(path=folder / f"{name}.png")
        _staff(browser.new_page(viewport=WIDE), stack, folder)
        browser.close()


def _staff(page: Page, stack: Stack, folder: Path) -> None:
    for number, name in enumerate(["Red de Mujeres Migrantes", "Kituo cha Sheria", "Collectif des Femmes"]):
        address = f"representative{number}@organization{number}.example"
        stack.post(f"{STATEMENT}sign/", typed(organization_name=name, acronym="", email=address))
        mail = wait_for(lambda to=address: stack.mail.to(to), 60)[0]
        link = next(link for link in links(mail) if "/confirm/" in link)
        if number == 0:
            page.goto(link)
            page.screenshot(path=folder / "confirm.png")
        stack.post(link, {"version": "1"})
    password = stack.manage("make_staff", "staff@network.example", "administrator").split("Password: ")[1].strip()
    page.goto(f"{stack.url}/admin/")
    page.locator("input[name=login]").fill("staff@network.example")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    for name, path in {"verify": "?state__exact=confirmed", "export": "export/?state__exact=accepted"}.items():
        page.goto(f"{stack.url}/admin/signon/signon/{path}")
        page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
