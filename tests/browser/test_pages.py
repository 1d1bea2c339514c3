"""Every public page as people meet it: narrow and wide, light and dark, from right to left, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looks import DESK, LOOKS, findings, look_named
from tests.posted import typed
from tests.smtp import links
from tests.stack import wait_for

STATEMENT = "/statements/initial-elements-2016/"
LETTER = "/statements/saving-lives-2020/"
PAGES = [
    "/",
    "/campaigns/women-in-migration/",
    STATEMENT,
    f"{STATEMENT}sign/",
    f"{STATEMENT}sign/sent/",
    f"{STATEMENT}sign/confirmed/",
    f"{STATEMENT}signatories/",
    "/statements/international-womens-day/",
    "/statements/saving-lives-2020/",
    "/statements/saving-lives-2020/signatories/",
    "/statements/saving-lives-2020/signatories/?country=KE",
    "/statements/saving-lives-2020/signatories/?q=women",
    "/sign-ons/link/",
    "/sign-ons/confirm/broken/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/nowhere/",
]

# The site around the statement; every look of them with FULL=1.
SITE = [
    "/",
    "/statements/",
    "/campaigns/women-in-migration/",
    STATEMENT,
    f"{STATEMENT}revisions/",
    f"{STATEMENT}signatories/",
    f"{LETTER}numbers/",
    f"{LETTER}signatories/?type=ngo",
    "/organizations/",
    "/organizations/?country=KE",
    "/organizations/third-world-network/",
    "/search/",
    "/search/?q=women",
    "/search/?q=migraton",
    "/news/",
    "/events/",
    "/feeds/",
    "/verify/",
]


@pytest.fixture(scope="module")
def mailed(stack):
    """The links in a verification mail, and in the mail to who signs again: pages that only their owner sees."""
    address = "links@organization.example"
    stack.post(f"{STATEMENT}sign/", typed(organization_name="Linked Organization", email=address))
    confirm = links(wait_for(lambda: stack.mail.to(address), 60)[0])
    stack.post(f"{STATEMENT}sign/", typed(organization_name="Again", email="again@organization.example"))
    first = links(wait_for(lambda: stack.mail.to("again@organization.example"), 60)[0])
    link = next(link for link in first if "/confirm/" in link)
    stack.post(link, {"version": "1"})
    stack.post(f"{STATEMENT}sign/", typed(organization_name="Again", email="again@organization.example"))
    again = wait_for(lambda: stack.mail.to("again@organization.example")[1:], 60)
    manage = next(link for link in links(again[0]) if "/manage/" in link)
    return [next(link for link in confirm if "/confirm/" in link), link, manage]


@pytest.mark.parametrize("look", LOOKS, ids=look_named)
def test_no_page_has_a_fault_that_axe_finds_or_scrolls_sideways(stack, open_page, mailed, look):
    page = open_page(**look)
    wrong = {}
    for path in [*PAGES, *mailed]:
        page.goto(path if path.startswith("http") else stack.url + path)
        sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if faults := findings(page) + (["scrolls sideways"] if sideways else []):
            wrong[path] = faults
    assert wrong == {}


@pytest.mark.parametrize(("language", "look"), DESK, ids=look_named)
def test_no_page_of_the_site_has_a_fault_that_axe_finds_in_any_look(stack, open_page, language, look):
    page = open_page(**look)
    named = re.findall(r"<loc>[^<]*?(/(?:news|events|pages)/[^/<]+/)</loc>", stack.get("/sitemap.xml").text)
    wrong = {}
    for path in dict.fromkeys([*SITE, *named]):
        page.goto(stack.url + language + path)
        sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if faults := findings(page) + (["scrolls sideways"] if sideways else []):
            wrong[path] = faults
    assert wrong == {}


def test_who_has_a_keyboard_alone_goes_from_the_menu_to_a_sent_form(stack, page):
    """Skips to the content, walks the menu, fills in the form and sends it; what has the focus is always seen."""
    page.goto(stack.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    names = []
    for _each in range(12):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", names
        if names[-1] == "Statements":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/statements/")
    page.goto(f"{stack.url}{STATEMENT}sign/")
    for _each in range(60):
        page.keyboard.press("Tab")
        field = page.evaluate("document.activeElement.name || document.activeElement.id || document.activeElement.type")
        if field == "submit":
            break
        typed_words = typed(website="", email="keyboard@organization.example")
        if field in ("authorized", "consent_publish"):
            page.keyboard.press("Space")
        elif field == "id_country_search":
            page.keyboard.press("Control+A")
            page.keyboard.type("Mexico")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        elif field == "organization_type":
            page.keyboard.press("ArrowDown")
        elif field in typed_words and field not in ("country", "consent_updates"):
            page.keyboard.type(typed_words[field])
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/sent/")
    assert len(wait_for(lambda: stack.mail.to("keyboard@organization.example"), 60)) == 1


def test_the_countdown_says_what_the_server_said_and_a_link_is_copied(stack, open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    served = re.search(r'data-words="[^"]*">([^<]+)<', stack.get(STATEMENT).text)
    page.goto(stack.url + STATEMENT)
    countdown = page.locator("[data-until]")
    if served:
        assert countdown.inner_text() == served[1]
        assert countdown.get_attribute("aria-live") is None
    page.get_by_role("button", name="Copy the link").click()
    page.locator(".share-copy [role=status]").filter(has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == stack.url + STATEMENT


def test_pages_work_at_320_pixels(stack, open_page):
    page = open_page(viewport={"width": 320, "height": 640})
    for path in PAGES:
        page.goto(stack.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_the_arabic_pages_read_from_right_to_left_without_a_fault(stack, open_page):
    page = open_page(viewport={"width": 375, "height": 800})
    for path in ("/ar/", f"/ar{STATEMENT}", f"/ar{STATEMENT}sign/", "/ar/statements/saving-lives-2020/signatories/"):
        page.goto(stack.url + path)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.locator("html").get_attribute("lang") == "ar"
        assert findings(page) == []
    # The statement itself is in English, and says so.
    page.goto(f"{stack.url}/ar{STATEMENT}")
    assert page.locator("article").first.get_attribute("dir") == "ltr"


def fill(page):
    for name, value in typed(website="").items():
        field = page.locator(f"#sign-on-form [name={name}]")
        if field.get_attribute("type") == "checkbox":
            field.check()
        elif name in ("country", "organization_type"):
            field.select_option(value, force=True)
        else:
            field.fill(value)


def test_the_form_works_without_javascript(stack, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(stack.url + STATEMENT)
    fill(page)
    page.locator("#id_email").fill("noscript@organization.example")
    page.locator("#sign-on-form button[type=submit]").click()
    page.wait_for_url("**/sign/sent/")
    assert len(wait_for(lambda: stack.mail.to("noscript@organization.example"), 60)) == 1


def test_errors_are_summed_up_on_top_with_links_to_their_fields_and_nothing_typed_is_lost(stack, page):
    page.goto(stack.url + STATEMENT)
    fill(page)
    page.locator("#id_organization_name").fill("See https://evil.example")
    page.locator("#sign-on-form button[type=submit]").click()
    summary = page.locator(".error-summary")
    summary.wait_for()
    assert page.evaluate("document.activeElement.closest('.error-summary') !== null")
    assert page.locator("#id_representative_name").input_value() == "Ana López"
    assert page.locator("select[name=country]").input_value() == "MX"
    assert page.locator("#id_authorized").is_checked()
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "id_organization_name"
    assert findings(page) == []


@pytest.mark.parametrize("look", [{"width": 375, "height": 800}, {"width": 1280, "height": 900}], ids=str)
@pytest.mark.parametrize("script", [True, False])
def test_an_individual_s_form_keeps_its_shape(stack, open_page, look, script):
    page = open_page(viewport=look, java_script_enabled=script)
    page.goto(f"{stack.url}/ar/statements/international-womens-day/sign/")
    page.locator("[name=signer][value=individual]").check()
    form = page.locator("#sign-on-form").bounding_box()
    for name in ("representative_name", "email", "consent_publish", "consent_updates"):
        field = page.locator(f"[name={name}]").bounding_box()
        assert form["x"] <= field["x"] <= field["x"] + field["width"] <= form["x"] + form["width"]
    expect(page.locator("[name=organization_name]")).to_be_hidden()
    label = page.locator("label[for=id_consent_publish]").bounding_box()
    assert label["width"] > 200


def test_a_double_click_is_one_sign_on(stack, page):
    page.goto(stack.url + STATEMENT)
    fill(page)
    page.locator("#id_email").fill("double@organization.example")
    page.locator("#sign-on-form button[type=submit]").dblclick()
    page.wait_for_url("**/sign/sent/")
    page.go_back()
    page.locator("#sign-on-form button[type=submit]").click()
    page.wait_for_url("**/sign/sent/")
    assert stack.query("SELECT count(*) FROM signon_signon WHERE email = 'double@organization.example'") == [(1,)]


def test_a_country_is_found_by_another_name_with_the_keyboard_alone(stack, page):
    page.goto(f"{stack.url}{STATEMENT}sign/")
    search = page.locator("#id_country_search")
    search.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Ivory")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("select[name=country]").input_value() == "CI"
    assert findings(page) == []


def test_footnotes_lead_there_and_back(stack, page):
    page.goto(stack.url + STATEMENT)
    page.locator(".footnote-ref a").first.click()
    assert page.url.endswith("#fn1")
    page.locator("#fn1 .footnote-backref").click()
    assert page.url.endswith("#fnref1")


def test_the_first_key_on_a_page_leads_past_its_head(stack, page):
    page.goto(stack.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_a_mailed_link_works_in_a_private_window_with_cookies_off(stack, open_page):
    address = "private@organization.example"
    stack.post(f"{STATEMENT}sign/", typed(organization_name="Private Window", email=address))
    mail = wait_for(lambda: stack.mail.to(address), 60)[0]
    page = open_page()
    page.context.route("**/*", lambda route: route.continue_(headers=_without_cookies(route.request.headers)))
    page.goto(next(link for link in links(mail, "html") if "/confirm/" in link))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()
    assert page.context.cookies() == []
    assert stack.query("SELECT state FROM signon_signon WHERE email = %s", address) == [("confirmed",)]


def _without_cookies(headers):
    return {name: value for name, value in headers.items() if name.lower() != "cookie"}


def test_no_page_asks_another_host_for_anything(stack, open_page):
    page = open_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for path in PAGES:
        page.goto(stack.url + path)
    assert hosts == {stack.url.split("/")[2]}
