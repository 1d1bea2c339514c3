"""A list taken along from the desk in Chromium: what is chosen is what comes."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_desk import STAFF, sign_in
from tests.stack import wait_for

EXPORT = "/desk/statements/saving-lives-2020/export/"


@pytest.fixture(scope="module")
def password(stack):
    return stack.manage("make_staff", STAFF, "administrator").split("Password: ")[1].strip()


def rows(download):
    return list(csv.DictReader(io.StringIO(Path(download.path()).read_text(encoding="utf-8-sig"), newline="")))


def test_what_stands_in_the_form_is_fetched_also_before_it_was_looked_at(stack, page, password):
    sign_in(stack, page, password)
    page.goto(stack.url + EXPORT)
    page.get_by_label("Country", exact=True).select_option("KE")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list").click()
    assert {row["country"] for row in rows(download.value)} == {"KE"}
    assert stack.query("SELECT rows FROM signon_export") == [(4,)]


def test_a_choice_is_ordered_kept_and_prepared_without_javascript(stack, open_page, password):
    stack.start_bulk_worker()
    page = open_page(java_script_enabled=False, viewport={"width": 375, "height": 800})
    sign_in(stack, page, password)
    page.goto(f"{stack.url}{EXPORT}?states=accepted&format=csv&columns=organization&columns=country")
    page.get_by_role("button", name="Move country up").click()
    page.get_by_label("Keep this choice as").fill("Countries first")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("Kept as “Countries first”.").wait_for()
    page.get_by_role("link", name="Countries first").click()
    expect(page.get_by_role("columnheader")).to_have_text(["country", "organization"])
    page.get_by_label("ODS").check()
    page.get_by_role("button", name="Prepare it, and tell me by mail").click()
    wait_for(lambda: stack.query("SELECT 1 FROM signon_export WHERE way = 'prepared' AND rows = 399"), 60)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".ods")
    assert "csrfmiddlewaretoken" not in page.url
