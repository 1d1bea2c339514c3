"""Two organizers with a campaign each: neither finds anything of the other's, whatever they try."""

import re

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.find_chromium import executable
from tests.posted import typed
from tests.stack import running, wait_for

ASHA, BRENDA = "asha@network.example", "brenda@network.example"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("two-organizers"), is_demo=False) as made:
        yield made


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def organizer(stack, chromium, address, campaign):
    """A campaign manager who has signed in, with a campaign of their own."""
    password = stack.manage("make_staff", address, "campaign_manager").split("Password: ")[1].strip()
    slug = campaign.lower().replace(" ", "-")
    stack.query(
        "INSERT INTO campaigns_campaign (slug, title, summary, created_at, sender_name, sender_address, reply_address)"
        " VALUES (%s, %s, '', now(), '', '', '') RETURNING id",
        slug, campaign,
    )  # fmt: skip
    stack.query(
        "INSERT INTO signon_membership (user_id, campaign_id) SELECT signon_user.id, campaigns_campaign.id"
        " FROM signon_user, campaigns_campaign WHERE email = %s AND slug = %s RETURNING id",
        address, slug,
    )  # fmt: skip
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{stack.url}/desk/")
    page.locator("input[name=login]").fill(address)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
    return page


def begin(stack, page, title):
    """A statement of this organizer's campaign, with a convener and an invitation; returns its short name."""
    page.goto(f"{stack.url}/desk/statements/new/")
    page.locator("input[name=file]").set_input_files(
        {"name": "call.md", "mimeType": "text/markdown", "buffer": f"# {title}\n\nWe call on all states.\n".encode()}
    )
    page.locator("select[name=campaign]").select_option(index=1)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/desk/statements/**")
    slug = re.search(r"/desk/statements/([^/]+)/", page.url)[1]
    page.goto(f"{stack.url}/desk/statements/{slug}/conveners/")
    page.locator("[name=name]").fill(f"{title} House")
    page.locator("[name=email]").fill(f"contact@{slug}.example")
    page.get_by_role("button", name="Add").first.click()
    page.get_by_text(f"{title} House").first.wait_for()
    page.goto(f"{stack.url}/desk/statements/{slug}/invitations/add/")
    page.locator("textarea[name=text]").fill(
        f"Organization\tCountry\tE-mail\n{title} Guest\tUganda\tguest@{slug}.example"
    )
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Look at the rows").click()
    page.get_by_text(f"{title} Guest").first.wait_for()
    return slug


def test_neither_finds_anything_of_the_other_s(stack, chromium):
    pages = {
        "asha": organizer(stack, chromium, ASHA, "Bread Campaign"),
        "brenda": organizer(stack, chromium, BRENDA, "Roses Campaign"),
    }
    own = {"asha": begin(stack, pages["asha"], "Bread"), "brenda": begin(stack, pages["brenda"], "Roses")}

    # Somebody signs each, so that there is mail, and a case
    stack.query("UPDATE campaigns_statement SET state = 'open', closes_at = now() + interval '1 day' RETURNING id")
    for slug in own.values():
        data = typed(organization_name=f"{slug} Society", email=f"sign@{slug}.example", website="")
        assert stack.post(f"/statements/{slug}/sign/", data).status == 302
    wait_for(lambda: len(stack.mail.mails) >= 2, 60, "both mails")
    stack.query("UPDATE signon_signon SET state = 'confirmed', confirmed_at = now() RETURNING id")

    cases = dict(stack.query(
        "SELECT slug, signon_signon.id FROM signon_signon JOIN campaigns_statement s ON s.id = statement_id"
    ))  # fmt: skip
    invitations = dict(stack.query(
        "SELECT slug, signon_invitation.id FROM signon_invitation JOIN campaigns_statement s ON s.id = statement_id"
    ))  # fmt: skip
    for name, other in (("asha", "brenda"), ("brenda", "asha")):
        page, hidden, mine = pages[name], own[other], own[name]
        title = "Roses" if name == "asha" else "Bread"
        for path in (
            "",
            "statements/",
            "sign-ons/",
            "mail/",
            "mailings/",
            "mailings/new/",
            "exports/",
            "statements/new/",
        ):
            page.goto(f"{stack.url}/desk/{path}")
            assert title not in page.locator("main").inner_text(), path
        for part in ("", "particulars/", "deadline/", "conveners/", "text/", "questions/", "invitations/", "sources/",
                     "coverage/", "by-hand/", "delivery/", "export/", "letters/", "import/", "late/"):  # fmt: skip
            assert page.goto(f"{stack.url}/desk/statements/{hidden}/{part}").status == 404, part
            assert page.goto(f"{stack.url}/desk/statements/{mine}/{part}").status == 200, part
        assert page.goto(f"{stack.url}/desk/sign-ons/{cases[hidden]}/").status == 404
        assert page.goto(f"{stack.url}/desk/sign-ons/{cases[mine]}/").status == 200
        assert page.goto(f"{stack.url}/desk/invitations/{invitations[hidden]}/").status == 404
        assert page.goto(f"{stack.url}/desk/invitations/{invitations[mine]}/").status == 200
        for model in ("campaigns/statement", "campaigns/campaign", "signon/signon", "signon/message"):
            page.goto(f"{stack.url}/admin/{model}/")
            listed = page.locator("#changelist").inner_html()
            assert title not in listed, model
            assert hidden not in listed, model
