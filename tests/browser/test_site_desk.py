"""The public site is written in Chromium: a preview follows what is typed, and every page of it is under axe."""

import pytest

from tests.browser.looks import DESK, findings, look_named, picture
from tests.browser.test_desk import STAFF, sign_in


@pytest.fixture(scope="module")
def password(stack):
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


def test_a_post_is_written_with_its_preview_beside_it(stack, page, password):
    sign_in(stack, page, password)
    page.goto(f"{stack.url}/desk/site/posts/new/")
    page.get_by_role("textbox", name="Title").fill("Roses for all")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name="Roses for all").wait_for()
    page.get_by_role("textbox", name="Text", exact=True).fill("## Why\n\nBecause **all** march.")
    page.locator(".site-preview h2", has_text="Why").wait_for()
    assert page.locator(".site-preview strong").inner_text() == "all"
    page.get_by_role("button", name="Save English").click()
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("link", name="French").click()
    page.get_by_role("textbox", name="Title").nth(1).fill("Des roses")
    page.get_by_role("button", name="Save French").click()
    page.get_by_text("Saved.").wait_for()
    assert stack.query("SELECT language, title FROM campaigns_postwords WHERE title = 'Des roses'") == [
        ("fr", "Des roses")
    ]


def test_who_leaves_particulars_unsaved_is_asked_first(stack, page, password):
    sign_in(stack, page, password)
    [(post,)] = stack.query("SELECT min(id) FROM campaigns_post")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    for typed in (False, True):
        page.goto(f"{stack.url}/desk/site/posts/{post}/particulars/")
        if typed:
            page.locator("[name=author]").fill("Somebody")
        page.get_by_role("link", name="Publication").click()
        page.wait_for_url("**/publish/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("script", [True, False])
def test_a_language_that_is_not_saved_stays_on_the_page(stack, open_page, password, script):
    page = open_page(java_script_enabled=script)
    sign_in(stack, page, password)
    [(post,)] = stack.query("SELECT min(id) FROM campaigns_post")
    page.goto(f"{stack.url}/desk/site/posts/{post}/?beside=fr")
    page.locator("[name=en-excerpt]").fill(f"Saved, {script}")
    page.locator("[name=fr-title]").fill(f"Pas encore, {script}")
    page.get_by_role("button", name="Save English").click()
    page.get_by_text("Not saved yet: French.").wait_for()
    assert page.locator("[name=en-excerpt]").input_value() == f"Saved, {script}"
    assert page.locator("[name=fr-title]").input_value() == f"Pas encore, {script}"


@pytest.mark.parametrize("script", [True, False])
def test_a_photo_is_chosen_with_the_keyboard_alone(stack, open_page, password, script):
    page = open_page(java_script_enabled=script)
    sign_in(stack, page, password)
    [(post,)] = stack.query("SELECT min(id) FROM campaigns_post")
    page.goto(f"{stack.url}/desk/site/posts/{post}/particulars/")
    page.locator(".photo-card input:checked").focus()
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".photo-card:has(:checked) img")
    assert chosen.get_attribute("alt").startswith("Placeholder for a photo")
    file = chosen.get_attribute("src")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert page.locator(".photo-card:has(:checked) img").get_attribute("src") == file
    assert stack.query("SELECT photo_id FROM campaigns_post WHERE id = %s", post) != [(None,)]


def test_a_draft_is_deleted_after_a_page_that_asks_without_script(stack, open_page, password):
    page = open_page(java_script_enabled=False)
    sign_in(stack, page, password)
    page.goto(f"{stack.url}/desk/site/posts/new/")
    page.get_by_role("textbox", name="Title").fill("Came to nothing")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Publication").click()
    page.get_by_role("link", name="Delete this draft").click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("Deleted.").wait_for()
    assert stack.query("SELECT 1 FROM campaigns_postwords WHERE title = 'Came to nothing'") == []


@pytest.mark.parametrize(("language", "options"), DESK, ids=look_named)
def test_every_page_is_calm_and_accessible(stack, open_page, password, language, options):
    page = open_page(**options)
    sign_in(stack, page, password)
    [(post,)] = stack.query("SELECT max(id) FROM campaigns_post")
    [(event,)] = stack.query("SELECT max(id) FROM campaigns_event")
    [(campaign,)] = stack.query("SELECT min(slug) FROM campaigns_campaign")
    [(photo,)] = stack.query("SELECT max(id) FROM campaigns_photo")
    paths = {
        "posts": "posts/",
        "new-event": "events/new/",
        "text": f"posts/{post}/",
        "beside": f"posts/{post}/?beside=fr",
        "particulars": f"events/{event}/particulars/",
        "publish": f"posts/{post}/publish/",
        "history": f"posts/{post}/history/",
        "delete": f"posts/{post}/delete/",
        "delete-photo": f"photos/{photo}/delete/",
        "pages": "pages/",
        "photos": "photos/",
        "photo": f"photos/{photo}/",
        "new-photo": "photos/new/",
        "documents": "documents/",
        "new-document": "documents/new/",
        "network": "network/",
        "network-words": "network/words/",
        "network-countries": "network/countries/",
        "senders": "network/senders/",
        "sender": f"network/senders/{campaign}/",
    }
    for name, path in paths.items():
        page.goto(f"{stack.url}{language}/desk/site/{path}")
        picture(page, f"{name}-{options['viewport']['width']}-{language.strip('/') or 'en'}")
        assert findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
