"""Somebody claims their organization, and signs the next statement for it with one click."""

import pytest

from tests.browser.looks import DESK, look, look_named
from tests.smtp import links
from tests.stack import wait_for

SLUG = "third-world-network"


@pytest.fixture(scope="module")
def known(stack):
    """Staff recorded the organization's domain."""
    (number,) = stack.query("SELECT id FROM signon_organization WHERE slug = %s", SLUG)[0]
    stack.query(
        "INSERT INTO signon_organizationdomain (organization_id, domain, added_at) VALUES (%s, %s, now()) RETURNING id",
        number, "twn.example",
    )  # fmt: skip
    return number


@pytest.mark.parametrize(("language", "options"), DESK, ids=look_named)
def test_a_representative_claims_invites_and_signs(stack, open_page, known, language, options):
    name = f"{language.strip('/') or 'en'}-{options['viewport']['width']}-{options['color_scheme']}"
    address = f"ana-{name.lower()}@twn.example"
    page = open_page(**options)
    page.goto(f"{stack.url}{language}/organizations/{SLUG}/")
    page.locator("a[href*='/accounts/claim/']").click()
    page.locator("input[name=email]").wait_for()
    look(page, f"seats-{name}-prove")
    page.locator("input[name=email]").fill(address)
    page.locator("main button.button").click()
    page.wait_for_url("**/accounts/code/")
    look(page, f"seats-{name}-code")
    mail = wait_for(lambda: stack.mail.to(address), 60, "the code")[0]
    page.locator("input[name=code]").fill(mail["Subject"].rpartition(" ")[2])
    page.locator("main button.button").click()
    page.wait_for_url(f"**/accounts/claim/{SLUG}/")
    look(page, f"seats-{name}-claim")
    page.locator("input[name=name]").fill("Ana Neto")
    page.locator("main button.button").click()
    page.wait_for_url("**/accounts/seats/")
    look(page, f"seats-{name}-seats")
    page.locator(".account-rows a").first.click()
    page.wait_for_url("**/accounts/seats/*/")
    if page.locator("input[name=email]").count():  # the first one is the owner
        page.locator("input[name=email]").fill("omar@elsewhere.example")
        page.locator("form[action*='/invite/'] button").click()
        page.wait_for_url("**/accounts/seats/*/")
        offer = wait_for(lambda: stack.mail.to("omar@elsewhere.example"), 60, "the offer")[0]
        other = open_page(**options)
        other.goto(next(link for link in links(offer) if "/offer/" in link))
        look(other, f"seats-{name}-offer")
    look(page, f"seats-{name}-seat")
    page.locator("a[href*='/sign/']").first.click()
    look(page, f"seats-{name}-sign")
    page.locator("main form.form button.button").click()
    page.wait_for_url("**/accounts/seats/*/")
    look(page, f"seats-{name}-signed")

    def to_withdraw():
        return next(
            (link for each in stack.mail.to(address) for link in links(each) if "sign-ons/manage" in link), None
        )

    # For the next look there is something to sign again.
    assert stack.post(wait_for(to_withdraw, 60, "the mail with the way to withdraw"), {"sure": "on"}).status == 302
