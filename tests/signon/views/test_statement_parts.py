"""The navigation about one statement: for each role what it may open, and nothing else."""

import re

import pytest

from signon.models import Membership
from signon.statements.statement_parts import GROUPS
from tests.factories import StatementFactory

pytestmark = pytest.mark.django_db


def ways(page):
    nav = page[page.index('<nav class="parts" aria-label="Parts of this statement">') :]
    return re.findall(r'<a href="([^"]+)"\s*(?:aria-current="(\w+)")?\s*>([^<]+)</a>', nav[: nav.index("</nav>")])


@pytest.fixture
def statement():
    return StatementFactory(slug="call")


def log_in(staff, role, statement):
    user = staff(role)
    Membership.objects.create(user=user, campaign=statement.campaign)


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        ("administrator", ["Overview", "Writing", "Inviting", "Signing", "Delivering"]),
        ("campaign_manager", ["Overview", "Writing", "Inviting", "Signing", "Delivering"]),
        ("verifier", ["Overview", "Signing"]),
        ("exporter", ["Overview", "Signing", "Delivering"]),
        ("auditor", ["Overview", "Writing", "Inviting", "Signing", "Delivering"]),
    ],
)
def test_a_role_is_shown_the_groups_that_have_something_for_it(client, staff, statement, role, groups):
    log_in(staff, role, statement)
    found = ways(client.get("/desk/statements/call/").content.decode())
    assert [label for _url, _current, label in found] == groups
    assert [label for _url, current, label in found if current == "page"] == ["Overview"]


@pytest.mark.parametrize("role", ["administrator", "campaign_manager", "editor", "verifier", "exporter", "auditor"])
def test_every_way_that_is_shown_is_open_and_what_is_not_shown_is_not(client, staff, statement, role):
    log_in(staff, role, statement)
    shown = set()
    for group in GROUPS:
        for part in group.parts:
            path = "/desk/sign-ons/" if part.name == "queue" else f"/desk/statements/call/{PATHS.get(part.name, '')}"
            answer = client.get(path)
            if answer.status_code == 200 and part.name != "queue":
                shown |= {url for url, _current, _label in ways(answer.content.decode())}
    assert shown
    for url in shown:
        assert client.get(url).status_code == 200, url
    for name, path in PATHS.items():
        if f"/desk/statements/call/{path}" not in shown:
            assert client.get(f"/desk/statements/call/{path}").status_code == 403, name


PATHS = {
    "overview": "", "text": "text/", "questions": "questions/", "particulars": "particulars/", "preview": "preview/",
    "conveners": "conveners/", "invitations": "invitations/", "sources": "sources/", "coverage": "coverage/",
    "quotes": "quotes/", "by-hand": "by-hand/", "late": "late/", "import": "import/", "export": "export/",
    "letters": "letters/", "delivery": "delivery/",
}  # fmt: skip


@pytest.mark.parametrize(("name", "path"), PATHS.items())
def test_each_page_marks_itself_and_its_group_alone(client, staff, statement, name, path):
    log_in(staff, "administrator", statement)
    found = ways(client.get(f"/desk/statements/call/{path}").content.decode())
    group = next(each for each in GROUPS if name in [part.name for part in each.parts])
    label = next(str(part.label) for part in group.parts if part.name == name)
    assert [words for _url, current, words in found if current == "page"] == [label]
    assert [words for _url, current, words in found if current == "true"] == (
        [str(group.label)] if len(group.parts) > 1 else []
    )
    labels = [words for _url, _current, words in found]
    assert len(labels) == len(set(labels))
