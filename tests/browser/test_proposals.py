"""An owner edits the organization's profile; a signer corrects what was signed; staff decide. Every page under axe."""

import io

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.browser.looks import DESK, look, look_named
from tests.browser.test_desk import STAFF, password, sign_in  # noqa: F401
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


def logo():
    picture, file = Image.new("RGB", (600, 200), "#ffffff"), io.BytesIO()
    ImageDraw.Draw(picture).ellipse((20, 20, 180, 180), fill="#66288c")
    picture.save(file, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": file.getvalue()}


def act_for_it(stack, page, language, address):
    """Claim the organization with an address at its domain: it stands at once."""
    page.goto(f"{stack.url}{language}/accounts/claim/{SLUG}/")
    page.locator("input[name=email]").fill(address)
    page.locator("main button.button").click()
    page.wait_for_url("**/accounts/code/")
    mail = wait_for(lambda: stack.mail.to(address), 60, "the code")[0]
    page.locator("input[name=code]").fill(mail["Subject"].rpartition(" ")[2])
    page.locator("main button.button").click()
    page.wait_for_url(f"**/accounts/claim/{SLUG}/")
    page.locator("input[name=name]").fill("Ana Neto")
    page.locator("main button.button").click()
    page.wait_for_url("**/accounts/seats/")


@pytest.fixture(scope="module")
def signed(stack, known, chromium):
    """Of an owner's browser the cookies, and their address, once a statement is signed with the seat."""
    context = chromium.new_context()
    page, address = context.new_page(), "ana@twn.example"
    act_for_it(stack, page, "", address)
    page.locator(".account-rows a").first.click()
    page.locator("a[href*='/sign/']").first.click()
    page.locator("main form.form button.button").click()
    page.wait_for_url("**/accounts/seats/*/")
    kept = context.storage_state()
    context.close()
    return kept, address


@pytest.mark.parametrize(("language", "options"), DESK, ids=look_named)
def test_an_owner_edits_the_profile_and_corrects_what_was_signed(
    stack,
    open_page,
    signed,
    password,  # noqa: F811
    language,
    options,
):
    kept, _address = signed
    name = f"{language.strip('/') or 'en'}-{options['viewport']['width']}-{options['color_scheme']}"
    page = open_page(**options, storage_state=kept)
    page.goto(f"{stack.url}{language}/accounts/seats/")
    page.locator(".account-rows a").first.click()
    look(page, f"seat-{name}")
    seat = page.url
    page.locator("a[href$='/profile/']").click()
    page.locator("input[name=in_directory][value=yes]").check()
    page.locator("input[name=logo]").set_input_files(logo())
    page.locator("input[name=website]").fill("twn.example")
    page.locator("input[name=names-0-name]").fill("Red del Tercer Mundo")
    page.locator("select[name=names-0-language]").select_option("es")
    page.locator("input[name=languages][value=en]").check()
    page.locator("main form button.button").click()
    page.locator(".account-success").wait_for()
    look(page, f"profile-{name}")
    page.locator("a[href$='/organizations/third-world-network/']").last.click()
    look(page, f"organization-{name}")
    expect(page.get_by_text("Red del Tercer Mundo")).to_be_visible()
    page.goto(f"{seat}name/".replace("/name/name/", "/name/"))
    page.locator("input[name=name]").fill("Third World Networks")
    look(page, f"official-{name}")
    page.locator("main form button.button").click()
    page.locator(".notice").wait_for()
    look(page, f"seat-waits-{name}")

    page.locator("a[href*='/sign-ons/']").first.click()
    look(page, f"manage-{name}")
    page.locator("a[href$='/name/']").click()
    page.locator("input[name=name]").fill(f"Third World Network {name}")
    look(page, f"manage-name-{name}")
    page.locator("main form button.button").click()
    page.locator("a[href$='/representative/']").click()
    address = f"carla-{name.lower()}@twn.example"
    page.locator("input[name=name]").fill("Carla Neto")
    page.locator("input[name=email]").fill(address)
    look(page, f"manage-representative-{name}")
    page.locator("main form button.button").click()
    page.locator(".notice").first.wait_for()
    look(page, f"manage-waits-{name}")
    mail = wait_for(lambda: stack.mail.to(address), 60, "the link")[0]
    other = open_page(**options)
    other.goto(next(link for link in links(mail) if "/represent/" in link))
    look(other, f"represent-{name}")
    page.locator("form[action*='/take-back/'] button").last.click()
    page.wait_for_url("**/sign-ons/manage/*/")
    other.locator("input[name=authorized]").check()
    other.locator("main form button.button").click()
    look(other, f"represent-ended-{name}")

    desk = open_page(**options)
    sign_in(stack, desk, password)
    desk.goto(f"{stack.url}{language}/desk/sign-ons/?part=proposed")
    look(desk, f"queue-{name}")
    desk.locator(".case-row-name a").first.click()
    look(desk, f"case-{name}")
    desk.locator("form[action*='/proposals/'] button[formaction*='accept']").click()
    desk.get_by_role("heading", name=f"Third World Network {name}").wait_for()
    desk.goto(f"{stack.url}{language}/desk/claims/")
    look(desk, f"claims-{name}")
    desk.goto(f"{stack.url}{language}/desk/")
    look(desk, f"desk-{name}")
