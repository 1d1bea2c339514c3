"""Pictures of the product for docs/, taken from the demo: `make screenshots`."""

import struct
import sys
import tempfile
import zlib
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page, sync_playwright

from tests.browser.find_chromium import executable
from tests.browser.organizer_screenshots import delivered, organizer
from tests.posted import typed
from tests.servers import own_servers
from tests.smtp import links
from tests.stack import Stack, running, wait_for

STATEMENT = "/statements/initial-elements-2016/"
LETTER = "/statements/saving-lives-2020/"
EVENT = "/events/womens-caucus/"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
PICTURES = {
    "statement": (STATEMENT, WIDE, "light"),
    "form": (f"{STATEMENT}sign/", WIDE, "light"),
    "form-phone-dark": (f"{STATEMENT}sign/", PHONE, "dark"),
    "event": (EVENT, WIDE, "light"),
    "event-register": (f"{EVENT}register/", WIDE, "light"),
}
# Of docs/tour.md: the public site, one picture after the other.
TOUR = {
    "tour-front": ("/", WIDE, "light"),
    "tour-front-phone-dark": ("/", PHONE, "dark"),
    "tour-front-arabic": ("/ar/", WIDE, "light"),
    "tour-news": ("/news/", WIDE, "light"),
    "tour-events": ("/events/", WIDE, "light"),
    "tour-statement": (STATEMENT, WIDE, "light"),
    "tour-statement-arabic-phone": (f"/ar{STATEMENT}", PHONE, "dark"),
    "tour-share": (f"{STATEMENT}#share", WIDE, "light"),
    "tour-signatories": (f"{LETTER}signatories/?country=KE", WIDE, "light"),
    "tour-map": (f"{LETTER}numbers/#map-title", WIDE, "light"),
    "tour-map-dark": (f"{LETTER}numbers/#map-title", WIDE, "dark"),
    "tour-organizations": ("/organizations/", WIDE, "light"),
    "tour-organization": ("/organizations/third-world-network/", WIDE, "light"),
    "tour-search": ("/search/?q=women", WIDE, "light"),
    "tour-search-phone": ("/search/?q=migraton", PHONE, "light"),
    "tour-not-found": ("/nowhere/", PHONE, "light"),
}
# Pictures that the product makes itself.
MADE = {
    "tour-share-image": f"{LETTER}share.png",
    "tour-map-arabic": f"/ar{LETTER}numbers/map.png",
}


def main(folder: Path, *names: str) -> None:
    """Write each picture as PNG into the folder; with names, those of the public site alone that they name."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        own_servers(),
        tempfile.TemporaryDirectory() as place,
        running(Path(place), parts=("web", "worker", "bulk_worker", "beat")) as stack,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", "--disable-gpu"])
        for name, (path, size, look) in (PICTURES | TOUR).items():
            if names and name not in names:
                continue
            # Whoever asked for less motion is at a part of a page at once.
            motion = "reduce" if "#" in path else "no-preference"
            page = browser.new_page(viewport=size, color_scheme=look, reduced_motion=motion)
            page.goto(stack.url + path)
            if part := path.partition("#")[2]:
                page.locator(f"#{part}").evaluate("each => each.scrollIntoView()")
            page.screenshot(path=folder / f"{name}.png")
        for name, path in MADE.items():
            if names and name not in names:
                continue
            (folder / f"{name}.png").write_bytes(stack.get(path).body)
        if not names or "confirm" in names:
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
    page.goto(f"{stack.url}/accounts/login/?next=/desk/")
    page.locator("input[name=login]").fill("staff@network.example")
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
    wait_for(lambda: not stack.query("SELECT 1 FROM signon_case WHERE gathered_at IS NULL"), 60, "the evidence")
    pages = {"desk-queue": "sign-ons/", "desk-mail": "mail/", "desk-mailing": _mailing(page, stack)}
    oldest = stack.query("SELECT id FROM signon_signon WHERE state = 'confirmed' ORDER BY confirmed_at LIMIT 1")[0][0]
    for name, path in (pages | {"desk-case": f"sign-ons/{oldest}/"}).items():
        page.goto(f"{stack.url}/desk/{path}")
        page.screenshot(path=folder / f"{name}.png")
    _import(page, stack, folder)
    page.goto(f"{stack.url}/desk/statements/saving-lives-2020/export/")
    page.screenshot(path=folder / "export.png")
    _letter(page, stack, folder)
    delivered(page, stack, folder)
    organizer(page, stack, folder)
    registrations(page, stack, folder)


def registrations(page: Page, stack: Stack, folder: Path) -> None:
    """Who comes to the demo's event, before they are told that its place was changed; an administrator looks."""
    for name, organization in (("Asha Rao", "Kituo cha Sheria"), ("Rosa Luna", "Red de Mujeres Migrantes")):
        address = f"{name.split()[0].lower()}@organization.example"
        stack.post(f"{EVENT}register/", {"name": name, "organization": organization, "email": address})
        mail = wait_for(lambda to=address: stack.mail.to(to), 60)[0]
        stack.post(next(link for link in links(mail) if "/confirm/" in link), {})
    [(number,)] = stack.query("SELECT id FROM campaigns_event WHERE slug = 'womens-caucus'")
    page.goto(f"{stack.url}/desk/site/events/{number}/particulars/")
    page.locator("[name=place]").fill("Church Center, New York")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{stack.url}/desk/site/events/{number}/registrations/")
    page.screenshot(path=folder / "event-registrations.png", full_page=True)


def _letter(page: Page, stack: Stack, folder: Path) -> None:
    """The endorsers' letter made at the desk, its printed pages, and a changed copy of its list under check."""
    stack.start_bulk_worker()
    page.goto(f"{stack.url}/desk{LETTER}letters/")
    page.screenshot(path=folder / "letter-form.png", full_page=True)
    page.get_by_role("button", name="Make the letter pack").click()
    page.get_by_role("heading", name="It was delivered").wait_for(timeout=60_000)
    page.screenshot(path=folder / "letter-made.png", full_page=True)
    pdf, table = (page.request.get(f"{page.url}{kind}/").body() for kind in ("pdf", "csv"))
    with pypdfium2.PdfDocument(pdf) as letter:
        for number in (1, 2):
            picture = letter[number - 1].render(scale=1.4, rev_byteorder=True)
            (folder / f"letter-page-{number}.png").write_bytes(_png(picture))
    page.get_by_role("button", name="Record the delivery").click()
    page.get_by_role("link", name="The page that checks it").click()
    copy = table.replace(b"All Win Network", b"All Loss Network")
    page.locator("#copy").set_input_files({"name": "letter.csv", "mimeType": "text/csv", "buffer": copy})
    page.locator(".is-different").wait_for()
    page.screenshot(path=folder / "verify.png", full_page=True)


def _png(picture: pypdfium2.PdfBitmap) -> bytes:
    """A bitmap of red, green and blue as PNG; pypdfium2 would ask Pillow."""
    pixels, width = bytes(picture.buffer), 3 * picture.width
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), picture.stride))
    size = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


LIST = """Organization,Country,E-mail
Third World Network (TWN),Malaysia,twn@twn.example
Tebtebba,Korea,tebtebba@tebtebba.example
Fundación Ifarma,Colomba,
THIRD WORLD NETWORK,Malaysia,
Confederation of Indonesia Peoples Movment,Indonesia,
"South Centre Group
Diverse Women for Diversity",India,
"""


def _import(page: Page, stack: Stack, folder: Path) -> None:
    """The four steps, as far as the last button."""
    page.goto(f"{stack.url}/desk/statements/international-womens-day/import/")
    page.screenshot(path=folder / "import-file.png")
    file = {"name": "endorsers.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.get_by_label("A spreadsheet").set_input_files(files=[file])
    page.get_by_role("button", name="Read it").click()
    page.get_by_label("Where and when").fill("Open letter on the network’s website, 30 April 2020")
    page.get_by_label("The list was published elsewhere").check()
    page.screenshot(path=folder / "import-columns.png", full_page=True)
    page.get_by_role("button", name="Look at the rows").click()
    page.get_by_role("link", name="Go on to the import").wait_for()
    page.screenshot(path=folder / "import-rows.png", full_page=True)
    page.get_by_role("link", name="Go on to the import").click()
    page.get_by_role("heading", name="What will happen").wait_for()
    page.screenshot(path=folder / "import-apply.png")


def _mailing(page: Page, stack: Stack) -> str:
    """Where a draft stands that goes to who signed in the demo."""
    page.goto(f"{stack.url}/desk/mailings/new/")
    chosen = page.locator("[name=statement] option").filter(has_text="Initial Elements").inner_text()
    page.locator("[name=statement]").select_option(label=chosen)
    page.get_by_label("Confirmed").check()
    page.get_by_label("only who wants updates", exact=False).uncheck()
    page.locator("[name=en-subject]").fill("The first demand is in the zero draft")
    page.locator("[name=en-body]").fill(
        "We met the co-facilitators on Monday.\n\n1. Our first demand is in.\n2. Talks go on."
    )
    page.get_by_role("button", name="Save and look at it").click()
    page.wait_for_url("**/desk/mailings/*/")
    return page.url.split("/desk/")[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
