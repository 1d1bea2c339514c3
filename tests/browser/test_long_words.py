"""Words longer than any line: no public page is wider for them than a phone."""

from __future__ import annotations

import pytest

from tests.browser.looks import PHONE

WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
ADDRESS = "https://long.example/" + "a" * 120
BODY = f"""{WORD}

1. {WORD}
2. [{WORD}]({ADDRESS})[^1]

> {WORD}

`{WORD}`

| a | b |
| - | - |
| {WORD} | {WORD} |

[^1]: {ADDRESS}
"""
# What strangers and staff may write, as long as it may be, and without a place to break it.
MADE = f"""
from datetime import timedelta
from django.utils import timezone
from campaigns import publishing
from campaigns.models import Campaign, Event, Page, Post, Statement
from signon.models import OwnAnswer
from tests.campaigns.pieces import a_page, a_post, an_event
from tests.factories import StatementFactory, accepted
word = {WORD!r}
body = {BODY!r}
campaign = Campaign.objects.first()
Campaign.objects.create(slug="long", title=word[:200])
titles = {{"en": word[:200], "ar": word[:200]}}
statement = StatementFactory(slug="long", campaign=campaign, addressee=word[:200], texts=titles)
statement.revision.texts.update(body=body, lead=word)
for country in ("KE", "MX", "TZ"):
    accepted(statement=statement, organization_name=word[:239] + country, acronym=word[:60], country=country)
said = {{"en": (word[:200], body), "ar": (word[:200], body)}}
a_post(said, slug="long", campaign=campaign)
an_event(said, slug="long", campaign=campaign, takes_registrations=True, place=word[:200], prepares=word[:200])
a_page(said, slug="long")
"""
PATHS = [
    "/",
    "/statements/",
    "/statements/long/",
    "/statements/long/sign/",
    "/statements/long/sign/sent/",
    "/statements/long/sign/confirmed/",
    "/statements/long/signatories/",
    "/statements/long/numbers/",
    "/statements/long/revisions/",
    "/statements/long/embed/",
    "/embed/statements/long/?show=list",
    "/news/",
    "/news/long/",
    "/events/",
    "/events/long/",
    "/events/long/register/",
    "/pages/long/",
    "/campaigns/women-in-migration/",
    "/organizations/",
    f"/search/?q={WORD[:90]}",
    f"/search/?q={'x' * 90}",
]


# Which elements reach beyond the page, the first few.
WIDER = """() => [...document.body.querySelectorAll("*")].filter(each => {
    const box = each.getBoundingClientRect();
    return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
}).slice(0, 6).map(each => `${each.tagName}.${each.className}`)"""


@pytest.fixture(scope="module")
def long_words(stack):
    stack.manage("shell", "--no-imports", "--command", MADE)
    (profile,) = stack.query("SELECT slug FROM signon_organization WHERE name LIKE 'Donau%%' ORDER BY id LIMIT 1")[0]
    return f"/organizations/{profile}/"


@pytest.mark.parametrize("language", ["", "/ar"])
def test_no_public_page_scrolls_sideways_on_a_phone(stack, open_page, long_words, language):
    page = open_page(viewport=PHONE)
    wide = {}
    for path in [*PATHS, long_words]:
        answer = page.goto(stack.url + ("" if path.startswith("/embed") else language) + path)
        assert answer.status == 200, path
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide[path] = page.evaluate(WIDER)
    assert wide == {}, "\n".join(f"{path}: {elements}" for path, elements in wide.items())


def test_what_was_typed_into_the_form_is_shown_again_within_the_page(stack, open_page, long_words):
    page = open_page(viewport=PHONE)
    page.goto(f"{stack.url}/statements/long/sign/")
    page.evaluate(
        """word => {
            const form = document.querySelector("#sign-on-form");
            for (const each of form.querySelectorAll("input"))
                if (["text", "email", "url"].includes(each.type) && each.name !== "comments")
                    each.value = word;
            HTMLFormElement.prototype.submit.call(form);
        }""",
        WORD,
    )
    page.wait_for_selector("[aria-invalid=true]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
