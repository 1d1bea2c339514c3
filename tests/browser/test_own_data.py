"""A person sees what is held of them, says what they wish, and has it erased. Every page under axe."""

import pytest

from tests.browser.looks import DESK, look, look_named
from tests.browser.test_desk import STATEMENT, password, sign_in  # noqa: F401
from tests.posted import typed
from tests.smtp import links
from tests.stack import wait_for


def mailed(stack, address, path):
    """The newest link to `path` in a mail to the address."""

    def found():
        return [link for mail in stack.mail.to(address) for link in links(mail) if path in link.removesuffix(path)]

    return wait_for(found, 60, f"a mail with a link to {path}")[-1]


@pytest.mark.parametrize(("language", "options"), DESK, ids=look_named)
def test_from_the_link_to_the_erased_case(stack, open_page, password, language, options):  # noqa: F811
    name = f"{language.strip('/') or 'en'}-{options['viewport']['width']}-{options['color_scheme']}"
    address = f"zawadi-{name.lower()}@place.example"
    stack.post(f"{STATEMENT}sign/", typed(organization_name=f"Place {name}", acronym="", email=address))
    confirm = mailed(stack, address, "/confirm/")
    stack.post(confirm, {"version": "1"})
    stack.post("/sign-ons/link/", {"email": address})
    manage = mailed(stack, address, "/manage/")
    page = open_page(**options)
    page.goto(f"{stack.url}{language}/privacy/your-data/")
    look(page, f"ask-{name}")
    page.locator("main input[name=email]").fill(address)
    page.locator("main button.button").click()
    page.wait_for_url("**/sent/")
    page.goto(mailed(stack, address, "/privacy/your-data/"))
    look(page, f"held-{name}")
    own = page.url
    press = "main form[action$='/no-mail/'] button"
    for told in ("said", "taken-back"):
        page.locator(press).click()
        page.locator(".notice").wait_for()
        look(page, f"{told}-{name}")
    page.locator("main a[href$='/erase/']").click()
    look(page, f"erase-{name}")
    page.locator("main form button.button").click()
    page.locator("main [role=alert], main .error-summary").first.wait_for()
    page.locator("input[name=sure]").check()
    page.locator("main form button.button").click()
    page.locator(".done").wait_for()
    look(page, f"erased-{name}")
    for link, ended in ((own, "own"), (manage, "manage")):
        page.goto(f"{stack.url}{language}{link.removeprefix(stack.url).removeprefix(language)}")
        look(page, f"ended-{ended}-{name}")
    number = stack.query("SELECT max(id) FROM signon_signon")[0][0]
    sign_in(stack, page, password)
    page.goto(f"{stack.url}{language}/desk/sign-ons/{number}/")
    look(page, f"case-{name}")
    assert address not in page.content()
    for path in ("/desk/", "/desk/retention/", "/desk/objections/"):
        page.goto(f"{stack.url}{language}{path}")
        look(page, f"{path.strip('/').replace('/', '-')}-{name}")
