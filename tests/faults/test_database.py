"""The database is restarted, away, full, slow, or at odds with itself: nothing is lost, and a page says what to do."""

import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from signon.models import Export, User
from signon.people import roles
from tests.faults.own_database import own_database
from tests.posted import typed
from tests.stack import running, wait_for

STATEMENT = "/statements/initial-elements-2016/"
SIGN = f"{STATEMENT}sign/"
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
# A mail is the last that a sign-on writes: who may not write it has written all the rest, and has not committed.
HOLD_UP = "LOCK TABLE signon_message IN SHARE ROW EXCLUSIVE MODE"


@pytest.fixture(scope="module")
def own():
    kept = tempfile.TemporaryDirectory(prefix="undersigned-own-", ignore_cleanup_errors=True)
    with kept as name, own_database(Path(name)) as made:
        yield made


@pytest.fixture(scope="module")
def stack(own):
    kept = tempfile.TemporaryDirectory(prefix="undersigned-db-")
    with kept as name, running(Path(name), database_url=own.url, MAIL_LEASE="3") as made:
        yield made


@pytest.fixture(scope="module")
def pool():
    with ThreadPoolExecutor(8) as made:
        yield made


def address(name):
    return f"{name}@organization.example"


def sign(stack, name):
    return stack.post(SIGN, typed(organization_name=name, email=address(name), representative_name='Ana "A" López'))


def blocked(connection):
    wait_for(lambda: connection.execute(BLOCKED).fetchone()[0], 20, "somebody waits for a lock")


def send_again(stack, answer):
    """Press the button of the page that says that the database is away."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', answer.text)
    kept = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    return stack.post(unescape(action), {unescape(name): unescape(value) for name, value in kept})


def says_what_to_do(answer):
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "30", "no-store")
    assert "Please try again in a minute" in answer.text
    assert "Traceback" not in answer.text
    return True


def all_is_well(stack, holds, *names):
    for name in names:
        wait_for(lambda name=name: stack.mail.to(address(name)), 60, f"the mail to {name}")
    wait_for(lambda: stack.query("SELECT count(*) FROM signon_message WHERE state <> 'sent'") == [(0,)], 30, "sent")
    holds(stack, signed=map(address, names), received=stack.mail.mails)


def test_a_restart_in_the_middle_of_a_sign_on_writes_nothing_and_keeps_what_was_typed(stack, own, pool, holds):
    with closing(own.connect()) as other, closing(own.connect()) as watcher:
        other.execute("BEGIN")
        other.execute(HOLD_UP)
        signing = pool.submit(sign, stack, "middle")
        blocked(watcher)
        own.stop()
    # Who signs while the server is down waits, and is served once it is back.
    waiting = pool.submit(sign, stack, "meanwhile")
    own.start()
    answer = signing.result(30)
    assert says_what_to_do(answer)
    assert stack.query("SELECT count(*) FROM signon_signon WHERE email = %s", address("middle")) == [(0,)]
    assert waiting.result(30).status == 302
    assert send_again(stack, answer).status == 302
    assert stack.query("SELECT representative_name FROM signon_signon WHERE email = %s", address("middle")) == [
        ('Ana "A" López',)
    ]
    all_is_well(stack, holds, "middle", "meanwhile")


def a_session(inside, stack):
    """Of a member of staff with a list that was prepared: the cookie, and the list's address."""
    with inside(stack):
        user = User.objects.create_user("exporter@network.example")
        roles.give(user, "exporter")
        export = Export.objects.create(by=user, way="prepared", format="csv", choice={})
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session.create()
    return f"sessionid={session.session_key}", f"/desk/exports/{export.pk}/file/"


def test_without_its_database_every_page_says_so_and_all_is_there_at_once_when_it_is_back(stack, own, pool, inside):
    cookie, download = a_session(inside, stack)
    own.stop()
    pages = [pool.submit(stack.get, path, Cookie=cookie) for path in (STATEMENT, "/ar/", "/desk/", download)]
    posted = pool.submit(sign, stack, "away")
    api = pool.submit(stack.get, "/api/v1/statements")
    login = pool.submit(stack.post, "/accounts/login/", {"login": "a@b.example", "password": "Secret-of-mine"})
    ready = pool.submit(stack.get, "/readyz")
    assert all(says_what_to_do(page.result(40)) for page in (pages[0], *pages[2:], posted))
    arabic = pages[1].result(40)
    assert (arabic.status, 'lang="ar" dir="rtl"' in arabic.text) == (503, True)
    assert address("away") in posted.result().text
    assert "Secret-of-mine" not in login.result(40).text
    answer = api.result(40)
    assert (answer.status, answer.headers["Content-Type"], answer.headers["Retry-After"]) == (
        503,
        "application/problem+json",
        "30",
    )
    assert (ready.result(40).status, stack.get("/healthz").status) == (503, 200)
    # The pool asks for a connection ever more seldom; it must not sleep on when the database is back.
    own.start()
    began = time.monotonic()
    assert stack.get(STATEMENT).status == 200
    assert time.monotonic() - began < 6
    assert send_again(stack, posted.result()).status == 302


def test_out_of_connections_a_sign_on_waits_for_one(stack, own, pool, holds):
    with own.connect() as administrator:
        administrator.execute("ALTER ROLE undersigned_app CONNECTION LIMIT 0")
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'undersigned_app'"
        )
        before = own.place.postgres_log.read_text().count("too many connections")
        signing = [pool.submit(sign, stack, f"full{number}") for number in range(3)]
        wait_for(lambda: own.place.postgres_log.read_text().count("too many connections") > before, 20, "a refusal")
        administrator.execute("ALTER ROLE undersigned_app CONNECTION LIMIT -1")
    assert [each.result(30).status for each in signing] == [302] * 3
    all_is_well(stack, holds, *[f"full{number}" for number in range(3)])


def test_a_database_that_takes_two_seconds_holds_up_who_writes_and_nobody_else(stack, own, pool, holds):
    with own.connect() as administrator:
        administrator.execute("BEGIN")
        administrator.execute(HOLD_UP)
        signing = [pool.submit(sign, stack, f"slow{number}") for number in range(4)]
        blocked(administrator)
        held = time.monotonic()
        assert stack.get(STATEMENT).status == 200
        time.sleep(max(0, 2 - (time.monotonic() - held)))  # the fault itself
        assert not any(each.done() for each in signing)
        administrator.execute("COMMIT")
    assert [each.result(30).status for each in signing] == [302] * 4
    all_is_well(stack, holds, *[f"slow{number}" for number in range(4)])


def test_of_two_that_wait_for_each_other_the_sign_on_is_written_in_the_end(stack, own, pool, holds):
    """The server ends one of them: the sign-on, for the other one has all the time of the world."""
    with own.connect(deadlock_timeout="600s") as other, own.connect() as watcher:
        other.execute("BEGIN")
        other.execute(HOLD_UP)
        signing = pool.submit(sign, stack, "crossed")
        blocked(watcher)
        # The sign-on holds its mailbox.
        name = f"mailbox:{address('crossed')}"
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        answer = signing.result(30)
        other.execute("COMMIT")
    assert "deadlock detected" in own.place.postgres_log.read_text()
    assert says_what_to_do(answer)
    assert send_again(stack, answer).status == 302
    all_is_well(stack, holds, "crossed")
