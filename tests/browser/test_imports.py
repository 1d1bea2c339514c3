"""An import in Chromium: a real spreadsheet through the four steps, with the real worker, and every step under axe."""

import io

import pytest
import xlsxwriter
from axe_playwright_python.sync_playwright import Axe

from tests.browser.looks import DESK, look_named
from tests.browser.test_desk import sign_in

STAFF = "staff@network.example"
IMPORT = "/desk/statements/international-womens-day/import/"
ROWS = [
    ("Organization", "Country", "E-mail"),
    ("Third World Network (TWN)", "Malaysia", "twn@twn.example"),
    ("Tebtebba", "Korea", ""),
    ("Fundación Ifarma", "Colomba", ""),
    ("Third World Network", "Malaysia", ""),
    ("جمعية النساء", "المغرب", ""),
]


@pytest.fixture(scope="module")
def password(stack):
    stack.start_bulk_worker()
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


def workbook(of=""):
    """A list as people keep it; `of` makes its organizations others than those that came in before."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Signed")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, (f"{of} {number}" if of and number else row[0], *row[1:]))
    return {"name": "signed.xlsx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}


def test_a_spreadsheet_comes_in_and_goes_again(stack, page, password):
    sign_in(stack, page, password)
    page.goto(stack.url + IMPORT)
    page.get_by_label("A spreadsheet").set_input_files(files=[workbook()])
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("heading", name="What do the columns hold?").wait_for()
    page.get_by_label("Where and when was it published or signed?").fill("A newspaper, 1 May 2020")
    page.get_by_label("The list was published elsewhere").check()
    page.get_by_role("button", name="Look at the rows").click()

    page.get_by_text("We read “Colomba” as Colombia").wait_for()
    page.get_by_role("button", name="South Korea").click()
    page.get_by_text("4 rows will be imported").wait_for()
    page.get_by_role("link", name="Go on to the import").click()
    page.get_by_role("button", name="Import 4 sign-ons").click()
    page.get_by_text("sign-ons came with it").wait_for()
    came = "SELECT count(*) FROM signon_signon WHERE source_note = 'A newspaper, 1 May 2020' AND state = 'accepted'"
    assert stack.query(came) == [(4,)]

    page.get_by_text("Take this import back…").click()
    page.get_by_role("button", name="Take it back as a whole").click()
    page.get_by_text("Nothing: all its sign-ons are withdrawn").wait_for()


@pytest.mark.parametrize(("language", "look"), DESK, ids=look_named)
def test_every_step_fits_and_is_accessible(stack, open_page, password, language, look):
    page = open_page(**look)
    sign_in(stack, page, password)

    def check():
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"

    page.goto(stack.url + language + IMPORT)
    check()
    page.locator("input[type=file]").set_input_files(files=[workbook(f"Weavers {DESK.index((language, look))}")])
    page.locator("main form[enctype] button[type=submit]").click()
    page.wait_for_url("**/columns/")
    check()
    page.locator("[name=source]").fill("A newspaper")
    page.locator("[name=consent][value=on_file]").check()
    page.locator("form.import-columns button[type=submit]").click()
    page.locator("#row-5").wait_for()
    check()
    rows = page.url
    page.goto(f"{rows}2/")
    check()
    page.goto(rows.replace("/rows/", "/apply/"))
    check()
    page.locator("button[name=taken], input[name=taken] ~ p button").click()
    page.wait_for_url(rows.replace("/rows/", "/"))
    page.locator(".desk-count b").wait_for()
    check()
