"""Long lists through real HTTP: whole, of one moment, and gone when nobody reads on."""

import csv
import hashlib
import http.client
import io
import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.stack import running, wait_for

# More than a page makes while it is waited for.
MANY = 1_000_000 if os.environ.get("FULL") else 30_000
SLUG = "international-womens-day"
SET_UP = f"""
from importlib import import_module
from django.conf import settings
from campaigns.models import Statement
from signon.people import roles
from signon import volume
from signon.models import User
user = User.objects.create_user("exporter@network.example")
roles.give(user, "exporter")
list(volume.load(Statement.objects.get(slug="{SLUG}"), {MANY}, by=User.objects.command_line()))
session = import_module(settings.SESSION_ENGINE).SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
session.create()
print(session.session_key)
"""

LAST_LEAVES = """
UPDATE signon_signon SET state = 'withdrawn', ended_at = now() WHERE id = (SELECT max(id) FROM signon_signon)
RETURNING id
"""


@pytest.fixture(scope="module")
def stack():
    """One for all of them: a long list takes its time to be made up."""
    with tempfile.TemporaryDirectory(prefix="undersigned-exports-") as folder, running(Path(folder)) as made:
        yield made


@pytest.fixture(scope="module")
def cookie(stack):
    key = stack.manage("shell", "-v", "0", "-c", SET_UP, timeout=900).split()[-1]
    return f"sessionid={key}"


@contextmanager
def asked(stack, cookie, form="csv"):
    """The answer to asking for the list, as the desk's page does; whoever leaves the block goes away."""
    page = stack.get(f"/desk/statements/{SLUG}/export/", Cookie=cookie)
    token = page.headers["Set-Cookie"].split("csrftoken=")[1].split(";")[0]
    connection = http.client.HTTPConnection("localhost", stack.port, timeout=60)
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    path = f"/desk/statements/{SLUG}/export/?act=fetch"
    connection.request("POST", path, f"csrfmiddlewaretoken={token}&states=accepted&format={form}", headers)
    with closing(connection), connection.getresponse() as response:
        yield response


def working(stack):
    """How many connections of the application read a list just now."""
    return stack.query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%%'"
        " AND state <> 'idle'"
    )[0][0]


def test_a_long_list_comes_whole_of_one_moment_and_in_little_memory(stack, cookie):
    webs = [psutil.Process(each.pid) for each in stack.all_of("web")]
    processes = [each for web in webs for each in (web, *web.children(recursive=True))]
    stack.get(f"/desk/statements/{SLUG}/export/", Cookie=cookie)
    before = sum(each.memory_info().rss for each in processes)
    with asked(stack, cookie) as response:
        first = response.read(1000)
        assert first.startswith(b"\xef\xbb\xbfnumber,statement,")
        stack.query(LAST_LEAVES)
        most, pieces = before, [first]
        while piece := response.read(1 << 20):
            pieces.append(piece)
            most = max(most, sum(each.memory_info().rss for each in processes))
    content = b"".join(pieces)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == len({row["number"] for row in rows}) == MANY
    assert most - before < 64 * 1024 * 1024
    wait_for(lambda: stack.query("SELECT 1 FROM signon_export WHERE rows IS NOT NULL"), what="it is on record")
    assert stack.query("SELECT rows, size, digest FROM signon_export") == [
        (MANY, len(content), hashlib.sha256(content).hexdigest())
    ]


def test_who_goes_away_leaves_nothing_open(stack, cookie):
    stack.query("DELETE FROM signon_fetch RETURNING id"), stack.query("DELETE FROM signon_export RETURNING id")
    for _ in range(10):  # more than there are connections
        with asked(stack, cookie) as response:
            response.read(1000)
    wait_for(lambda: working(stack) == 0, what="no list is read any more")
    assert stack.query("SELECT count(*), count(rows) FROM signon_export") == [(10, 0)]
    assert stack.get(f"/statements/{SLUG}/").status == 200


def test_a_list_is_prepared_and_its_owner_is_told(stack, cookie):
    with asked(stack, cookie, "xlsx") as answer:
        assert answer.status == 302  # too long to wait for
    mail = wait_for(lambda: stack.mail.to("exporter@network.example"), 600, "the mail")[0]
    assert answer.headers["Location"] in mail.get_body(("plain",)).get_content()
    file = stack.get(f"{answer.headers['Location']}file/", Cookie=cookie)
    assert (file.status, file.body[:2]) == (200, b"PK")
    size, digest = stack.query("SELECT size, digest FROM signon_export ORDER BY id DESC")[0]
    assert (size, digest) == (len(file.body), hashlib.sha256(file.body).hexdigest())
    assert stack.get(f"{answer.headers['Location']}file/").status == 302  # a stranger signs in first
