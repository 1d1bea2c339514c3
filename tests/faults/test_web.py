"""The web process is killed, its visitor goes away, or the tables change under it: a sign-on is whole, or not there."""

import http.client
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection

from config import migrating, privileges
from config.postgres_server import APPLICATION, OWNER
from tests.posted import typed
from tests.stack import connect, running, wait_for

SIGN = "/statements/initial-elements-2016/sign/"
HOLD_UP = "LOCK TABLE signon_message IN SHARE ROW EXCLUSIVE MODE"
BLOCKED = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

WAITS_FOR_TABLE = """
SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE datname = current_database() AND NOT granted AND mode = 'AccessExclusiveLock'
"""


@pytest.fixture(scope="module")
def stack():
    kept = tempfile.TemporaryDirectory(prefix="undersigned-web-")
    with kept as folder, running(Path(folder), MAIL_LEASE="3") as made:
        yield made


def address(name):
    return f"{name}@organization.example"


def sign(stack, name):
    return stack.post(SIGN, typed(organization_name=name, email=address(name)))


def owners(stack):
    """The address of the same database for the role that owns its tables."""
    return stack.database_url.replace(f"//{APPLICATION}@", f"//{OWNER}@", 1)


def rows(stack, name):
    """Of sign-ons, ledger entries and messages."""
    return stack.query(
        "SELECT count(DISTINCT s.id), count(DISTINCT l.id), count(DISTINCT m.id) FROM signon_signon s"
        " LEFT JOIN signon_ledgerentry l ON l.sign_on_id = s.id LEFT JOIN signon_message m ON m.sign_on_id = s.id"
        " WHERE s.email = %s",
        address(name),
    )[0]


def all_came(stack, holds, *names):
    for name in names:
        wait_for(lambda name=name: stack.mail.to(address(name)), 60, f"the mail to {name}")
    wait_for(lambda: stack.query("SELECT count(*) FROM signon_message WHERE state <> 'sent'") == [(0,)], 30, "sent")
    holds(stack, signed=map(address, names), received=stack.mail.mails)


def test_a_web_process_killed_in_the_middle_of_a_sign_on_leaves_nothing_and_the_next_try_counts_once(stack, holds):
    """All is written but the mail, and nothing is committed."""
    with ThreadPoolExecutor(1) as pool, connect(owners(stack)) as other:
        other.execute("BEGIN")
        other.execute(HOLD_UP)
        signing = pool.submit(sign, stack, "killed")
        wait_for(lambda: stack.query(BLOCKED), 30, "the sign-on waits")
        stack.end("web", signal.SIGKILL)
        assert isinstance(signing.exception(30), OSError | http.client.HTTPException)
        other.execute(f"SELECT pg_terminate_backend(pid) FROM ({BLOCKED}) AS blocked")
        other.execute("COMMIT")
    assert rows(stack, "killed") == (0, 0, 0)
    stack.start_web()
    assert sign(stack, "killed").status == 302
    assert rows(stack, "killed") == (1, 1, 1)
    all_came(stack, holds, "killed")


def test_who_went_away_before_the_answer_came_has_signed_and_signing_again_counts_once(stack, holds):
    body = urlencode(typed(organization_name="gone", email=address("gone")))
    line = http.client.HTTPConnection("localhost", stack.port, timeout=60)
    line.request("POST", SIGN, body, {"Content-Type": "application/x-www-form-urlencoded"})
    wait_for(lambda: rows(stack, "gone") == (1, 1, 1), 30, "the sign-on")
    line.close()
    assert sign(stack, "gone").status == 302
    assert rows(stack, "gone") == (1, 1, 1)
    all_came(stack, holds, "gone")


def test_tables_are_changed_while_people_sign_and_nobody_waits_behind_the_change(stack, holds, django_db_blocker):
    """A column and an index, while somebody reads the table for long, as who fetches a list does."""
    signed, ends = [], threading.Event()

    def go_on():
        while not ends.is_set():
            name = f"deploy{len(signed)}"
            assert sign(stack, name).status == 302
            signed.append(name)

    def change():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE signon_signon ADD COLUMN told_later text")

    def index():
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX CONCURRENTLY told_later ON signon_signon (told_later)")

    with connect(stack.database_url) as reader, ThreadPoolExecutor(2) as pool:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM signon_signon")
        signing = pool.submit(go_on)

        def migrate():
            with django_db_blocker.unblock(), privileges.as_owner(owners(stack)):
                migrating.patiently(change)
                index()

        migration = pool.submit(migrate)
        wait_for(lambda: stack.query(WAITS_FOR_TABLE), 30, "the migration waits for the reader")
        before = len(signed)
        wait_for(lambda: len(signed) >= before + 3, 30, "people sign while the migration waits for the reader")
        reader.execute("COMMIT")
        migration.result(60)
        after = len(signed)
        wait_for(lambda: len(signed) >= after + 3, 30, "people sign after it")
        ends.set()
        signing.result(30)
    assert stack.query("SELECT count(told_later) FROM signon_signon") == [(0,)]
    all_came(stack, holds, *signed)
