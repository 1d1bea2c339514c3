"""A campaign manager adds a webhook, hands its secret over, tries it out; every page of it under axe."""

import shutil
import tempfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looks import DESK, look_named
from tests.browser.test_desk import sign_in
from tests.receiver import receiving
from tests.stack import running, wait_for


@pytest.fixture(scope="module")
def stack(request):
    folder = Path(tempfile.mkdtemp(prefix="undersigned-hooks-"))
    with running(folder, parts=("web", "bulk_worker"), WEBHOOK_NETWORKS="127.0.0.0/8") as made:
        yield made
    if not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def password(stack):
    said = stack.manage("make_staff", "staff@network.example", "campaign_manager")
    return said.split("Password: ")[1].strip()


def test_one_is_added_tried_out_and_stopped(stack, page, password):
    sign_in(stack, page, password)
    with receiving() as receiver:
        page.get_by_role("link", name="Webhooks").click()
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_role("button", name="Add").click()
        page.get_by_role("button", name="Show the secret").click()
        secret = page.locator("code").text_content()
        page.reload()
        expect(page.get_by_text("It was shown already.")).to_be_visible()
        page.get_by_role("button", name="Send a test").click()
        said = wait_for(lambda: receiver.read(secret), 30, stack.log("bulk"))
        assert [each["type"] for each in said] == ["test"]
    wait_for(lambda: stack.query("SELECT state FROM signon_announcement") == [("sent",)])
    page.reload()
    expect(page.get_by_text("A test · Taken")).to_be_visible()
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_role("heading", name="It is stopped")).to_be_visible()
    page.get_by_role("button", name="Go on from now").click()
    expect(page.get_by_role("button", name="Stop it")).to_be_visible()


@pytest.mark.parametrize(("language", "look"), DESK, ids=look_named)
def test_its_pages_fit_and_are_accessible(stack, open_page, password, language, look):
    page = open_page(**look)
    sign_in(stack, page, password)
    number = stack.query("SELECT id FROM signon_webhook")[0][0]
    for path in ("", f"{number}/", f"{number}/change/"):
        page.goto(f"{stack.url}{language}/desk/webhooks/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
