"""While very many sign at once, Chromium computes something before it posts the form, and nobody notices."""

import shutil
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.posted import typed
from tests.stack import running

FORM = "/statements/initial-elements-2016/sign/"


@pytest.fixture(scope="module")
def busy(request):
    """The whole product, and a statement that got its one sign-on of this minute already."""
    folder = Path(tempfile.mkdtemp(prefix="undersigned-busy-"))
    with running(folder, STATEMENT_LIMIT="1/hour") as made:
        for number in range(2):
            given = typed(organization_name=f"Union {number}", email=f"a{number}@secret.example")
            assert made.post(FORM, given).status == 302
        yield made
    if not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)


def fill_in(page, url, name, email):
    page.goto(url)
    page.locator("#id_organization_name").fill(name)
    page.locator("#id_organization_type").select_option("network")
    page.locator("select[name=country]").select_option("MX", force=True)
    page.locator("#id_representative_name").fill("Ana López")
    page.locator("#id_email").fill(email)
    page.locator("#id_authorized").check()
    page.locator("#id_consent_publish").check()
    page.locator("#sign-on-form button[type=submit]").click()


def reasons(stack, name):
    return stack.query(
        "SELECT hold.reason FROM signon_signon s LEFT JOIN signon_hold hold ON hold.id = s.hold_id "
        f"WHERE organization_name = '{name}'"
    )


def test_a_browser_proves_its_work_and_its_mail_goes_out(busy, page):
    assert reasons(busy, "Union 1") == [("statement",)]
    fill_in(page, busy.url + FORM, "Red de Mujeres", "ana@redmujeres.example")
    page.wait_for_url("**/sign/sent/")
    assert reasons(busy, "Red de Mujeres") == [(None,)]


def test_without_javascript_it_is_held_and_the_page_says_so(busy, open_page):
    page = open_page(java_script_enabled=False)
    fill_in(page, busy.url + FORM, "Sin Guion", "ana@guion.example")
    page.wait_for_url("**/sign/held/")
    expect(page.get_by_role("heading", name="Your sign-on is here")).to_be_visible()
    assert reasons(busy, "Sin Guion") == [("statement",)]
    assert not page.locator("input[name=comments]").is_visible() or page.locator(".unseen").bounding_box()["x"] < 0


def test_what_was_typed_comes_along_into_another_language(busy, page):
    page.goto(busy.url + FORM)
    page.locator("#id_organization_name").fill("Red de Mujeres")
    page.locator("#id_consent_publish").check()
    page.get_by_role("link", name="français").click()
    page.wait_for_url("**/fr/statements/**")
    assert page.locator("#id_organization_name").input_value() == "Red de Mujeres"
    assert page.locator("#id_consent_publish").is_checked()
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.locator(".error-summary").count() == 0
