"""A letter is made at the desk; whoever got it checks it in the browser, where nothing is uploaded."""

import csv
import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from signon.exports.cells import harmless
from tests.browser.looks import LANGUAGES, of
from tests.browser.test_desk import sign_in
from tests.stack import wait_for

STAFF = "staff@network.example"
LETTERS = "/desk/statements/saving-lives-2020/letters/"


@pytest.fixture(scope="module")
def password(stack):
    stack.start_bulk_worker()
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


@pytest.fixture(scope="module")
def letter(stack, chromium, password):
    """The 399 signatories' letter, made and delivered by hand at the desk: its page, and its files as fetched there."""
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    sign_in(stack, page, password)
    page.goto(stack.url + LETTERS)
    page.get_by_role("button", name="Make the letter pack").click()
    page.get_by_role("heading", name="It was delivered").wait_for(timeout=60_000)
    expect(page.get_by_text("399 organizations from 88 countries")).to_be_visible()
    files = {kind: context.request.get(f"{page.url}{kind}/").body() for kind in ("pdf", "docx", "csv")}
    page.locator("[name=to]").fill("The Director-General")
    page.get_by_role("button", name="Record the delivery").click()
    page.get_by_role("status").get_by_text("Recorded").wait_for()
    address = page.get_by_role("link", name="The page that checks it").get_attribute("href")
    context.close()
    return {"address": address, "files": files}


@pytest.fixture
def checked(stack, page, letter):
    """Gives a file to the page as one chooses it, and returns what the page says; nothing may leave the browser."""
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    page.goto(stack.url + letter["address"])

    def check(name, content, kind="text/csv"):
        del sent[:]
        page.locator("#copy").set_input_files({"name": name, "mimeType": kind, "buffer": content})
        result = page.get_by_role("status")
        result.locator(".is-same, .is-different, .is-partly").wait_for()
        assert {method for method, _url in sent} <= {"GET"}
        assert [url for _method, url in sent if "/static/" not in url and not url.endswith("/manifest.json")] == []
        return result.inner_text(), result.locator(".is-same").count() == 1

    return check


def saved_again(content, change=lambda rows: rows, **options):
    """The list as a spreadsheet saves it: semicolons, quotes, no byte order mark, other line ends."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    file = io.StringIO(newline="")
    csv.writer(file, **({"delimiter": ";", "lineterminator": "\n"} | options)).writerows(change(rows))
    return file.getvalue().encode()


@pytest.mark.parametrize("kind", ["pdf", "docx", "csv"])
def test_a_file_as_it_was_sent_is_found_to_be_the_same(checked, letter, kind):
    words, is_same = checked(f"letter.{kind}", letter["files"][kind])
    assert is_same
    assert "to the last letter" in words


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_changed_pdf_or_docx_is_not(checked, letter, kind):
    words, is_same = checked(f"letter.{kind}", letter["files"][kind][:-1] + b"!")
    assert not is_same
    assert "not one of the files" in words


@pytest.mark.parametrize(
    ("options", "encoding"),
    [
        ({}, "utf-8"),
        ({"quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"}, "utf-8-sig"),
        ({"delimiter": "\t"}, "utf-16"),
        ({"delimiter": ",", "lineterminator": "\r"}, "utf-8"),
    ],
    ids=["semicolons", "all quoted", "UTF-16 with tabs", "old Macintosh"],
)
def test_a_list_that_a_spreadsheet_saved_again_says_the_same(checked, letter, options, encoding):
    content = saved_again(letter["files"]["csv"], **options).decode().encode(encoding)
    words, is_same = checked("again.csv", content)
    assert is_same
    assert "Rows compared: 399" in words
    assert "it was saved again" in words


def test_a_changed_name_is_named_with_what_it_should_be(checked, letter):
    def change(rows):
        assert rows[3][1] == "All Win Network"
        rows[3][1] = "All Loss Network"
        return rows

    words, is_same = checked("again.csv", saved_again(letter["files"]["csv"], change))
    assert not is_same
    assert "Differences: 1." in words
    assert "Row 3" in words
    assert "your file says “All Loss Network”. Published was “All Win Network”." in words


def test_a_column_that_was_never_published_is_named_and_the_verdict_is_not_all_well(checked, letter):
    added = [("representative" if at == 0 else "Fake Person") for at in range(400)]
    content = saved_again(
        letter["files"]["csv"], lambda rows: [[*row, more] for row, more in zip(rows, added, strict=True)]
    )
    words, is_same = checked("more.csv", content)
    assert not is_same
    assert "columns that were never published and are not checked: representative" in words


def test_a_row_that_stands_twice_is_told_as_that(checked, letter):
    words, is_same = checked("twice.csv", saved_again(letter["files"]["csv"], lambda rows: [*rows, rows[5]]))
    assert not is_same
    assert "stands more often in your file" in words


def test_what_was_put_in_left_out_and_moved_to_another_country_is_told(checked, letter):
    def change(rows):
        del rows[5]
        rows[10][4] = "Atlantis"
        new = ["400", "Zz Nobody’s Foundation", "organization", "ngo", "KE", "Kenya", "", ""]
        return [rows[0], *sorted(rows[1:], key=lambda row: row[1][::-1]), new]

    gone = list(csv.reader(io.StringIO(letter["files"]["csv"].decode("utf-8-sig"), newline="")))[5][1]
    words, is_same = checked("again.csv", saved_again(letter["files"]["csv"], change))
    assert not is_same
    assert "Differences: 3." in words
    assert f"Missing: “{gone}”." in words
    assert "“Zz Nobody’s Foundation” does not stand in the published list." in words
    assert "Country’s code: your file says “Atlantis”." in words


TRICKY = [
    "=SUM(1)", "'Alo Society", "''Twice", "+Pueblo", "-", "\t@tab", "＝wide", "%", 'a "quoted", name', "semi;colon",
    "two\nlines", "Ⅷ é ñ عربي", " ", "007", "−5° Climate", "\u200b\u2060=", "\x1c-", "\x85＝", "'−", "''\u3000｜",
    "\u180e=",
]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_cells_are_read_as_they_were_meant(stack, page, letter, separator):
    """The page takes off exactly the apostrophe that the list's maker put on."""
    page.goto(stack.url + letter["address"])
    file = io.StringIO(newline="")
    rows = [["number", "name"], *([number, harmless(name)] for number, name in enumerate(TRICKY))]
    csv.writer(file, delimiter=separator).writerows(rows)
    read = """async (words) => {
        const { table } = await import("/static/signon/verify-table.js");
        return table(new TextEncoder().encode(words)).map((row) => row.name);
    }"""
    assert page.evaluate(read, file.getvalue()) == TRICKY


def test_a_list_in_a_western_european_encoding_is_read(stack, page, letter):
    page.goto(stack.url + letter["address"])
    read = """async (bytes) => {
        const { table } = await import("/static/signon/verify-table.js");
        return table(new Uint8Array(bytes)).map((row) => row.name);
    }"""
    content = "sep=;\r\nnumber;name\r\n1;Fédération “Año”\r\n;\r\n".encode("cp1252")
    assert page.evaluate(read, list(content)) == ["Fédération “Año”"]


def test_a_list_of_another_letter_ends_in_a_verdict(checked):
    rows = "".join(f"{number};Some Other Organization {number}\n" for number in range(1, 9000))
    words, is_same = checked("other.csv", f"number;name\n{rows}".encode())
    assert not is_same
    assert "Not in your file, so not compared" in words


def test_what_holds_no_list_is_told(stack, page, letter):
    page.goto(stack.url + letter["address"])
    for name, content, said in [
        ("notes.txt", b"Dear colleague,\nhere is the list.\n", "This file holds no list"),
        ("empty.csv", b"", "This file holds no list"),
        ("book.xlsx", b"PK\x03\x04rest", "Save it as CSV"),
    ]:
        page.locator("#copy").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
        page.get_by_role("status").get_by_text(said).wait_for()


def test_a_file_is_dropped_anywhere_on_the_page(stack, page, letter):
    page.goto(stack.url + letter["address"])
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["number;name\\n1;Nobody"], "dropped.csv"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.get_by_role("status").get_by_text("dropped.csv").wait_for()
    expect(page.locator("h1")).to_be_visible()


def test_without_javascript_the_page_says_how_to_compare(stack, open_page, letter):
    page = open_page(java_script_enabled=False)
    page.goto(stack.url + letter["address"])
    expect(page.locator("#copy")).to_be_hidden()
    expect(page.get_by_text("Without JavaScript this page cannot read your file.")).to_be_visible()
    page.get_by_text("How to do this without this page").click()
    expect(page.get_by_text("sha256sum saving-lives-2020-1.pdf")).to_be_visible()


def test_the_statement_s_page_says_to_whom_it_was_delivered(stack, page, letter):
    page.goto(f"{stack.url}/statements/saving-lives-2020/")
    expect(page.get_by_role("heading", name="Delivered to The Director-General")).to_be_visible()
    page.get_by_role("link", name="Check the letter").click()
    page.get_by_role("heading", name="Check your copy").wait_for()


@pytest.mark.parametrize(
    ("language", "width", "scheme"), of(LANGUAGES, [1280, 375], ["light", "dark"]), ids=lambda each: str(each) or "en"
)
def test_the_page_fits_and_is_accessible(stack, open_page, letter, language, width, scheme):
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (letter["address"], "/verify/", f"/verify/{'0' * 64}/"):
        page.goto(stack.url + language + path)
        if path == letter["address"]:
            content = saved_again(letter["files"]["csv"], lambda rows: [*rows[:7], *rows[9:]])
            page.locator("#copy").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": content})
            page.locator(".is-different li").first.wait_for()
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize(("language", "width"), [("", 1280), ("/ar", 375)])
def test_the_desk_s_pages_of_letters_fit_and_are_accessible(stack, open_page, password, letter, language, width):
    page = open_page(viewport={"width": width, "height": 800})
    sign_in(stack, page, password)
    number = wait_for(lambda: stack.query("SELECT id FROM signon_letterpack"), 10)[0][0]
    for path in ("/desk/statements/", LETTERS, f"/desk/letters/{number}/"):
        page.goto(stack.url + language + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"


def test_an_english_title_stands_where_an_arabic_page_begins(stack, page, letter):
    page.goto(f"{stack.url}/ar{letter['address']}")
    title = page.locator("main h1")
    assert title.get_attribute("dir") == "ltr"
    assert title.evaluate("title => getComputedStyle(title).textAlign") == "right"
