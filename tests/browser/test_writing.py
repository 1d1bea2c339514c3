"""A statement begun and written in Chromium: pasted from Word, edited as it reads, looked at, asked with questions."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import looks
from tests.browser.looks import picture
from tests.browser.test_desk import STAFF, sign_in
from tests.stack import wait_for

WORD = (Path(__file__).parents[1] / "campaigns" / "data" / "word.html").read_text("utf-8")
PASTE = """([selector, html]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "Words alone");
  const zone = document.querySelector(selector);
  zone.focus();
  zone.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def password(stack):
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


def findings(page):
    # A merged cell that was taken apart leaves an empty one; its writer is told.
    return [found for found in looks.findings(page) if found[0] != "empty-table-header"]


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save English").click()
    page.get_by_text("Saved.").wait_for()


def begin(stack, page, password):
    sign_in(stack, page, password)
    page.goto(f"{stack.url}/desk/statements/new/")
    page.evaluate(PASTE, [".paste", WORD])
    page.get_by_text("1 comment was left out.").wait_for()
    assert "SECRET" not in page.locator(".paste").inner_text()


def test_a_statement_is_pasted_from_word_and_written_as_it_reads(stack, page, password):
    begin(stack, page, password)
    picture(page, "new")
    page.get_by_label("French").check()
    assert findings(page) == []
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/text/")
    picture(page, "text")
    assert findings(page) == []
    editor = page.locator(".editor").first
    assert editor.locator("ol").first.locator(":scope > li").count() == 2
    # Looked at alone: saved as it stands.
    before = stack.query("SELECT body FROM campaigns_revisiontext ORDER BY id DESC LIMIT 1")
    save(page)
    assert stack.query("SELECT body FROM campaigns_revisiontext ORDER BY id DESC LIMIT 1") == before
    # Written in.
    page.locator(".editor").first.locator("ol > li", has_text="Listen to migrant women").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Fund their work.")
    save(page)
    [(after,)] = stack.query("SELECT body FROM campaigns_revisiontext ORDER BY id DESC LIMIT 1")
    assert "\n4. Fund their work." in after
    assert "[^1]: Universal Declaration, *article* 2." in after
    assert after.replace("\n4. Fund their work.", "") == before[0][0]


def test_a_footnote_a_heading_and_bold_words_are_made_with_the_toolbar(stack, page, password):
    begin(stack, page, password)
    page.get_by_label("Title").fill("Toolbar")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/text/")
    page.on("dialog", lambda dialog: dialog.accept("Said in Geneva."))
    editor = page.locator(".editor").first
    editor.locator("p", has_text="To this end").click()
    page.keyboard.press("End")
    page.get_by_role("button", name="Footnote").first.click()
    editor.locator("h2").first.dblclick()
    editor.locator("p", has_text="To this end").dblclick()
    page.get_by_role("button", name="Bold").first.click()
    save(page)
    [(body,)] = stack.query("SELECT body FROM campaigns_revisiontext WHERE title = 'Toolbar'")
    assert "[^3]: Said in Geneva." in body or "Said in Geneva." in body
    assert "**" in body
    page.get_by_role("button", name="Show as plain text (Markdown)").first.click()
    assert page.locator("textarea[name$='-body']").first.input_value() == body
    picture(page, "plain")


def empty(stack, page, password, *languages):
    """The editor of a statement that begins empty, in English and these languages."""
    sign_in(stack, page, password)
    page.goto(f"{stack.url}/desk/statements/new/")
    page.get_by_label("an empty page").check()
    page.get_by_label("Title").fill("Written here")
    for language in languages:
        page.get_by_label(language).check()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/text/**")
    return page.locator(".editor").first


TYPED = "First paragraph.\n\nSecond"


def test_footnotes_and_links_are_made_by_keyboard_and_undone_with_their_words(stack, page, password):
    editor = empty(stack, page, password)
    answers = ["Said in Geneva.", "womeninmigration.org"]
    page.on("dialog", lambda dialog: dialog.accept(answers.pop(0)))
    editor.click()
    page.keyboard.type("First paragraph.")
    page.keyboard.press("Enter")
    page.keyboard.type("Second")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Footnote"
    page.keyboard.press("Enter")
    page.keyboard.type(" one, ")
    page.keyboard.press("Control+k")
    assert (editor.locator("sup").count(), editor.locator("li").inner_text()) == (1, "Said in Geneva. ↩")
    for _each in range(6):
        page.keyboard.press("Control+z")
    assert (editor.locator("a").count(), editor.locator("li").count(), editor.inner_text().strip()) == (0, 0, TYPED)
    for _each in range(6):
        page.keyboard.press("Control+y")
    save(page)
    body = page.locator("textarea[name$='-body']").first.input_value()
    link = "[https://womeninmigration.org](https://womeninmigration.org)"
    assert body == f"First paragraph.\n\nSecond[^1] one, {link}\n\n[^1]: Said in Geneva."


def test_what_is_pasted_beside_a_footnote_keeps_its_own_and_is_undone_at_once(stack, page, password):
    editor = empty(stack, page, password)
    page.on("dialog", lambda dialog: dialog.accept("Said in Geneva."))
    editor.click()
    page.keyboard.type("Before")
    page.get_by_role("button", name="Footnote").click()
    page.keyboard.press("Control+End")  # among the footnotes
    before = editor.inner_html()
    page.evaluate(PASTE, [".editor", WORD])
    page.get_by_text("1 comment was left out.").wait_for()
    assert editor.locator("section.footnotes li").count() == 3
    save(page)
    body = page.locator("textarea[name$='-body']").first.input_value()
    notes = ["[^1]: Said in Geneva.", "[^2]: Universal Declaration, *article* 2.", "[^3]: Of 1951 and 1990."]
    assert [line for line in body.splitlines() if line.startswith("[^")] == notes
    assert body.startswith("Before[^1]\n\n## Rights & roses for all migrants")
    assert "write to *all* Member States.[^2]" in body
    assert before.count("<li") == 1
    # What is written behind a mark is no part of it.
    page.locator(".editor p", has_text="Before").first.click()
    page.keyboard.press("End")
    page.keyboard.type(", and after")
    save(page)
    assert page.locator("textarea[name$='-body']").first.input_value().startswith("Before[^1], and after\n")


def test_saving_one_language_keeps_what_is_not_saved_in_the_other_and_leaving_asks(stack, page, password):
    editor = empty(stack, page, password, "Arabic")
    assert page.locator(".editor").nth(1).evaluate("box => getComputedStyle(box).direction") == "rtl"
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    editor.click()
    page.keyboard.type("English words")
    page.locator(".editor").nth(1).click()
    page.keyboard.type("WHO منظمة")
    page.get_by_role("button", name="Save English").click()
    page.get_by_text("Not saved yet: Arabic.").wait_for()
    assert asked == []
    assert "English words" in page.locator(".editor").first.inner_text()
    assert "WHO منظمة" in page.locator(".editor").nth(1).inner_text()
    page.locator(".editor").nth(1).click()
    page.get_by_role("link", name="Organizations").first.click()
    wait_for(lambda: asked == ["beforeunload"], 10, "the question")
    assert "WHO" in page.locator(".editor").nth(1).inner_text()


def test_the_previews_hold_the_page_the_telephone_and_the_mail(stack, page, password):
    begin(stack, page, password)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/text/")
    page.get_by_role("link", name="Preview").click()
    page.wait_for_url("**/preview/**")
    page.frame_locator(".preview-phone").get_by_role("heading", level=1).wait_for()
    page.frame_locator(".preview-mail").get_by_text("Rights & roses").first.wait_for()
    picture(page, "preview")
    page.locator(".preview-mail").scroll_into_view_if_needed()
    picture(page, "preview-mail", full_page=False)


def test_questions_are_written_and_answered(stack, open_page, password):
    page = open_page(viewport={"width": 375, "height": 800})
    sign_in(stack, page, password)
    page.goto(f"{stack.url}/desk/statements/initial-elements-2016/questions/")
    page.get_by_role("button", name="Ask why they sign").click()
    page.get_by_label("The question in English").fill("Which of these do you do?")
    expect(page.get_by_label("Its choices in English")).to_be_hidden()
    page.get_by_label("Any of several choices").check()
    page.get_by_label("Its choices in English").fill("Research\nShelter\nLegal aid")
    page.get_by_role("button", name="Add the question").click()
    page.get_by_text("Saved.").wait_for()
    picture(page, "questions")
    assert findings(page) == []
    page.goto(f"{stack.url}/statements/initial-elements-2016/sign/")
    picture(page, "sign")
    assert findings(page) == []
    page.get_by_label("Shelter").check()


@pytest.mark.parametrize(("scheme", "path"), [("light", "/ar"), ("dark", "")])
def test_the_pages_fit_a_telephone_in_both_directions_and_lights(stack, open_page, password, scheme, path):
    page = open_page(viewport={"width": 375, "height": 800}, color_scheme=scheme)
    sign_in(stack, page, password)
    for name in ("text", "questions", "quotes", "preview"):
        page.goto(f"{stack.url}{path}/desk/statements/initial-elements-2016/{name}/")
        picture(page, f"{name}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
    page.goto(f"{stack.url}{path}/desk/statements/new/")
    picture(page, f"new-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
