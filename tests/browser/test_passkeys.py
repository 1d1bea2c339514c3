"""Passkeys in Chromium, with an authenticator that the browser makes up (CDP WebAuthn); and every page of accounts."""

import secrets
import tempfile
from pathlib import Path

import pytest

from tests.browser.looks import DESK, look, look_named
from tests.stack import running, wait_for


@pytest.fixture(scope="module")
def stack():
    """As in production: staff need a second factor."""
    with running(Path(tempfile.mkdtemp(prefix="undersigned-passkeys-")), TESTS_OF_THE_SECOND_FACTOR="1") as made:
        yield made


@pytest.fixture
def staff(stack):
    """An account of its own for each test: its address and its password."""
    address = f"staff-{secrets.token_hex(4)}@network.example"
    return address, stack.manage("make_staff", address, "administrator").split("Password: ")[1].strip()


def authenticator(page, **options):
    """A device that keeps passkeys, for this page; its keys can be looked at, and put into another one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    number = session.send("WebAuthn.addVirtualAuthenticator", {"options": made | options})["authenticatorId"]
    return session, number


def keys(device):
    session, number = device
    return session.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]


def type_in(stack, page, staff, path="/desk/", language=""):
    page.goto(f"{stack.url}{language}/accounts/login/?next={language}{path}")
    page.locator("input[name=login]").fill(staff[0])
    page.locator("input[name=password]").fill(staff[1])
    page.locator("main button.button").first.click()


def test_staff_add_a_passkey_come_to_the_desk_and_sign_in_with_it_alone(stack, page, open_page, staff):
    device = authenticator(page)
    type_in(stack, page, staff, "/desk/mail/")
    page.wait_for_url("**/accounts/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("What you call it").fill("My telephone")
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.get_by_role("link", name="I have them: go on").click()
    page.wait_for_url("**/desk/mail/")
    (key,) = keys(device)
    assert key["isResidentCredential"]

    # Another browser, the same telephone: no address, no password, no second question.
    other = open_page()
    device = authenticator(other)
    device[0].send("WebAuthn.addCredential", {"authenticatorId": device[1], "credential": key})
    other.goto(f"{stack.url}/accounts/login/?next=/desk/me/")
    other.get_by_role("button", name="Use a passkey").click()
    other.wait_for_url("**/desk/me/")

    # After a password it is the second factor.
    third = open_page()
    device = authenticator(third)
    device[0].send("WebAuthn.addCredential", {"authenticatorId": device[1], "credential": key})
    type_in(stack, third, staff)
    third.wait_for_url("**/accounts/login/factor/")
    third.get_by_role("button", name="Use a passkey").click()
    third.wait_for_url("**/desk/")

    # Removed, it opens nothing.
    third.goto(f"{stack.url}/accounts/")
    third.get_by_role("listitem").filter(has_text="My telephone").get_by_role("link", name="Remove").click()
    third.get_by_role("button", name="Remove it").click()
    third.wait_for_url("**/accounts/")
    fourth = open_page()
    device = authenticator(fourth)
    device[0].send("WebAuthn.addCredential", {"authenticatorId": device[1], "credential": key})
    fourth.goto(f"{stack.url}/accounts/login/")
    fourth.get_by_role("button", name="Use a passkey").click()
    fourth.get_by_text("This is not right").wait_for()


def test_an_older_security_key_is_a_second_factor(stack, page, open_page, staff):
    options = {"protocol": "u2f", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
    device = authenticator(page, **options)
    type_in(stack, page, staff)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("link", name="I have them: go on").click()
    page.wait_for_url("**/desk/")
    (key,) = keys(device)
    other = open_page()
    device = authenticator(other, **options)
    device[0].send("WebAuthn.addCredential", {"authenticatorId": device[1], "credential": key | {"rpId": "localhost"}})
    type_in(stack, other, staff)
    other.get_by_role("button", name="Use a passkey").click()
    other.wait_for_url("**/desk/")
    other.goto(f"{stack.url}/accounts/")
    other.get_by_role("link", name="Remove").first.click()
    other.get_by_role("button", name="Remove it").click()
    other.wait_for_url("**/accounts/")


def test_a_passkey_that_is_not_there_is_said_in_words(stack, page):
    device = authenticator(page, isUserVerified=False)
    page.goto(f"{stack.url}/accounts/login/")
    device[0].send("WebAuthn.setUserVerified", {"authenticatorId": device[1], "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("That did not work").wait_for()


def test_a_mailed_code_and_an_app_work_without_a_script(stack, open_page, staff):
    from tests.accounts import app_code

    page = open_page(java_script_enabled=False)
    page.goto(f"{stack.url}/accounts/login/?next=/desk/")
    assert page.get_by_role("button", name="Use a passkey").count() == 0
    before = len(stack.mail.to(staff[0]))
    page.get_by_label("E-mail address").fill(staff[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    mails = wait_for(lambda: [m for m in stack.mail.to(staff[0])[before:] if "code" in m["Subject"]], 60, "the code")
    page.get_by_label("Code").fill(mails[0]["Subject"].rpartition(" ")[2])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_text("Or type this key into it").click()
    secret = page.locator("code").text_content()
    page.get_by_label("Code").fill(app_code(secret))
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="I have them: go on").click()
    page.wait_for_url("**/desk/")
    new = [mail for mail in stack.mail.to(staff[0]) if "new device" in mail["Subject"]]
    assert wait_for(lambda: new or [m for m in stack.mail.to(staff[0]) if "new device" in m["Subject"]], 60)
    page.goto(f"{stack.url}/accounts/factors/app/remove/")
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url("**/accounts/")


PAGES = ["", "addresses/", "sessions/", "password/change/", "password/remove/", "factors/passkeys/add/",
         "factors/codes/", "factors/codes/new/", "factors/app/", "logout/"]  # fmt: skip
ENTRANCE = ["login/", "password/reset/", "password/reset/sent/", "password/reset/key/1/x/", "signup/",
            "password/reset/key/done/", "second-factor/stop/x/"]  # fmt: skip


@pytest.mark.parametrize(("language", "options"), DESK, ids=look_named)
def test_every_page_of_accounts_is_readable_in_each_look(stack, open_page, staff, language, options):
    page = open_page(**options)
    name = f"{language.strip('/') or 'en'}-{options['viewport']['width']}-{options['color_scheme']}"
    for path in ENTRANCE:
        page.goto(f"{stack.url}{language}/accounts/{path}")
        look(page, f"{name}-{path.strip('/').replace('/', '-')}")
    device = authenticator(page)
    type_in(stack, page, (staff[0], ""), language=language)
    page.wait_for_url("**/accounts/login/code/**")
    look(page, f"{name}-code")
    page.locator("form.aside-actions button").click()
    page.wait_for_url("**/accounts/login/")
    type_in(stack, page, staff, language=language)
    page.wait_for_url("**/accounts/second-factor/")
    look(page, f"{name}-second-factor")
    page.goto(f"{stack.url}{language}/accounts/factors/passkeys/add/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/factors/codes/")
    for path in PAGES:
        page.goto(f"{stack.url}{language}/accounts/{path}")
        look(page, f"{name}-own-{path.strip('/').replace('/', '-')}")
    (key,) = keys(device)
    again = open_page(**options)
    other = authenticator(again)
    other[0].send("WebAuthn.addCredential", {"authenticatorId": other[1], "credential": key})
    type_in(stack, again, staff, language=language)
    again.wait_for_url("**/accounts/login/factor/")
    look(again, f"{name}-factor")
    page.goto(f"{stack.url}{language}/accounts/")
    page.locator("a[href*='/remove/'][href*='passkeys']").first.click()
    look(page, f"{name}-remove")
    page.locator("main button.button").click()
    page.wait_for_url("**/accounts/")
