"""The HTML of public pages, read by a strict parser (html5lib); `make html` validates more than syntax."""

import html5lib
import pytest
from django.core.management import call_command

from signon.finding import directory

LANGUAGES = ("", "/ar")
PATHS = (
    "/",
    "/statements/",
    "/statements/initial-elements-2016/",
    "/statements/initial-elements-2016/sign/",
    "/statements/initial-elements-2016/revisions/",
    "/statements/initial-elements-2016/embed/",
    "/statements/saving-lives-2020/signatories/",
    "/statements/saving-lives-2020/numbers/",
    "/organizations/",
    "/search/?q=women",
    "/search/?q=xyzzy",
    "/news/",
    "/events/",
    "/events/womens-caucus/",
    "/events/womens-caucus/register/",
    "/events/womens-caucus/register/sent/",
    "/feeds/",
    "/nowhere/",
)


@pytest.mark.django_db
def test_each_page_is_read_without_a_fault(client, settings):
    call_command("load_demo")
    wrong = {}
    profile = directory.page(directory.listed(), "en", size=1).rows[0].path
    for path in [*PATHS, profile]:
        for language in LANGUAGES:
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(client.get(language + path).content, transport_encoding="utf-8")
            if faults := [(place, code) for place, code, _facts in parser.errors]:
                wrong[language + path] = faults[:5]
    assert wrong == {}
