"""Pages without what makes them handsome: without a style sheet, without script, on paper."""

import io

import pypdfium2
import pytest

STATEMENT = "/statements/initial-elements-2016/"
LETTER = "/statements/saving-lives-2020/"
BARE = ["/", LETTER, f"{STATEMENT}sign/", f"{LETTER}signatories/", f"{LETTER}numbers/", f"/ar{LETTER}numbers/"]
# Everything drawn that is wider than the page, or taller than it; headings that skip a level; drawings all in black.
FAULTS = """() => {
    const found = [];
    for (const each of document.querySelectorAll("svg, img")) {
        const { width, height } = each.getBoundingClientRect();
        const most = each.closest(".carousel, .masthead-name") ? 1600 : 1000;
        if (width > most || height > 1700 || !each.getAttribute("width")) found.push(each.outerHTML.slice(0, 80));
    }
    const logo = document.querySelector(".masthead-name img");
    if (logo && logo.getBoundingClientRect().height > 48) found.push("logo");
    const land = document.querySelector(".country-map-rest"), full = document.querySelector(".country-map-3");
    if (land && getComputedStyle(land).fill === getComputedStyle(full).fill) found.push("map");
    const line = document.querySelector(".chart-line");
    if (line && getComputedStyle(line).fill !== "none") found.push("line");
    let before = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
        const level = Number(heading.tagName[1]);
        if (level > before + 1) found.push(heading.outerHTML.slice(0, 80));
        before = level;
    }
    const order = ["header.masthead", "main h1", "footer"].map((each) => document.querySelector(each));
    const follows = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (!follows(order[0], order[1]) || !follows(order[1], order[2])) found.push("order");
    return found;
}"""


@pytest.mark.parametrize("path", BARE)
def test_a_page_without_its_style_sheets_can_be_read(stack, open_page, path):
    page = open_page(viewport={"width": 1000, "height": 800})
    page.route("**/*.css", lambda route: route.fulfill(status=200, content_type="text/css", body=""))
    page.goto(stack.url + path)
    assert page.evaluate(FAULTS) == []


def test_without_script_one_searches_finds_and_passes_on(stack, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"{stack.url}/")
    page.locator(".masthead-nav").get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("Domestic Workers")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Five Years of Progress").first.click()
    page.wait_for_url("**/news/five-years-of-progress-for-domestic-workers/")
    page.goto(f"{stack.url}{LETTER}signatories/")
    page.get_by_label("Find a name").fill("third world")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Third World Network", exact=True).first.click()
    page.wait_for_url("**/organizations/**")
    page.goto(f"{stack.url}{STATEMENT}#share")
    ways = page.locator("#share a")
    assert ways.count() >= 7
    assert all(ways.nth(place).get_attribute("href") for place in range(ways.count()))
    assert page.locator("#share button:visible").count() == 0  # it could copy nothing


@pytest.mark.parametrize("form", ["A4", "Letter"])
@pytest.mark.parametrize("language", ["", "/ar"])
def test_a_statement_on_paper_is_the_letter_its_names_and_where_it_stands(stack, open_page, language, form):
    page = open_page()
    page.goto(stack.url + language + STATEMENT)
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(format=form))) as printed:
        pages = [each.get_textpage().get_text_range() for each in printed]
    words = " ".join(pages)
    assert "All migrants have all human rights." in words
    assert f"{stack.url}{STATEMENT}" in words.replace("\r\n", "")
    assert "WIMNKeyPriorities" in words  # where its link leads
    assert "Note 3 stands in the entire document." in words
    assert f"{len(pages)} / {len(pages)}" in pages[-1]
    for button in ("Sign on", "Copy the link", "WhatsApp", "español", "Organizations", "نسخ الرابط"):
        assert button not in words


def test_a_long_list_on_paper_has_its_names_and_no_picture_to_download(stack, open_page):
    page = open_page()
    page.goto(stack.url + LETTER)
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4"))) as printed:
        words = "\n".join(each.get_textpage().get_text_range() for each in printed)
    assert "Third World Network" in words
    assert "Download as PNG" not in words
